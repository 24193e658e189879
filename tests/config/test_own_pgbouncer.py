"""DATABASE_URL at a PgBouncer: the main paths, and in transaction mode nothing left behind in anybody's session."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.config.own_pgbouncer import own_pgbouncer
from tests.config.own_servers import database, own_postgres, postgres_with_pgvector
from tests.config.test_environment import start
from tests.config.test_own_servers import INTRANET, journey
from tests.fakes.mail_server import MailServer, mail_server
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import PROJECT, Instance, Running, noon, state_directory, wait_for

pytestmark = pytest.mark.processes
SERVER_CONNECTIONS = 8  # of the pooler, for everything that runs
READER = f"""
from django.utils import timezone
from briefings import edition
from users.models import Profile, User
reader = User.objects.create_user("ada@bank.example")
Profile.objects.create(user=reader, role="cto", industry="finance", time_zone="{noon()}", hour=7, digest=True)
edition.request(reader, edition.local_date_of(reader, timezone.now()))
"""
TRACES = ("prepared statement", "cursor", "Traceback", "unsupported startup parameter", "DuplicateTable")


@dataclass
class Pooled:
    running: Running
    direct: str
    pooled: str
    web: WebServer
    mail: MailServer

    def ask(self, query: Any, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.direct) as own:
            return own.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def pooled() -> Iterator[Pooled]:
    with (
        own_postgres(postgres_with_pgvector()) as port,
        WebServer() as web,
        mail_server() as mail,
        state_directory() as var,
    ):
        direct = database(port, "ada", with_pgvector=True)
        with own_pgbouncer(direct, SERVER_CONNECTIONS) as address:
            queue = direct.replace("postgresql://", "pgmq://", 1)
            extra = {"DATABASE_URL": address, "CELERY_BROKER_URL": queue, "NUTGRAF_POOLER": "true"}
            instance = Instance(var, {**extra, "EMAIL_URL": mail.url, **INTRANET})
            with instance.up("--no-sample", "--no-catalogue") as running:
                yield Pooled(running, direct, address, web, mail)


def test_the_main_paths_lead_through_it(pooled: Pooled) -> None:
    journey(pooled.running, pooled.web.put("/feed.xml", whole(*reports("docket"))))
    made = pooled.running.instance.manage("shell", "-c", READER)
    assert made.returncode == 0, made.stderr
    wait_for(lambda: pooled.mail.accepted, 90, "the mail of an edition")
    for command in (
        ("digest", "--dry-run"),
        ("stories",),
        ("ledger", "verify"),
        ("reembed",),
        ("sources", "list"),
    ):
        pooled.running.instance.json(*command)
    assert pooled.running.status("/health/progress") == 200
    said = pooled.running.instance.said()
    assert [word for word in TRACES if word in said] == [], said


def test_nothing_is_left_behind_in_a_session_of_others(pooled: Pooled) -> None:
    """What one of us sets or locks there would hold for whoever is lent that session next, and for ever."""
    address = make_conninfo(pooled.pooled)
    open_ = [psycopg.connect(address) for _ in range(SERVER_CONNECTIONS // 2)]
    try:  # each in a transaction, so that each has another of the pooler's sessions
        assert {one.execute("SHOW synchronous_commit").fetchone() for one in open_} == {("on",)}
        assert {one.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() for one in open_} == {
            (0,)
        }
    finally:
        for one in open_:
            one.close()
    # Hosts are lent while their feeds are fetched; long locks are those that nobody would give back.
    locks = "SELECT pid, objid FROM pg_locks WHERE locktype = 'advisory'"
    wait_for(lambda: not pooled.ask(locks), 20, "the end of all locks")


def test_a_host_is_asked_by_one_process_behind_it_too(pooled: Pooled) -> None:
    lend = """
import sys, time
from ingest import hosts
with hosts.lent(["news.example", "other.example"]) as ours:
    print(sorted(ours), flush=True)
    time.sleep(float(sys.stdin.readline()))
"""

    def borrower() -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", lend]
        return subprocess.Popen(
            command, env=pooled.running.instance.environment, stdin=pipe, stdout=pipe, text=True, cwd=PROJECT
        )

    def told(one: subprocess.Popen[str]) -> str:
        assert one.stdout
        return one.stdout.readline().strip()

    first, second = borrower(), borrower()
    answers = sorted([told(first), told(second)])
    assert answers == ["['news.example', 'other.example']", "[]"]
    for one in (first, second):
        one.kill()  # whoever dies holds nobody up
        one.wait()
    third = borrower()
    assert told(third) == "['news.example', 'other.example']"
    third.kill()
    third.wait()


def test_the_queue_does_not_go_through_it() -> None:
    done = start(NUTGRAF_POOLER="true", DATABASE_URL="postgresql://ada@pooler.example/ada")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "nutgraf: NUTGRAF_POOLER: the queue in the database keeps sessions of its own; allowed with a "
        "CELERY_BROKER_URL that is redis://, amqp://, or pgmq:// at the database itself"
    ]


def test_with_session_pooling_all_of_it_leads_through_it() -> None:
    """The queue too; and it must be told to let `options` pass, which docs/running.md says."""
    with (
        own_postgres(postgres_with_pgvector()) as port,
        WebServer() as web,
        state_directory() as var,
        own_pgbouncer(database(port, "ada", with_pgvector=True), 80, "session", "options") as address,
    ):
        instance = Instance(var, {"DATABASE_URL": address, **INTRANET})
        with instance.up("--no-sample", "--no-catalogue") as running:
            journey(running, web.put("/feed.xml", whole(*reports("docket"))))
            said = instance.said()
            assert [word for word in TRACES if word in said] == [], said

"""Two machines with workers, and the network of one is cut in the middle of its work: the other takes over.

Nothing is reset or refused while it is cut: packets are lost, and both ends go on believing in their connections. Back
again, what the first one did meanwhile comes too late for anybody. Leases are made to end as in `tests/test_kill.py`.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, LiteralString
from urllib.parse import quote

import psycopg
import pytest

from config import connections
from tests.config.own_servers import database, own_postgres, postgres_with_pgvector
from tests.fakes import honest
from tests.fakes.mail_server import MailServer, mail_server
from tests.fakes.model_server import ModelServer
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.faults.machines import HERE, Machine, machine, served_here
from tests.processes import PROJECT, noon, state_directory, wait_for
from tests.test_kill import DELIVERY, DONE, LEASED, READER, Desk, door_for

pytestmark = pytest.mark.processes
SETTLEMENT, _, ACTION_PLAN = reports("docket")
# As `config/connections.py` has it, ten times sooner.
SOON = {
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 4000,
    "connect_timeout": 3,
    "options": "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 "
    "-c tcp_user_timeout=4000",
}
PATIENCE = 120.0
NOTICED = (
    15.0  # seconds: 4 by these settings, and what a busy machine adds; without a setting it takes minutes
)


@dataclass
class Site:
    url: str
    web: WebServer
    mail: MailServer
    provider: ModelServer
    machines: list[Machine]

    def ask(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as own:
            return own.execute(query, values).fetchall()

    def end_leases(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as own:
            for end in LEASED:
                own.execute(end)

    def sessions_of(self, one: Machine) -> int:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE client_addr = %s::inet"
        return int(self.ask(asked, one.address)[0][0])

    def at_work(self, *those: Machine) -> None:
        """These machines have a worker, and no others, whatever the tests before left."""
        for one in self.machines:
            if one not in those:
                one.switch_off()
        new = [one for one in those if not one.processes]
        for one in new:
            one.start_worker()
        for one in new:
            self.back(one)

    def back(self, one: Machine) -> None:
        wait_for(lambda: self.sessions_of(one), PATIENCE, f"the worker of machine {one.number}")

    def given_up(self, one: Machine, since: float) -> None:
        """The server ends the sessions of a machine that is gone since then (monotonic), in the promised time."""
        while self.sessions_of(one):
            assert time.monotonic() - since < NOTICED, "the server believes in a machine that is gone"
            time.sleep(0.2)

    def manage(self, *words: str) -> str:
        done = self.machines[0].instance.manage(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        enter(served_here())
        web, mail = enter(WebServer(HERE)), enter(mail_server(HERE))
        provider = enter(ModelServer(host=HERE))
        provider.reply = Desk()
        port = enter(own_postgres(postgres_with_pgvector(), HERE))
        url = database(port, "ada", with_pgvector=True).replace("127.0.0.1", HERE)
        asked = "&".join(f"{name}={quote(str(value))}" for name, value in SOON.items())
        environment = {"DATABASE_URL": f"{url}?{asked}", "NUTGRAF_FETCH_ALLOW": f"{HERE}/32"}
        environment |= {"EMAIL_URL": mail.url, "OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-test"}
        environment |= {"SECRET_KEY": "network" * 10}
        both = [enter(machine(number, enter(state_directory()), environment)) for number in (1, 2)]
        found = Site(url, web, mail, provider, both)
        found.manage("migrate")
        beat = (sys.executable, "-m", "celery", "--quiet", "-A", "config", "beat", "--pidfile", "")
        timetable = subprocess.Popen(
            beat,
            env=both[0].instance.environment,
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=(both[0].instance.var / "beat-stderr").open("w"),
        )
        try:
            yield found
        finally:
            timetable.kill()
            timetable.wait()


def calls(site: Site, purpose: str) -> list[str]:
    query = "SELECT state FROM inference_call WHERE purpose = %s ORDER BY number"
    return [state for (state,) in site.ask(query, purpose)]


def test_a_brief_whose_writer_is_cut_off_is_written_once_by_the_other(site: Site) -> None:
    first, second = site.machines
    site.at_work(first)
    door = door_for(site.provider, honest.BRIEF)
    site.manage("sources", "add", site.web.put("/briefs.xml", whole(SETTLEMENT)))
    door.await_somebody()
    first.swallow()
    since = time.monotonic()
    door.open()  # the provider answers, and bills
    site.given_up(first, since)
    site.at_work(first, second)
    site.end_leases()
    ready = "SELECT id, version, writer, attempt, body FROM briefings_brief WHERE state = 'ready'"
    wait_for(lambda: site.ask(ready), PATIENCE, "the brief")
    (brief,) = site.ask(ready)
    assert brief[1:4] == (1, "model", 0)
    first.heal()
    site.back(first)
    # Its answer comes now, or has been given up; the call is told of once, and the brief stays the other's.
    closed = "SELECT count(*) FROM inference_call WHERE state IN ('reserved', 'sent')"
    wait_for(lambda: site.ask(closed) == [(0,)], PATIENCE, "all calls to be closed")
    assert site.ask(ready) == [brief]
    assert [honest.asked_for(one.body) for one in site.provider.requests].count(honest.BRIEF) == 2
    assert sorted(calls(site, "brief")) in (["settled", "settled"], ["settled", "unknown"])
    balanced(site)


def balanced(site: Site) -> None:
    """Whatever the provider was asked stands in the books, once, and no cent is missing that it billed."""
    assert json.loads(site.manage("ledger", "verify", "--json"))["broken"] == []
    attempts = sorted(str(attempt) for (attempt,) in site.ask("SELECT attempt FROM inference_call"))
    assert attempts == sorted(request.client_id for request in site.provider.requests)
    known = "SELECT sum(CASE state WHEN 'settled' THEN cost WHEN 'unknown' THEN hold ELSE 0 END) FROM inference_call"
    assert int(site.ask(known)[0][0]) >= site.provider.billed


def test_a_mail_whose_sender_is_cut_off_is_unknown_and_goes_to_nobody_twice(site: Site) -> None:
    site.at_work(*site.machines)
    site.mail.answers.append("hold")
    site.manage("sources", "add", site.web.put("/briefs.xml", whole(SETTLEMENT)))
    wait_for(lambda: site.ask("SELECT 1 FROM ingest_article WHERE stage = 'placed'"), PATIENCE, "the article")
    site.manage("shell", "-c", READER.format(email="ben@fund.example", digest=True, zone=noon()))
    assert site.mail.holding.wait(PATIENCE), "no mail came"
    sender = next(one for one in site.machines if one.address == site.mail.peers[-1])
    sender.unplug()
    since = time.monotonic()
    site.mail.release.set()
    site.given_up(sender, since)
    site.end_leases()
    found = wait_for(lambda: site.ask(DELIVERY, "ben@fund.example", DONE), PATIENCE, "the end of it")
    assert [state for state, _, _ in found] == ["unknown"]
    sender.heal()
    site.back(sender)
    time.sleep(5)  # what it had to say of the mail comes too late
    assert site.ask(DELIVERY, "ben@fund.example", DONE) == found
    assert sum("ben@fund.example" in str(message["To"]) for message in site.mail.accepted) == 1
    balanced(site)


def test_a_machine_that_was_cut_off_works_again_by_itself(site: Site) -> None:
    """Not deaf: it alone is left, and finds what is new."""
    first, _ = site.machines
    site.at_work(first)
    first.unplug()
    site.given_up(first, time.monotonic())
    first.heal()
    site.end_leases()
    site.manage("sources", "add", site.web.put("/plan.xml", whole(ACTION_PLAN)))
    placed = "SELECT 1 FROM ingest_article WHERE title = %s AND stage = 'placed'"
    wait_for(lambda: site.ask(placed, ACTION_PLAN.title), PATIENCE, "the article")
    assert first.processes[0].poll() is None


def test_a_cut_is_noticed_within_half_a_minute_where_nothing_else_is_said() -> None:
    assert connections.CUT == 30
    for ours in (connections.options({}, pooler=False), connections.options({}, pooler=True)):
        assert ours["tcp_user_timeout"] == 30_000
        assert ours["keepalives_idle"] + ours["keepalives_interval"] * ours["keepalives_count"] == 30
    assert "tcp_keepalives_idle=15" in connections.options({}, pooler=False)["options"]
    assert "options" not in connections.options({}, pooler=True)
    assert connections.options({"keepalives_idle": 2}, pooler=False)["keepalives_idle"] == 2

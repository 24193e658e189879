"""DATABASE_URL and CELERY_BROKER_URL at servers of the user's own: the same journey; one clear line when they fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import redis

from config.embedded import data_directory
from tests.config.own_servers import (
    PASSWORD,
    address,
    database,
    own_postgres,
    own_redis,
    postgres_with_pgvector,
    postgres_without_pgvector,
)
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import Instance, Running, free_port, state_directory, wait_for

pytestmark = pytest.mark.processes
INTRANET = {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"}


@pytest.fixture
def var() -> Iterator[Path]:
    with state_directory() as folder:
        yield folder


@pytest.fixture
def feed() -> Iterator[str]:
    with WebServer() as web:
        yield web.put("/feed.xml", whole(*reports("docket")))


@pytest.fixture(scope="module")
def postgres() -> Iterator[int]:
    with own_postgres(postgres_with_pgvector()) as port:
        yield port


def journey(running: Running, feed: str) -> None:
    """A source is added, its articles become stories, and the first page shows one of them as a brief."""
    added = running.instance.manage("sources", "add", feed)
    assert added.returncode == 0, added.stderr
    assert wait_for(lambda: _stories(running), 60, "stories") == 3
    wait_for(
        lambda: "A brief, exactly as a reader gets it" in running.page("/"), 60, "a brief on the first page"
    )
    assert running.status("/") == 200


def _stories(running: Running) -> int:
    found: list[Any] = running.instance.json("stories")
    return len(found)


def test_it_runs_on_a_postgres_of_your_own(postgres: int, var: Path, feed: str) -> None:
    url = database(postgres, "ada", with_pgvector=True)
    with Instance(var, {"DATABASE_URL": url, **INTRANET}).up("--no-sample", "--no-catalogue") as running:
        journey(running, feed)
        with psycopg.connect(url) as own:
            assert own.execute("SELECT count(*) FROM ingest_article").fetchone() == (3,)
            assert own.execute("SELECT queue_name FROM pgmq.meta ORDER BY 1").fetchall() == [
                ("answer",),
                ("deliver",),
                ("fetch",),
                ("write",),
            ]
    assert not data_directory(var).exists()
    assert PASSWORD not in running.instance.said()


def test_it_runs_on_a_redis_of_your_own(var: Path, feed: str) -> None:
    with own_redis() as url:
        instance = Instance(var, {"CELERY_BROKER_URL": url, **INTRANET})
        with instance.up("--no-sample", "--no-catalogue") as running:
            journey(running, feed)
            client = redis.Redis.from_url(url)
            for queue in ("fetch", "write", "deliver"):
                assert client.exists(f"_kombu.binding.{queue}")
            commands: Any = client.info("commandstats")
            assert commands["cmdstat_lpush"]["calls"] > 5  # what beat put in
            assert commands["cmdstat_brpop"]["calls"] > 5  # what the worker took out
            wait_for(lambda: client.llen("fetch") == 0, 30, "an empty queue")
            with instance.connect() as embedded:
                assert (
                    embedded.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'").fetchone() is None
                )
        assert PASSWORD not in running.instance.said()
        assert quote(PASSWORD, safe="") not in running.instance.said()


def _of_the_broker(said: str) -> list[str]:
    return [line for line in said.splitlines() if "CELERY_BROKER_URL" in line]


def test_pages_answer_while_the_broker_is_away(var: Path) -> None:
    url = f"redis://:{quote(PASSWORD, safe='')}@127.0.0.1:{free_port()}/0"
    with Instance(var, {"CELERY_BROKER_URL": url}).up("--no-sample", "--no-catalogue") as running:
        wait_for(lambda: "Nutgraf is ready" in running.instance.said(), 30, "the word that it is ready")
        assert running.status("/") == 200
        lines = wait_for(lambda: _of_the_broker(running.instance.said()), 30, "beat's word that it is away")
        assert len(lines) == 1, running.instance.said()
        assert "cannot reach redis://***@127.0.0.1" in lines[0]
    assert "Traceback" not in running.instance.said()
    assert quote(PASSWORD, safe="") not in running.instance.said()


@pytest.mark.parametrize("command", [("up", "--no-sample"), ("sources", "list"), ("migrate",)])
def test_a_database_that_does_not_answer_is_refused_in_one_line(var: Path, command: tuple[str, ...]) -> None:
    port = free_port()
    line = refusal(var, address(port, "ada"), *command)
    assert line == f"nutgraf: DATABASE_URL: cannot connect to 127.0.0.1:{port}/ada: Connection refused"


def test_a_wrong_password_is_refused_in_one_line(postgres: int, var: Path) -> None:
    database(postgres, "ben", with_pgvector=True)
    line = refusal(var, address(postgres, "ben", "sesame"), "sources", "list")
    assert line.startswith(f"nutgraf: DATABASE_URL: cannot connect to 127.0.0.1:{postgres}/ben: ")
    assert "password authentication" in line
    assert "sesame" not in line


def test_an_extension_that_may_not_be_created_is_refused_in_one_line(postgres: int, var: Path) -> None:
    line = refusal(var, database(postgres, "cal", with_pgvector=False), "sources", "list")
    assert "CREATE EXTENSION vector" in line


def test_a_postgres_without_pgvector_is_refused_in_one_line(var: Path) -> None:
    with own_postgres(postgres_without_pgvector()) as port:
        line = refusal(var, database(port, "dan", with_pgvector=False), "sources", "list")
    assert (
        line
        == f"nutgraf: DATABASE_URL: the Postgres at 127.0.0.1:{port}/dan has no pgvector; install that extension there"
    )


def refusal(var: Path, url: str, *command: str) -> str:
    """The one line with which the command refuses."""
    done = Instance(var, {"DATABASE_URL": url}).manage(*command)
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert set(os.listdir(var)) <= {"secret-key", "push-key"}  # no server of ours beside it
    return lines[0]

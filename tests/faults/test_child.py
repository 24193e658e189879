"""F01 and F04: one of a worker's processes is killed, as where memory ends. The worker itself lives on."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from ingest.work import POISON
from tests.fakes import honest
from tests.fakes.model_server import ModelServer
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import Instance, Running, state_directory, wait_for
from tests.test_kill import PATIENCE, Desk, add_source, calls, door_for, nudge, one, rows

pytestmark = pytest.mark.processes
SETTLEMENT = reports("docket")[0]
KILLS = 3


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with ModelServer() as server:
        server.reply = Desk()
        yield server


@pytest.fixture(scope="module")
def running(provider: ModelServer) -> Iterator[Running]:
    with state_directory() as var:
        extra = {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"}
        extra |= {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-test"}
        with Instance(var, extra).up("--no-sample", "--no-catalogue") as up:
            yield up


def parent_of(family: list[psutil.Process]) -> psutil.Process:
    pids = {process.pid for process in family}
    (parent,) = [process for process in family if process.ppid() not in pids]
    return parent


def at(port: int, side: str) -> int | None:
    """The process whose connection has that port at its `side` ("laddr" or "raddr"), this one left out."""
    for found in psutil.net_connections("tcp"):
        if found.pid != os.getpid() and found.pid and getattr(getattr(found, side), "port", None) == port:
            return found.pid
    return None


def port_of(url: str) -> int:
    return int(urlsplit(url).port or 0)


def end_leases(running: Running, table: str) -> None:
    with running.instance.connect() as connection:
        connection.execute(
            f"UPDATE {table} SET lease_until = now() - interval '1 s' WHERE lease_until > now()"  # type: ignore[arg-type]  # noqa: S608 - our own words
        )


def at_rest(running: Running, feed: str) -> tuple[Any, ...] | None:
    row = one(running, "SELECT due_at, attempt, error FROM ingest_source WHERE url = %s", feed)
    return row if row and row[0] is None else None


def test_a_child_that_is_killed_while_a_model_answers_takes_nothing_with_it(
    running: Running, web: WebServer, provider: ModelServer
) -> None:
    door = door_for(provider, honest.BRIEF)
    add_source(running, web.put("/briefs.xml", whole(SETTLEMENT)))
    wait_for(
        lambda: rows(running, "SELECT 1 FROM ingest_article WHERE stage = 'placed'"), PATIENCE, "the article"
    )
    nudge(running, "briefings.tasks.sweep_briefs")
    door.await_somebody()
    before = running.children(" worker ")
    parent, asker = parent_of(before), at(port_of(provider.url), "raddr")
    assert asker in {process.pid for process in before} - {parent.pid}
    os.kill(asker, signal.SIGKILL)
    door.open()
    for table in ("briefings_brief", "inference_call"):
        end_leases(running, table)
    ready = "SELECT version, writer, attempt FROM briefings_brief WHERE state = 'ready'"
    assert wait_for(lambda: one(running, ready), PATIENCE, "the brief") == (1, "model", 0)
    assert rows(running, "SELECT count(*) FROM briefings_brief") == [(1,)]
    assert [honest.asked_for(request.body) for request in provider.requests].count(honest.BRIEF) == 2
    wait_for(lambda: calls(running, "brief") == ["unknown", "settled"], PATIENCE, "the end of the first call")
    held = "SELECT count(*) FROM inference_call WHERE state = 'unknown' AND hold > 0"
    assert rows(running, held) == [(1,)], "what it may have cost stays held"
    after = running.children(" worker ")
    assert parent_of(after).pid == parent.pid
    assert len(after) == len(before), "another took its place"


def test_work_that_is_killed_each_time_comes_to_rest_and_the_pool_goes_on(
    running: Running, web: WebServer
) -> None:
    parent = parent_of(running.children(" worker "))
    killed: list[int] = []

    def kill_who_asks(connection: socket.socket) -> None:
        asker = at(connection.getpeername()[1], "laddr")
        if asker in {process.pid for process in running.children(" worker ")} - {parent.pid}:
            killed.append(asker)
            os.kill(asker, signal.SIGKILL)
        with contextlib.suppress(OSError):
            connection.close()

    feed = web.misbehave("/poison.xml", kill_who_asks)
    add_source(running, feed, hurry=False)
    with running.instance.connect() as connection:  # as if it had been so for a while
        connection.execute(
            "UPDATE ingest_source SET attempt = %s, due_at = now() WHERE url = %s", [POISON - KILLS, feed]
        )
    for times in range(1, KILLS + 1):
        wait_for(lambda n=times: len(killed) >= n, PATIENCE, f"worker {times}")  # type: ignore[misc]
        end_leases(running, "ingest_source")
    rest = wait_for(lambda: at_rest(running, feed), PATIENCE, "the end of the trying")
    assert "given up" in rest[2]
    assert len(killed) == KILLS
    assert len(set(killed)) == KILLS, "each time another process"
    add_source(running, web.put("/healthy.xml", whole(*reports("labnotes"))))
    healthy = "SELECT 1 FROM ingest_article a JOIN ingest_source s ON s.id = a.source_id WHERE s.url LIKE %s"
    wait_for(lambda: rows(running, healthy, "%/healthy.xml"), PATIENCE, "the next feed, by the same pool")
    assert parent_of(running.children(" worker ")).pid == parent.pid

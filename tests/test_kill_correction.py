"""kill -9 while a correction is kept: it is found again, made once, and what replaces the brief is written once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import pytest

from tests.fakes.newspaper import Report, reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import Instance, Running, state_directory, wait_for
from tests.test_kill import (
    PATIENCE,
    add_source,
    kill_the_worker,
    nudge,
    one,
    redeliver,
    rows,
    sign_up,
    waits_for_a_lock,
)

pytestmark = pytest.mark.processes
SETTLEMENT = reports("docket")[0]
EDITED = Report(SETTLEMENT.title.replace("1.5", "1.7"), SETTLEMENT.body.replace("$1.5", "$1.7"))
BRIEFS = "SELECT id FROM briefings_brief WHERE state = 'ready' AND due_at IS NULL ORDER BY version"
MADE = "SELECT to_revision, major, replacement_id, struck FROM briefings_correction"


@dataclass
class Lock:
    """A door in the database: who writes what is locked waits until it opens."""

    connection: psycopg.Connection[Any]
    lock: LiteralString

    def __post_init__(self) -> None:
        self.connection.execute("BEGIN")
        self.connection.execute(self.lock)

    def open(self) -> None:
        self.connection.execute("COMMIT")


def test_a_correction_is_made_once() -> None:
    with state_directory() as var, WebServer() as web:
        instance = Instance(var, {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"})
        with instance.up("--no-sample", "--no-catalogue") as running:
            add_source(running, web.put("/docket.xml", whole(SETTLEMENT)))
            wait_for(
                lambda: rows(running, "SELECT 1 FROM ingest_article WHERE stage = 'placed'"), PATIENCE, "it"
            )
            sign_up(running, "ada@bank.example", digest=False)
            given = "SELECT brief_id FROM briefings_editionitem"
            wait_for(lambda: one(running, given), PATIENCE, "Ada's edition")
            _kill_while_it_is_kept(running, web)
            found = wait_for(lambda: one(running, MADE), PATIENCE, "the correction")
            assert found[:2] == (2, True)
            assert "headline" in {strike["where"] for strike in found[3]}
            both = wait_for(
                lambda: len(rows(running, BRIEFS)) == 2 and rows(running, BRIEFS), PATIENCE, "the new one"
            )
            assert both == [one(running, given), (found[2],)]
            redeliver(running)
            assert rows(running, MADE) == [found]
            assert rows(running, "SELECT count(*) FROM briefings_brief") == [(2,)]


def _kill_while_it_is_kept(running: Running, web: WebServer) -> None:
    guid = "<guid><![CDATA[{}"  # the paper's own name for the article, which stays
    web.put("/docket.xml", whole(EDITED).replace(guid.format(EDITED.title), guid.format(SETTLEMENT.title)))
    with running.instance.connect() as other:
        table = Lock(other, "LOCK TABLE briefings_correction IN SHARE MODE")
        assert running.instance.json("ingest", "--all")["articles_updated"] == 1
        nudge(running, "briefings.tasks.sweep_corrections")
        wait_for(lambda: waits_for_a_lock(running), PATIENCE, "a worker that keeps a correction")
        kill_the_worker(running, table)

"""F03: a deploy in the middle of a call to a model. What was paid for is posted, and the work is done once."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.fakes import honest
from tests.fakes.model_server import ModelServer, Variant
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import Instance, Running, state_directory, wait_for

pytestmark = pytest.mark.processes


def calls(running: Running) -> list[tuple[Any, ...]]:
    with running.instance.connect() as connection:
        query = "SELECT work_key, step, state, cost FROM inference_call ORDER BY id"
        return connection.execute(query).fetchall()


def briefs(running: Running) -> int:
    with running.instance.connect() as connection:
        found = connection.execute("SELECT 1 FROM briefings_brief WHERE state = 'ready' AND writer = 'model'")
        return len(found.fetchall())


def test_it_is_stopped_while_a_model_answers_and_goes_on_afterwards() -> None:
    with state_directory() as var, WebServer() as web, ModelServer() as provider:
        provider.reply = honest.answer
        provider.script(Variant(delay=4.0))
        where = {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-test"}
        instance = Instance(var, where | {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"})
        feed = web.put("/feed.xml", whole(*reports("docket")))
        assert instance.manage("sources", "add", feed).returncode == 0
        with instance.up("--no-catalogue", "--no-sample") as running:
            wait_for(lambda: provider.requests, 90, "a request")
            running.stop(signal.SIGTERM)
        with instance.up("--no-catalogue", "--no-sample") as running:
            wait_for(lambda: briefs(running), 150, "a brief by the model")
            wait_for(
                lambda: all(state != "sent" for _, _, state, _ in calls(running)), 150, "the calls' ends"
            )
            seen = calls(running)
        settled = [(work, step) for work, step, state, _ in seen if state == "settled"]
        assert len(settled) == len(set(settled)), "no step of a brief was paid twice"
        assert len(provider.requests) == len(seen)
        assert [state for _, _, state, _ in seen if state not in ("settled", "unknown")] == []
        assert instance.manage("ledger", "verify").returncode == 0

"""kill -9 while a question is answered: it is found again, and answered once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, LiteralString

import pytest
import requests

from tests.fakes import honest
from tests.fakes.model_server import ModelServer
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import Instance, Running, state_directory, wait_for
from tests.test_kill import (
    PATIENCE,
    Desk,
    add_source,
    door_for,
    kill_the_worker,
    nudge,
    one,
    redeliver,
    rows,
    sign_up,
    waits_for_a_lock,
)
from tests.test_kill_correction import Lock

pytestmark = pytest.mark.processes
SETTLEMENT = reports("docket")[0]
ASK = """
from briefings.converse import ask
from briefings.models import EditionItem
from users.models import User
reader = User.objects.get(email="ada@bank.example")
assert ask.ask(reader, EditionItem.objects.get().brief_id, "{question}")
"""
TURN: LiteralString = "SELECT state, writer, attempt, due_at, id FROM briefings_turn WHERE question = %s"
TOLD: LiteralString = "SELECT place, text FROM briefings_answersentence WHERE turn_id = %s ORDER BY place"


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with ModelServer() as server:
        server.reply = Desk()
        yield server


@pytest.fixture(scope="module")
def reading(provider: ModelServer) -> Iterator[Running]:
    """Ada has an edition with one brief."""
    with state_directory() as var, WebServer() as web:
        extra = {
            "NUTGRAF_FETCH_ALLOW": "127.0.0.0/8",
            "OPENAI_BASE_URL": provider.url,
            "OPENAI_API_KEY": "sk-test",
        }
        with Instance(var, extra).up("--no-sample", "--no-catalogue") as running:
            add_source(running, web.put("/docket.xml", whole(SETTLEMENT)))
            placed = "SELECT 1 FROM ingest_article WHERE stage = 'placed'"
            wait_for(lambda: rows(running, placed), PATIENCE, "the article")
            sign_up(running, "ada@bank.example", digest=False)
            given = "SELECT brief_id FROM briefings_editionitem"
            wait_for(lambda: one(running, given), PATIENCE, "Ada's edition")
            yield running


def ask(running: Running, question: str) -> None:
    done = running.instance.manage("shell", "-c", ASK.format(question=question))
    assert done.returncode == 0, done.stderr
    nudge(running, "briefings.tasks.sweep_questions")


def answered(running: Running, question: str) -> tuple[Any, ...]:
    def found() -> tuple[Any, ...] | None:
        row = one(running, TURN, question)
        return row if row and row[0] == "answered" else None

    return wait_for(found, PATIENCE, "the answer")


SESSION = """
from django.conf import settings
from django.test import Client
from users.models import User
client = Client()
client.force_login(User.objects.get(email="ada@bank.example"))
print(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
"""


def asked(provider: ModelServer) -> int:
    return [honest.asked_for(request.body) for request in provider.requests].count(honest.ANSWER)


def test_what_is_typed_into_the_page_is_answered_there(reading: Running) -> None:
    (brief,) = one(reading, "SELECT brief_id FROM briefings_editionitem") or ("",)
    said = reading.instance.manage("shell", "-c", SESSION).stdout.strip().splitlines()[-1]
    page, cookies = f"{reading.url}/brief/{brief}/", requests.Session()
    cookies.cookies.set(*said.split("=", 1))
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', cookies.get(page, timeout=30).text)
    assert token
    typed = {"question": "When was it filed?", "csrfmiddlewaretoken": token[1]}
    assert cookies.post(f"{page}ask/", typed, headers={"Referer": page}, timeout=30).status_code == 200
    turn = answered(reading, "When was it filed?")
    assert turn[1] == "model"
    assert "Written by a model" in cookies.get(page, timeout=30).text


def test_a_question_whose_model_was_thinking_is_answered_once(
    reading: Running, provider: ModelServer
) -> None:
    before, door = asked(provider), door_for(provider, honest.ANSWER)
    ask(reading, "How much does Anthropic pay?")
    door.await_somebody()
    kill_the_worker(reading, door)
    turn = answered(reading, "How much does Anthropic pay?")
    assert turn[:4] == ("answered", "model", 0, None)
    assert [place for place, _ in rows(reading, TOLD, turn[4])] == [0]
    assert asked(provider) == before + 2


def test_a_question_whose_sentence_was_being_released_is_answered_once(
    reading: Running, provider: ModelServer
) -> None:
    before = asked(provider)
    with reading.instance.connect() as other:
        table = Lock(other, "LOCK TABLE briefings_answersentence IN SHARE MODE")
        ask(reading, "Which books are in the class?")
        wait_for(lambda: waits_for_a_lock(reading), PATIENCE, "a worker that releases a sentence")
        kill_the_worker(reading, table)
    turn = answered(reading, "Which books are in the class?")
    assert [place for place, _ in rows(reading, TOLD, turn[4])] == [0]
    assert asked(provider) <= before + 2


def test_the_books_hold_and_what_is_given_out_again_changes_nothing(
    reading: Running, provider: ModelServer
) -> None:
    def closed() -> bool:
        return not rows(reading, "SELECT 1 FROM inference_call WHERE state IN ('reserved', 'sent')")

    wait_for(closed, PATIENCE, "the sweep that closes what was abandoned")
    states = "SELECT state FROM inference_call WHERE purpose = 'converse' ORDER BY id"
    assert rows(reading, states)[:3] == [("settled",), ("unknown",), ("settled",)]
    verified = reading.instance.manage("ledger", "verify", "--json")
    assert (verified.returncode, json.loads(verified.stdout)["broken"]) == (0, [])
    told = rows(reading, "SELECT id, text FROM briefings_answersentence ORDER BY id")
    count = len(provider.requests)
    redeliver(reading)
    assert rows(reading, "SELECT id, text FROM briefings_answersentence ORDER BY id") == told
    assert len(provider.requests) == count

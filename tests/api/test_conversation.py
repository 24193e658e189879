"""Asking about a brief: plain, as a stream, once for each client id."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from briefings.api import stream
from briefings.converse.models import AnswerSentence, Turn
from briefings.models import Brief
from ingest.models import Article
from tests.api.device import Device, problem
from tests.briefings import rows

pytestmark = pytest.mark.django_db


def ask(phone: Device, brief: Brief, question: str, **headers: str) -> Any:
    return phone.post(f"/briefs/{brief.pk}/turns", {"question": question}, **headers)


def tell(brief: Brief, place: int, quote: str) -> None:
    """What a worker does when a sentence is verified."""
    article = Article.objects.get(pk=brief.articles[0][0])
    AnswerSentence.objects.create(
        turn=Turn.objects.get(), place=place, text=quote, citations=[rows.cite(article, quote)], unsupported=0,
        verified_at=timezone.now(),
    )  # fmt: skip


def answered() -> None:
    Turn.objects.update(
        state=Turn.State.ANSWERED, writer=Turn.Writer.MODEL, answered_at=timezone.now(), due_at=None
    )


def events(response: Any) -> list[tuple[str, str, Any]]:
    """(event, id, data) of each."""
    text = b"".join(response.streaming_content).decode()
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        if "event" in fields:
            found.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
    return found


FIRST = "GPT-5 costs $1.25 per million input tokens"
SECOND = "free accounts included"


def test_a_question_is_asked_and_its_answer_comes(phone: Device, brief: Brief) -> None:
    asked = ask(phone, brief, "What does it cost?")
    assert asked.status_code == 201, asked.content
    turn = asked.json()
    assert (turn["number"], turn["state"], turn["answer"]) == (1, "queued", [])
    place = f"/briefs/{brief.pk}/turns/1"
    tell(brief, 0, FIRST)
    answered()
    done = phone.get(place).json()
    assert (done["state"], done["written_by"], done["answer"][0]["text"]) == ("answered", "model", FIRST)
    assert done["answer"][0]["citations"][0]["quote"] == FIRST
    assert phone.get(f"/briefs/{brief.pk}/turns").json()["items"] == [done]
    problem(phone.get(f"/briefs/{brief.pk}/turns/2"), 404, "not_found")
    assert phone.delete(f"/briefs/{brief.pk}/turns").status_code == 204
    problem(phone.get(place), 404, "not_found")


def test_a_question_sent_twice_under_one_key_is_asked_once(phone: Device, brief: Brief) -> None:
    first = ask(phone, brief, "What does it cost?", Idempotency_Key="q-1")
    answered()
    again = ask(phone, brief, "What does it cost?", Idempotency_Key="q-1")
    assert (again.status_code, again.json()["number"]) == (201, first.json()["number"])
    assert Turn.objects.count() == 1
    problem(ask(phone, brief, "Who says so?", Idempotency_Key="q-1"), 409, "id_in_use")
    problem(ask(phone, brief, "Who says so?", Idempotency_Key="no spaces"), 422, "invalid")
    assert ask(phone, brief, "What does it cost?").json()["number"] == 2


def test_what_cannot_be_asked_says_why(phone: Device, brief: Brief) -> None:
    problem(ask(phone, brief, ""), 422, "invalid")
    problem(ask(phone, brief, "x" * 301), 422, "invalid")
    assert ask(phone, brief, "What does it cost?").status_code == 201
    told = problem(ask(phone, brief, "Who says so?"), 409, "cannot_ask")
    assert "One question at a time" in told["detail"]


def test_a_question_is_stopped_and_asked_again(phone: Device, brief: Brief) -> None:
    ask(phone, brief, "What does it cost?", Idempotency_Key="q-1")
    place = f"/briefs/{brief.pk}/turns/1"
    problem(phone.post(f"{place}/again"), 409, "cannot_ask")
    stopped = phone.post(f"{place}/stop").json()
    assert (stopped["state"], stopped["may_ask_again"]) == ("stopped", True)
    assert phone.post(f"{place}/again").json()["state"] == "queued"
    assert Turn.objects.get().client_id == "q-1"


def test_sentences_stream_as_they_come_and_go_on_where_a_stream_ended(phone: Device, brief: Brief) -> None:
    ask(phone, brief, "What does it cost?")
    place = f"/briefs/{brief.pk}/turns/1/events"
    tell(brief, 0, FIRST)
    tell(brief, 1, SECOND)
    answered()
    response = phone.get(place)
    assert response.headers["Content-Type"] == "text/event-stream"
    told = events(response)
    assert [(kind, key) for kind, key, _ in told] == [("sentence", "1"), ("sentence", "2"), ("end", "")]
    assert told[2][2] == phone.get(f"/briefs/{brief.pk}/turns/1").json()
    assert [key for _, key, _ in events(phone.get(place, Last_Event_ID="1"))] == ["2", ""]
    problem(phone.get(f"/briefs/{brief.pk}/turns/9/events"), 404, "not_found")


def test_a_stream_that_finds_no_room_tells_what_there_is_and_ends(phone: Device, brief: Brief) -> None:
    ask(phone, brief, "What does it cost?")
    tell(brief, 0, FIRST)
    place = f"/briefs/{brief.pk}/turns/1/events"
    taken = [stream._running.acquire(blocking=False) for _ in range(stream.AT_ONCE)]
    try:
        assert all(taken)
        assert [kind for kind, _, _ in events(phone.get(place))] == ["sentence"]
    finally:
        for _ in taken:
            stream._running.release()


def test_a_strangers_question_is_nobodys(phone: Device, stranger: Device, brief: Brief) -> None:
    ask(phone, brief, "What does it cost?")
    for path in ("turns", "turns/1", "turns/1/events"):
        problem(stranger.get(f"/briefs/{brief.pk}/{path}"), 404, "not_found")
    for path in ("turns/1/stop", "turns/1/again"):
        problem(stranger.post(f"/briefs/{brief.pk}/{path}"), 404, "not_found")
    problem(ask(stranger, brief, "What does it cost?"), 404, "not_found")
    problem(stranger.delete(f"/briefs/{brief.pk}/turns"), 404, "not_found")
    assert Turn.objects.get().state == Turn.State.QUEUED

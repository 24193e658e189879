"""Follow-up questions about a brief: asked, read plain or as a stream of sentences, stopped, asked again, forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Header, Router, Status
from pydantic import Field

from briefings.api import stream
from briefings.api.asked import limit, reader_of
from briefings.api.briefs import own
from briefings.api.ids import BriefId, Number
from briefings.api.pages import Page
from briefings.api.problems import Problem, not_found
from briefings.api.schema import may_answer
from briefings.converse import ask as asking
from briefings.converse import shown
from briefings.converse.models import LONGEST, Turn
from briefings.converse.shown import Asked
from briefings.schemas import Sentence, Shape
from briefings.tasks import answer_soon
from users.models import User

router = Router(tags=["conversation"])
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_.:-]{0,64}$",
        description="what the device calls this question: sent twice, it is asked once",
    ),
]
EVENTS = {
    "x-never-stored": True,
    "responses": {
        200: {
            "description": "`sentence` events as each is verified, then `end` with the turn; come again without one",
            "content": {stream.MEDIA_TYPE: {"schema": {"type": "string"}}},
        }
    },
}


class Question(Shape):
    question: str = Field(min_length=1, max_length=LONGEST)


class TurnDocument(Shape):
    """A question with its answer so far. `answered` without a sentence: the sources do not say.

    `written_by` says what answered; `without_model` why no model did, where there is one.
    """

    number: int
    question: str
    state: Literal["queued", "answered", "stopped", "failed"]
    asked_at: datetime
    answered_at: datetime | None
    written_by: Literal["", "model", "extractive", "prepared", "reused"]
    without_model: Literal["", "no_model", "reader_budget", "service_budget", "no_answer"]
    answer: tuple[Sentence, ...]
    dropped: int
    may_ask_again: bool


@router.get("/{brief_id}/turns", response=Page[TurnDocument], operation_id="list_turns")
def list_turns(request: HttpRequest, brief_id: BriefId) -> Page[TurnDocument]:
    """The reader's conversation about the brief, the first question first."""
    own(reader_of(request), brief_id)
    return Page(items=[told(one) for one in shown.conversation(reader_of(request), brief_id)])


@router.post(
    "/{brief_id}/turns", response={201: TurnDocument}, operation_id="ask", openapi_extra=may_answer(409)
)
def ask(request: HttpRequest, brief_id: BriefId, asked: Question, key: Key = "") -> Status[TurnDocument]:
    """Ask about the brief. The answer comes to the turn, sentence by sentence."""
    limit(request, "converse")
    reader = reader_of(request)
    try:
        turn = asking.ask(reader, brief_id, asked.question, key)
    except asking.AskedOtherwise as error:
        raise Problem("id_in_use", str(error)) from None
    except asking.CannotAsk as error:
        raise Problem("cannot_ask", str(error)) from None
    if turn is None:
        raise not_found()
    if turn.state == Turn.State.QUEUED:
        answer_soon(turn.pk)
    return Status(201, _turn(reader, brief_id, turn.number))


@router.delete("/{brief_id}/turns", response={204: None}, operation_id="forget")
def forget(request: HttpRequest, brief_id: BriefId) -> Status[None]:
    """Delete the conversation about the brief."""
    own(reader_of(request), brief_id)
    asking.forget(reader_of(request), brief_id)
    return Status(204, None)


@router.get("/{brief_id}/turns/{number}", response=TurnDocument, operation_id="turn")
def turn(request: HttpRequest, brief_id: BriefId, number: Number) -> TurnDocument:
    """A question and what is answered so far."""
    return _turn(reader_of(request), brief_id, number)


@router.get("/{brief_id}/turns/{number}/events", operation_id="turn_events", openapi_extra=EVENTS)
def turn_events(request: HttpRequest, brief_id: BriefId, number: Number) -> StreamingHttpResponse:
    """The answer as server-sent events. `Last-Event-ID` goes on where a connection ended."""
    reader = reader_of(request)
    _asked(reader, brief_id, number)
    return stream.of(request, lambda: shown.question(reader, brief_id, number), told)


@router.post("/{brief_id}/turns/{number}/stop", response=TurnDocument, operation_id="stop")
def stop(request: HttpRequest, brief_id: BriefId, number: Number) -> TurnDocument:
    """Answer it no further; what was told stays."""
    asking.stop(reader_of(request), brief_id, number)
    return _turn(reader_of(request), brief_id, number)


@router.post(
    "/{brief_id}/turns/{number}/again",
    response=TurnDocument,
    operation_id="again",
    openapi_extra=may_answer(409),
)
def again(request: HttpRequest, brief_id: BriefId, number: Number) -> TurnDocument:
    """Answer it anew, where it was stopped, failed, or no model answered."""
    limit(request, "converse")
    reader = reader_of(request)
    _asked(reader, brief_id, number)
    if (row := asking.again(reader, brief_id, number)) is None:
        raise Problem("cannot_ask", "This question is answered, or still being answered.")
    answer_soon(row.pk)
    return _turn(reader, brief_id, number)


def told(asked: Asked) -> TurnDocument:
    turn = asked.turn
    return TurnDocument.model_validate(
        {
            "number": turn.number,
            "question": turn.question,
            "state": turn.state,
            "asked_at": turn.asked_at,
            "answered_at": turn.answered_at,
            "written_by": turn.writer,
            "without_model": turn.without,
            "answer": asked.sentences,
            "dropped": turn.dropped,
            "may_ask_again": asking.may_be_asked_again(turn),
        }
    )


def _asked(reader: User, brief_id: str, number: int) -> Asked:
    found = shown.question(reader, brief_id, number)
    if found is None:
        raise not_found()
    return found


def _turn(reader: User, brief_id: str, number: int) -> TurnDocument:
    return told(_asked(reader, brief_id, number))

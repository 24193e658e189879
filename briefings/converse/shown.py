"""A reader's conversation as the surfaces show it; the only queries for that. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet, prefetch_related_objects

from briefings.converse.models import Turn
from briefings.schemas import CorrectionDocument, Sentence
from users.models import User
from users.prepared import Prepared, given


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer so far. `changes` say of struck sentences, by text, whose edit took them."""

    turn: Turn
    sentences: tuple[Sentence, ...]
    changes: Mapping[str, CorrectionDocument]


def conversation(user: User, brief_id: str) -> list[Asked]:
    """What the reader asked about the brief, the first question first."""
    turns = _TURNS(reader=user.pk, brief=brief_id)
    prefetch_related_objects(turns, "sentences")
    return [_asked(turn) for turn in turns]


_TURNS = Prepared(
    lambda: Turn.objects.filter(
        conversation__reader=given("reader"), conversation__brief=given("brief")
    ).order_by("number")
)


def question(user: User, brief_id: str, number: int) -> Asked | None:
    """One of them; None where the reader has no such question."""
    turn = _mine(user, brief_id).filter(number=number).first()
    return _asked(turn) if turn else None


def _mine(user: User, brief_id: str) -> QuerySet[Turn]:
    mine = Turn.objects.filter(conversation__reader=user, conversation__brief=brief_id)
    return mine.prefetch_related("sentences")


def _asked(turn: Turn) -> Asked:
    rows = list(turn.sentences.all())
    return Asked(
        turn,
        tuple(
            Sentence(text=row.text, citations=row.citations, struck=row.struck is not None) for row in rows
        ),
        {row.text: CorrectionDocument.model_validate(row.struck) for row in rows if row.struck},
    )

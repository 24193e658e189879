"""What has been answered before for the same brief: prepared with it, or by a model for whoever asked the same."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from briefings.converse.models import AnswerSentence, Turn
from briefings.converse.question import Question, read
from briefings.converse.same import ask_the_same
from briefings.schemas import BriefBody, Sentence

MOST = 200  # earlier answers that a question is compared with


def prepared(row: Turn, asked: Question, body: BriefBody) -> tuple[Sentence, ...] | None:
    """The stored answer to a question that the brief's writer foresaw; None where it is another one.

    "What is its price?" is another one after a question about a rival.
    """
    if not row.stands_alone:
        return None
    for section in body.prepared:
        if ask_the_same(asked, read(section.question)):
            return section.answer
    return None


def earlier(row: Turn, asked: Question) -> Iterator[tuple[Sentence, ...]]:
    """The answers that a model gave to the same question about the same brief, the latest first.

    One without a sentence is an answer too, the sources do not say, where that was all of it.

    A brief made of a reader's own sources has no other reader, so nothing of it reaches anybody else.
    """
    if not row.stands_alone:
        return
    answered = Turn.objects.filter(
        conversation__brief=row.conversation.brief_id,
        state=Turn.State.ANSWERED,
        writer=Turn.Writer.MODEL,
        stands_alone=True,
    )
    told_whole = answered.filter(
        Q(Exists(AnswerSentence.objects.filter(turn=OuterRef("pk")))) | Q(dropped=0),
        ~Exists(AnswerSentence.objects.filter(turn=OuterRef("pk"), struck__isnull=False)),
    )
    for other in told_whole.exclude(pk=row.pk).order_by("-answered_at")[:MOST]:
        if ask_the_same(asked, read(other.question)):
            yield told(other)


def told(turn: Turn) -> tuple[Sentence, ...]:
    """What of an answer stands."""
    rows = turn.sentences.filter(struck__isnull=True)
    return tuple(Sentence(text=row.text, citations=row.citations) for row in rows)

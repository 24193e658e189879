"""What has been answered before for the same brief: prepared with it, or by a model for whoever asked the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from django.db.models import Exists, OuterRef

from briefings.converse.models import AnswerSentence, Turn
from briefings.converse.question import Question, read
from briefings.converse.same import asks_the_same
from briefings.schemas import BriefBody, Sentence
from ingest import embedders
from ingest.embed import LEXICAL

MOST = 200  # earlier answers that a question is compared with
REMEMBERED = 24 * 3600  # seconds that a question's vector is kept beside its own row


def prepared(asked: Question, body: BriefBody, story: Collection[str]) -> tuple[Sentence, ...]:
    """The stored answer to a question that the brief's writer foresaw; empty where it is another one."""
    for section in body.prepared:
        if asks_the_same(asked, read(section.question), 0.0, story):
            return section.answer
    return ()


def embed(row: Turn, tag: str) -> None:
    """Keep the question's vector with it, where a model embeds; without one, its words serve alone."""
    if tag in ("", LEXICAL) or not row.stands_alone:
        return
    vectors = embedders.comparable([row.question], tag, row.conversation.reader_id, REMEMBERED)
    if vectors is not None and vectors[0].any():
        row.embedder, row.vector = tag, vectors[0].tolist()


def earlier(row: Turn, asked: Question, story: Collection[str]) -> Iterator[tuple[Sentence, ...]]:
    """The answers that a model gave to the same question about the same brief, the latest first.

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
        Exists(AnswerSentence.objects.filter(turn=OuterRef("pk"))),
        ~Exists(AnswerSentence.objects.filter(turn=OuterRef("pk"), struck__isnull=False)),
    )
    for other in told_whole.exclude(pk=row.pk).order_by("-answered_at")[:MOST]:
        if asks_the_same(asked, read(other.question), _closeness(row, other), story):
            yield told(other)


def told(turn: Turn) -> tuple[Sentence, ...]:
    """What of an answer stands."""
    rows = turn.sentences.filter(struck__isnull=True)
    return tuple(Sentence(text=row.text, citations=row.citations) for row in rows)


def _closeness(one: Turn, other: Turn) -> float:
    """Vectors of two embedders are never compared."""
    if one.vector is None or other.vector is None or one.embedder != other.embedder:
        return 0.0
    return float(np.dot(np.asarray(one.vector), np.asarray(other.vector)))

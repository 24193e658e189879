"""Turns a conversation into what the brief page shows: each question with its answer, evidence and state; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, gettext_noop, ngettext

from briefings.converse.ask import may_be_asked_again
from briefings.converse.models import Turn
from briefings.converse.shown import Asked
from briefings.evidence import NEAR
from briefings.read import Cited
from briefings.web.page import Evidence, Line, marked

SLOW = timedelta(seconds=8)
_MADE_BY = {
    Turn.Writer.MODEL: gettext_noop("Written by a model, each sentence checked against its source."),
    Turn.Writer.EXTRACTIVE: gettext_noop("Extractive: sentences of the sources, found without a model."),
    Turn.Writer.PREPARED: gettext_noop("Prepared with the brief and checked again: free."),
    Turn.Writer.REUSED: gettext_noop("Answered before and checked again: free."),
}
_WITHOUT = {
    Turn.Without.READER: gettext_noop("Your budget for questions is used up, so no model was asked."),
    Turn.Without.SERVICE: gettext_noop("The budget of this service is used up, so no model was asked."),
    Turn.Without.NO_ANSWER: gettext_noop("The model gave no answer."),
}


@dataclass(frozen=True, slots=True)
class TurnPage:
    """A question on the page. `stage`: waiting, slow, answered, silent (the sources do not say), stopped or failed.

    `seen` changes whenever there is something new to show.
    """

    number: int
    question: str
    stage: str
    lines: tuple[Line, ...]
    evidence: tuple[Evidence, ...]
    note: str
    may_again: bool
    latest: int  # the key of the last sentence that was released, 0 before the first

    @property
    def under_way(self) -> bool:
        return self.stage in ("waiting", "slow")

    @property
    def seen(self) -> str:
        return f"{self.latest}{self.stage}"

    @property
    def struck(self) -> bool:
        """Whether something of it stands no longer."""
        return any(line.struck for line in self.lines)


def cited_articles(asked: Sequence[Asked]) -> set[int]:
    return {cited.article for one in asked for sentence in one.sentences for cited in sentence.citations}


def turn_page(asked: Asked, articles: Mapping[int, Cited], now: datetime, around: int = NEAR) -> TurnPage:
    """One question as it stands at `now`; its markers begin with its number: "t3-1"."""
    turn = asked.turn
    lines, evidence = marked(asked.sentences, articles, asked.changes, f"t{turn.number}-", around)
    return TurnPage(
        number=turn.number,
        question=turn.question,
        stage=_stage(turn, now),
        lines=lines,
        evidence=evidence,
        note=_note(turn),
        may_again=may_be_asked_again(turn),
        latest=max((row.pk for row in turn.sentences.all()), default=0),
    )


def _stage(turn: Turn, now: datetime) -> str:
    if turn.state == Turn.State.ANSWERED:
        return "answered" if turn.sentences.all() else "silent"
    if turn.state == Turn.State.QUEUED:
        return "slow" if now - turn.asked_at > SLOW else "waiting"
    return str(turn.state)


def _note(turn: Turn) -> str:
    said = [_WITHOUT.get(Turn.Without(turn.without), "")] if turn.without else []
    if turn.writer and turn.sentences.all():
        said.append(_MADE_BY.get(Turn.Writer(turn.writer), ""))
    said = [gettext(one) for one in said if one]
    if turn.dropped:
        words = ngettext(
            "{n} sentence that failed the check left out.",
            "{n} sentences that failed the check left out.",
            turn.dropped,
        )
        said.append(words.format(n=turn.dropped))
    return " ".join(said)

"""Strikes through what readers were told in answer to questions and what stands no longer, as briefs are corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from briefings import coverage, standing
from briefings.converse.models import AnswerSentence
from briefings.models import Brief
from briefings.schemas import CorrectionDocument, Material, Sentence, Strike
from briefings.standing import Fallen
from ingest.changed import Changed
from ingest.models import Article


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to write down of one sentence: what struck it, or None where it stands again."""

    sentence: int
    struck: CorrectionDocument | None


def verdicts(brief: Brief, before: Material, changed: Mapping[int, Changed], now: datetime) -> list[Verdict]:
    """What the present texts of its articles alter in the answers to all readers' questions about a brief."""
    rows = {row.pk: row for row in AnswerSentence.objects.filter(turn__conversation__brief=brief)}
    told = {key: Sentence(text=row.text, citations=row.citations) for key, row in rows.items()}
    lost = standing.fallen_answers(told, before, changed)
    again = [key for key, row in rows.items() if row.struck and key not in lost]
    fresh = [key for key in lost if not rows[key].struck]
    made = [Verdict(key, _correction(lost[key], changed[lost[key].article], now)) for key in fresh]
    return [*made, *(Verdict(key, None) for key in again if _known(rows[key], changed))]


def _known(row: AnswerSentence, changed: Mapping[int, Changed]) -> bool:
    """Of an article that is gone nobody knows whether it still says so: what fell with its edit stays fallen.

    So does what fell because a reader was right.
    """
    struck = CorrectionDocument.model_validate(row.struck)
    return struck.kind != "challenged" and any(one.article in changed for one in struck.struck)


def keep(found: list[Verdict]) -> None:
    """Write the verdicts down, in the transaction that ends the verifying."""
    for one in found:
        struck = one.struck.model_dump(mode="json") if one.struck else None
        AnswerSentence.objects.filter(pk=one.sentence).update(struck=struck)


def _correction(lost: Fallen, change: Changed, now: datetime) -> CorrectionDocument:
    article = Article.objects.select_related("source").get(pk=lost.article)
    strike = Strike(
        where=lost.where,
        text=lost.text,
        article=lost.article,
        why=lost.why,
        now=lost.now,
        instead=lost.instead,
    )
    return CorrectionDocument(
        kind="withdrawn" if change.withdrawn else "changed",
        publisher=coverage.publisher(article),
        title=change.now[0].title,
        url=coverage.web_address(article.url),
        changes=str(change.difference),
        note="",
        changed_at=change.at,
        noticed_at=now,
        struck=(strike,),
        restored=(),
        replacement=None,
    )

"""Cuts the passage around a citation out of its article's text, so that the quote is seen where it stands; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from briefings.schemas import Citation
from ingest.addressed import speaks_to_model
from ingest.plain import BREAK

NEAR = 220  # characters shown on either side of the quote beside a brief
FAR = 1500  # and on the page of its own


@dataclass(frozen=True, slots=True)
class Passage:
    """`quote` is what is cited, `before` and `after` what stands around it, cut at words; together one text."""

    before: str
    quote: str
    after: str


def passage(text: str | None, citation: Citation, around: int = NEAR) -> Passage:
    """The cited span in its surroundings. Without a text that still carries it, the quote stands alone."""
    if text is None or text[citation.start : citation.end] != citation.quote:
        return Passage("", citation.quote, "")
    before = _heard(text[: citation.start].split(BREAK)[::-1], around)[::-1]
    after = _heard(text[citation.end :].split(BREAK), around)
    return Passage(tail(BREAK.join(before), around), citation.quote, head(BREAK.join(after), around))


def _heard(outward: Sequence[str], around: int) -> list[str]:
    """The paragraphs from the quote outward as far as they are shown, up to one that speaks to a model."""
    kept: list[str] = []
    for paragraph in outward:
        if sum(map(len, kept)) > around:
            break
        if kept and speaks_to_model(paragraph):
            return [*kept, "…"]
        kept.append(paragraph)
    return kept


def tail(text: str, around: int) -> str:
    if len(text) <= around:
        return text
    return "… " + text[-around:].partition(" ")[2]


def head(text: str, around: int) -> str:
    if len(text) <= around:
        return text
    return text[:around].rpartition(" ")[0] + " …"

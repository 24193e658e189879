"""Cuts an article's text into passages: paragraph-sized spans with exact character offsets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.plain import BREAK

LONGEST = 1200  # characters; a longer paragraph is cut between sentences so that a citation stays a paragraph

# A sentence ends where punctuation (with closing quotes) is followed by a blank and something that starts a sentence.
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9À-Þ一-鿿])")


def compose(title: str, paragraphs: Sequence[str]) -> str:
    """The article's stored text: its title, then its paragraphs, with an empty line between each."""
    return BREAK.join([title, *paragraphs])


def from_feed(title: str, feed_text: str) -> str:
    """The text as the article's feed tells it, which may not be the stored one."""
    return compose(title, feed_text.split(BREAK) if feed_text else [])


def spans(text: str) -> list[tuple[int, int]]:
    """Passages of a text made by `compose`: `text[start:end]` is never empty and never begins or ends with a blank.

    The first span is the title. Everything that is not a blank lies in exactly one span, in order.
    """
    return [cut for start, end in _paragraphs(text) for cut in _cuts(text, start, end)]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for part in text.split(BREAK):
        body = part.strip()
        if body:
            first = start + part.index(body[0])
            yield first, first + len(body)
        start += len(part) + len(BREAK)


def _cuts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        cut = _best_cut(text, start, end)
        yield start, start + len(text[start:cut].rstrip())
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    if start < end:
        yield start, end


def _best_cut(text: str, start: int, end: int) -> int:
    """The last sentence end within reach, else the last blank, else the limit itself."""
    reach = min(start + LONGEST, end)
    sentence = [match.end() for match in _SENTENCE_END.finditer(text, start, reach)]
    if sentence:
        return sentence[-1]
    blank = max(text.rfind(" ", start + 1, reach), text.rfind("\n", start + 1, reach))
    return blank if blank > start else reach

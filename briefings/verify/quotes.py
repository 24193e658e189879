"""The quotation rule: what stands between quotation marks stands word for word in a cited passage."""

from __future__ import annotations

import re
from collections.abc import Iterable

from briefings.verify.spelling import for_quotes

EXACT_FROM_WORDS = 3

_PAIRS = re.compile(r"“([^“”]*)(?:”|$)|«([^«»]*)(?:»|$)|„([^„“”]*)(?:[“”]|$)|\"([^\"]*)(?:\"|$)")
_ORPHAN = re.compile(r"^([^“]*)”")
_SINGLE = re.compile(r"(?<!\w)[‘'](?=\w)((?:[^‘’']|(?<=\w)[’'](?=\w))*)[’'](?!\w)")
_EDGES = " .,;:!?…-'"


def quotations(text: str) -> tuple[str, ...]:
    """What `text` quotes. An unclosed quotation runs to the text's end; single marks count from three words on."""
    found: list[str] = []
    if orphan := _ORPHAN.match(text):
        found.append(orphan[1])
        text = text[orphan.end() :]
    for match in _PAIRS.finditer(text):
        found.append(next(group for group in match.groups() if group is not None))
    outside = _PAIRS.sub(" ", text)
    found += [match[1] for match in _SINGLE.finditer(outside) if len(match[1].split()) >= EXACT_FROM_WORDS]
    return tuple(quote.strip() for quote in found if quote.strip(_EDGES + "“”‘’"))


def missing(text: str, grounds: Iterable[str]) -> tuple[str, ...]:
    """The quotations of `text` that none of `grounds` holds word for word, but for glyphs and end punctuation.

    Shorter ones than three words, mostly titles and single terms, may differ in case.
    """
    quotes = quotations(text)
    if not quotes:
        return ()
    spelled = [for_quotes(ground) for ground in grounds]
    return tuple(
        quote for quote in quotes if not any(_stands(for_quotes(quote), ground) for ground in spelled)
    )


def _stands(quote: str, ground: str) -> bool:
    if len(quote.split()) < EXACT_FROM_WORDS:
        quote, ground = quote.casefold(), ground.casefold()
    words, at = quote.strip(_EDGES), -1
    while (at := ground.find(words, at + 1)) >= 0:
        if not _joined(ground[at - 1 : at]) and not _joined(ground[at + len(words) : at + len(words) + 1]):
            return True
    return False


def _joined(beside: str) -> bool:
    """Whether a word goes on there."""
    return beside.isalnum() or beside == "_"

"""The quotation rule: what stands between quotation marks stands word for word in a cited passage."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from briefings.verify.spelling import for_quotes

EXACT_FROM_WORDS = 3

_PAIRS = re.compile(r"“([^“”]*)(?:”|$)|«([^«»]*)(?:»|$)|„([^„“”]*)(?:[“”]|$)|\"([^\"]*)(?:\"|$)")
_ORPHAN = re.compile(r"^([^“]*)”")
_SINGLE = re.compile(r"(?<!\w)[‘'](?=\w)((?:[^‘’']|(?<=\w)[’'](?=\w))*)[’'](?!\w)")
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]urs?|us|I|[Mm]y|me)\b")
_EDGES = " .,;:!?…-'"


@lru_cache(maxsize=512)
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


def unspoken(text: str, grounds: Iterable[str]) -> tuple[str, ...]:
    """The longer quotations of `text` that its grounds hold only in their own voice: nobody is quoted there.

    A source that speaks of itself ("we", "our") is quoted rightly.
    """
    quotes = [quote for quote in quotations(text) if len(quote.split()) > EXACT_FROM_WORDS]
    if not quotes:
        return ()
    grounds = tuple(grounds)
    spoken = [for_quotes(said) for ground in grounds for said in quotations(ground)]
    unheard = tuple(quote for quote in quotes if not any(_stands(for_quotes(quote), said) for said in spoken))
    own = [for_quotes(ground) for ground in grounds if _speaks_itself(ground)] if unheard else []
    return tuple(quote for quote in unheard if not any(_stands(for_quotes(quote), said) for said in own))


def _speaks_itself(ground: str) -> bool:
    return _FIRST_PERSON.search(_SINGLE.sub(" ", _PAIRS.sub(" ", ground))) is not None


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

"""The content words of a text, roughly stemmed: what writers compare sentences by and the verifier grounds."""

from __future__ import annotations

import re
from functools import lru_cache

WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*|\$?\d[\d,.]*\d|\d")
SUFFIXES = (
    "ations",
    "ation",
    "ingly",
    "ities",
    "ments",
    "ings",
    "ness",
    "ment",
    "ions",
    "ing",
    "ion",
    "ies",
    "ers",
    "est",
    "ity",
    "ed",
    "es",
    "er",
    "ly",
    "s",
    "e",
    "y",
)
# Words that carry no content of their own.
_EMPTY = """
    a about above according across added after again against ago all almost along already also although am
    among an and another any are around as asked at away back be became because been before being between
    both but by called came can come could day days did do does doing done down during each even ever every
    far few first for from further get gets give go going got had has have having he her here him himself
    his how however i if in into is it its itself just know last later least less like likely made make
    makes making many may me might more most mr mrs ms much must my near need new next no nor not now of off
    on once one only onto or other others our out over own part per put rather really recent recently said
    same say saying says see set several she should since so some still such take taken than that the their
    them themselves then there these they thing things this those though three through thus time to today
    told too took toward two under until up upon us use used uses using very via want was way we week weeks
    well went were what when where whether which while who whom whose why will with within without would
    year years yes yet you your
"""
STOP = frozenset(_EMPTY.split())


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A rough stem, enough to bring the forms of a word together."""
    word = word.lower().replace("’", "'").removesuffix("'s").strip("'-")
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def terms(text: str) -> tuple[str, ...]:
    """The content words of a text, stemmed, with figures kept whole."""
    return tuple(filter(None, map(_term, WORD.findall(text))))


@lru_cache(maxsize=50_000)
def _term(word: str) -> str:
    """What `word` is compared by; empty when it carries nothing of its own."""
    if word.lower().replace("’", "'") in STOP:
        return ""
    return stem(word) if word[0].isalpha() else word.strip("$.,").replace(",", "")

"""Finds the sentences of the cited passages that a statement rests on, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from briefings.terms import terms

MOST_SENTENCES = 3
ADDS = 2  # new content words by which a further sentence belongs to the evidence
_END = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z\d$€£])")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“-])(?:[A-Z]|[A-Z]\.[A-Z]|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Prof|St|Jr|Sr|Inc|Corp|Co|Ltd|No|vs|Jan|Feb|Mar|Apr|"
    r"Aug|Sept|Sep|Oct|Nov|Dec|Lt|Col|Sgt|Capt|Supt|Cmdr|Fig)\.$"
)
_LONGEST = 8  # characters of an abbreviation with what stands before it


@dataclass(frozen=True, slots=True)
class Evidence:
    """`best`: the passage sentence that a statement matches best; `stated`: all it matches; `within`: these with the
    ones before them; `around`: these with the titles of the articles."""

    best: str
    stated: str
    within: str
    around: str


@lru_cache(maxsize=2048)  # a passage supports several sentences of its brief
def split(passage: str) -> tuple[str, ...]:
    """The sentences of a passage; an abbreviation's full stop ends none."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(passage):
        if _ABBREVIATED.search(passage, max(0, start - 1, match.start() - _LONGEST), match.start()):
            continue
        found.append(passage[start : match.end()].strip())
        start = match.end()
    return tuple(each for each in (*found, passage[start:].strip()) if each)


def evidence(text: str, passages: Sequence[str], titles: Sequence[str] = ()) -> Evidence:
    """What of `passages` the statement rests on: the best matching sentences, each as long as it adds something.

    `titles` of the cited articles belong to what stands around: a passage says "it" where its title says who.
    """
    wanted = content(text)
    numbered = [
        (p, s, sentence) for p, passage in enumerate(passages) for s, sentence in enumerate(split(passage))
    ]
    words = [wanted & content(sentence) for _, _, sentence in numbered]
    chosen: list[int] = []
    found: set[str] = set()
    while len(chosen) < min(MOST_SENTENCES, len(numbered)):
        best = max(
            (at for at in range(len(numbered)) if at not in chosen),
            key=lambda at: (len(words[at] - found), len(words[at]), -at),
        )
        if chosen and len(words[best] - found) < ADDS:
            break
        chosen.append(best)
        found |= words[best]
    before = [
        at - 1 for at in chosen if at and numbered[at - 1][0] == numbered[at][0] and at - 1 not in chosen
    ]
    within = " ".join(numbered[at][2] for at in sorted((*chosen, *before)))
    stated = " ".join(numbered[at][2] for at in sorted(chosen))
    leading = numbered[chosen[0]][2] if chosen else ""
    return Evidence(leading, stated, within, around=" ".join((*titles, within)))


@lru_cache(maxsize=512)
def said(passage: str) -> frozenset[str]:
    """The content words of a passage."""
    return frozenset().union(*map(content, split(passage)))


@lru_cache(maxsize=2048)
def content(sentence: str) -> frozenset[str]:
    """The content words of a sentence, by their stems."""
    return frozenset(terms(sentence))

"""The rule of roles: who did it and to whom stays as the source has it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations, pairwise

from briefings.terms import STOP, stem
from briefings.verify.places import Place, place, words

NOWHERE: Place = frozenset()
NO_PAIRS: frozenset[tuple[str, str]] = frozenset()


def exchanged(text: str, stated: str) -> Iterator[str]:
    """Pairs of names that stand in `text` where the source has the other of the two.

    Each name's neighbours in the statement are held against its own neighbours in the source and against the other's:
    a sentence may be turned round as a whole, but not so that each takes the other's place.
    """
    here, there = _named(text), _named(stated)
    both = here.keys() & there.keys()
    if len(both) < 2:
        return
    for one, other in combinations(sorted(both & (_inside(text) | _inside(stated))), 2):
        without = {("before", one), ("behind", one), ("before", other), ("behind", other)}
        crossed = _alike(here[one], there[other], without) + _alike(here[other], there[one], without)
        turned = _swapped(text, stated, one, other)
        if crossed and not turned:
            straight = _alike(here[one], there[one], without) + _alike(here[other], there[other], without)
            turned = (crossed >= 2 and crossed > straight + 1) or not straight
        if turned and not _passive(text, stated, one, other):
            yield f"{one} and {other}"


def _swapped(text: str, stated: str, one: str, other: str) -> bool:
    """Whether the words right beside the two are the source's only when each takes the other's place."""
    theirs, swap = _adjacent(stated), {one: other, other: one}
    beside = _touching_pairs(text).get(one, NO_PAIRS) ^ _touching_pairs(text).get(other, NO_PAIRS)
    crossed = any((swap.get(a, a), swap.get(b, b)) in theirs for a, b in beside)
    return crossed and theirs.isdisjoint(beside)


@lru_cache(maxsize=512)
def _touching_pairs(text: str) -> Mapping[str, frozenset[tuple[str, str]]]:
    """The words of a text that stand side by side, by either of the two that has a capital."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for pair in _adjacent(text):
        for word in pair:
            if word[0].isupper():
                found[word].add(pair)
    return {word: frozenset(pairs) for word, pairs in found.items()}


@lru_cache(maxsize=512)
def _adjacent(text: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(word.text for word in words(text)))


def _passive(text: str, stated: str, one: str, other: str) -> bool:
    """Whether one of the two says in the passive, with both sides, what the other says in the active."""
    for here, there in ((text, stated), (stated, text)):
        for done_to, doer in ((one, other), (other, one)):
            found = re.search(
                rf"\b{re.escape(done_to)}\b[^.;]*\b(?:is|are|was|were|be|been|being)\b[^.;]*?\b(\w+) by "
                rf"(?:[\w’'-]+ ){{0,3}}?{re.escape(doer)}\b",
                here,
            )
            active = re.search(rf"\b{re.escape(doer)}\b[^.;]*\b{re.escape(done_to)}\b", there)
            if found and active and stem(found[1]) in {word.stem for word in words(active[0])}:
                return True
    return False


def replaced(text: str, stated: str) -> Iterator[str]:
    """Names of `text` that stand where the source has another, which the statement leaves out."""
    here, there = _named(text), _named(stated)
    left_out = sorted(there.keys() - {word.text for word in words(text)})
    for name, where in here.items():
        if where & there.get(name, NOWHERE):
            continue
        for other in left_out:
            shared = where & there[other]
            if (
                len(shared) >= 2
                and _touching(name, text, other, stated)
                and not _one_name(name, other, stated)
                and not _apposed(name, other, stated)
            ):
                yield f"{name} for {other}"
                break


def joined_wrongly(text: str, stated: str) -> Iterator[str]:
    """Names put together that the source has apart: "Auburn Apple" where it says "Auburn University"."""
    pairs = tuple(_pairs(text))
    following: dict[str, set[str]] = defaultdict(set)
    for one, other in _pairs(stated) if pairs else ():
        following[one].add(other)
    for one, other in pairs:
        if following[one] and other not in following[one]:
            yield f"{one} {other}"


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"(?<![\w’'])(?=([A-Z][\w’'-]*) ([A-Z][\w’'-]*))", text):
        if found[1].lower() not in STOP:
            yield found[1], re.sub(r"[’']s$", "", found[2])


@lru_cache(maxsize=512)
def _named(text: str) -> Mapping[str, Place]:
    """Each word with a capital and where it stands; the first word of a sentence may be one of them."""
    among = words(text)
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for at, word in enumerate(among):
        if word.capital and word.content:
            found[word.text] |= place(among, at)
    return {name: frozenset(each) for name, each in found.items()}


def _inside(text: str) -> set[str]:
    """What is written with a capital though it opens nothing; the first word of a text always is."""
    return {word.text for word in words(text)[1:] if word.capital}


def _touching(name: str, text: str, other: str, stated: str) -> bool:
    """Whether both have the same content word right beside them on the same side."""
    return bool(_beside(name, text) & _beside(other, stated))


@lru_cache(maxsize=512)
def _beside(name: str, text: str) -> Place:
    among = words(text)
    return frozenset().union(*(place(among, at, 1) for at, word in enumerate(among) if word.text == name))


def _one_name(name: str, other: str, stated: str) -> bool:
    """Whether the source has both side by side, as one name: "Mark" and "Zuckerberg"."""
    return (
        re.search(
            rf"\b(?:{re.escape(name)} {re.escape(other)}|{re.escape(other)} {re.escape(name)})\b", stated
        )
        is not None
    )


def _apposed(name: str, other: str, stated: str) -> bool:
    """Whether the source tells who `name` is before it goes on: "Lind, who came from Fjord, leads"."""
    return re.search(rf"\b{re.escape(name)}, [^.;]*\b{re.escape(other)}\b[^.,;]*, ", stated) is not None


def _alike(one: Place, other: Place, without: set[tuple[str, str]]) -> int:
    return len((one & other) - without)

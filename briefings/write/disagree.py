"""Finds where sources disagree: the same quantity with different values in articles of different outlets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from briefings.schemas import Disagreement, Material
from briefings.terms import STOP
from briefings.verify.figure import Figure, Quantity
from briefings.verify.numbers import figures, measured
from briefings.verify.places import Place, place, words
from briefings.write.pool import Candidate, Pool, pool_of, story_names

MOST = 3
NEIGHBOURS = (
    3  # shared content words around two figures that speak of one quantity, one of them right beside both
)
FARTHEST = 3  # times one value may be the other: beyond that they count different things
LISTED = 60  # characters between two figures of a kind within which they are listed or compared
ABOUT = re.compile(r"[a-z][a-z-]+(?: (?:of |in |for )?[a-z][a-z-]+){0,3}")


@dataclass(frozen=True, slots=True)
class _Claim:
    candidate: Candidate
    figure: Figure
    value: Quantity
    around: Place
    beside: Place


def disagreements_of(material: Material) -> tuple[Disagreement, ...]:
    """`disagreements_in` the usable sentences of a story."""
    return disagreements_in(pool_of(material, material.title, story_names(material)))


def disagreements_in(pool: Pool) -> tuple[Disagreement, ...]:
    """Up to three pairs of sentences, each able to stand alone, that give one quantity different values."""
    claims = [claim for candidate in pool.candidates if not candidate.leans for claim in _claims(candidate)]
    found: list[tuple[float, Disagreement]] = []
    told: set[int] = set()
    for one, other in combinations(claims, 2):
        first, second = one.candidate, other.candidate
        if one.value.unit != other.value.unit or first.article.source == second.article.source:
            continue
        if not told.isdisjoint((first.index, second.index)):
            continue
        if _of_one_quantity(one, other) and _apart(one, other) and (about := _about(one, other)):
            told |= {first.index, second.index}
            claims_told = (first.sentence(), second.sentence())
            found.append((first.weight + second.weight, Disagreement(about=about, claims=claims_told)))
    return tuple(each for _, each in sorted(found, key=lambda pair: -pair[0])[:MOST])


def _claims(candidate: Candidate) -> Iterator[_Claim]:
    """The figures with a unit that stand apart from their like; what is listed or compared is no claim of its own."""
    found = measured(candidate.text)
    for figure, value in found:
        near = any(
            other.unit == value.unit and 0 < abs(also.start - figure.start) < LISTED for also, other in found
        )
        if not near:
            before, behind = candidate.text[: figure.start], candidate.text[figure.end :]
            among = (*words(before), *words("Figure")[:1], *words(behind))
            at = len(words(before))
            yield _Claim(candidate, figure, value, _plain(place(among, at, 4)), _plain(place(among, at, 1)))


def _plain(around: Place) -> Place:
    return frozenset(each for each in around if not each[1][:1].isdigit())


def _of_one_quantity(one: _Claim, other: _Claim) -> bool:
    """Whether two claims in one unit count the same thing."""
    beside = bool(one.beside & other.around or other.beside & one.around)
    return beside and len(one.around & other.around) >= NEIGHBOURS


def _apart(one: _Claim, other: _Claim) -> bool:
    """Whether the values differ, but not so far that they must count different things."""
    less, more = sorted((abs(one.value.base), abs(other.value.base)))
    return less != more and bool(less) and more <= FARTHEST * less and not _tells_both(one, other)


def _tells_both(one: _Claim, other: _Claim) -> bool:
    """Whether one of the sentences has both values itself: then it compares two things."""
    for claim in (one, other):
        bases = {
            key.base
            for figure in figures(claim.candidate.text)
            for key in figure.keys
            if isinstance(key, Quantity)
        }
        if {one.value.base, other.value.base} <= bases:
            return True
    return False


def _about(one: _Claim, other: _Claim) -> str:
    """What is counted, in the first source's words: those behind or before its figure that the other uses too."""
    shared = {stem for _, stem in one.around & other.around}
    for text in (one.candidate.text[one.figure.end :], one.candidate.text[: one.figure.start]):
        runs = [found.group() for found in ABOUT.finditer(text)]
        kept = [run for run in runs if sum(word.stem in shared for word in words(run)) >= 2]
        if kept:
            return _trimmed(kept[0])
    return ""


def _trimmed(run: str) -> str:
    """ "Market value" of "in market value on"."""
    kept = run.split()
    while kept and kept[0] in STOP:
        kept = kept[1:]
    while kept and kept[-1] in STOP:
        kept = kept[:-1]
    said = " ".join(kept)
    return said[:1].upper() + said[1:]

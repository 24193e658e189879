"""The figure rule: every number, amount, date and version in a sentence stands, normalised, in a cited passage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter

from briefings.verify.amounts import amounts, may_measure
from briefings.verify.dates import dates
from briefings.verify.evidence import split
from briefings.verify.figure import Date, Figure, Key, Quantity, Token
from briefings.verify.number_words import BIG
from briefings.verify.spelling import for_figures, words_in
from briefings.verify.units import HARD
from briefings.verify.versions import mentions, versions

_MASK = "\x00"


@lru_cache(maxsize=2048)  # a passage supports several sentences of its brief
def read(text: str) -> tuple[Figure, ...]:
    """All figures of a sentence, in order, also those it only supports; places are those of `for_figures(text)`."""
    return tuple(_all(for_figures(text)))


def figures(text: str) -> tuple[Figure, ...]:
    """The figures `text` claims, in order of appearance; each character belongs to one figure at most."""
    return tuple(figure for figure in read(text) if figure.claim)


def measured(text: str) -> list[tuple[Figure, Quantity]]:
    """The figures that `text` claims in a unit of `units.HARD`, each with its first reading, in order."""
    plain = for_figures(text)
    if not may_measure(plain, words_in(plain)):
        return []
    first = ((figure, key) for figure in figures(text) for key in figure.keys[:1])
    return [(figure, key) for figure, key in first if isinstance(key, Quantity) and key.unit in HARD]


def unsupported(text: str, grounds: Iterable[str]) -> tuple[Figure, ...]:
    """The figures of `text` that stand in none of `grounds`."""
    ground, missing = Ground(), figures(text)
    for passage in grounds:
        if not missing:
            break
        ground.add(passage)
        missing = tuple(figure for figure in missing if not ground.holds(figure))
    return missing


def _all(text: str) -> list[Figure]:
    found: list[Figure] = []
    said = words_in(text)
    for extract in (dates, versions, amounts):
        taken: list[Figure] = []
        for figure in extract(text, said):
            # The first rule to read a place keeps it; what is not a claim may overlap, it only adds readings.
            if not figure.claim or not _overlaps(figure, taken):
                taken.append(figure)
        found += taken
        text = _without(text, (figure for figure in taken if figure.claim))
    return sorted(found, key=attrgetter("start"))


def _overlaps(figure: Figure, taken: Iterable[Figure]) -> bool:
    for other in taken:  # noqa: SIM110 - a loop is faster than a generator, and figures are many
        if figure.start < other.end and other.start < figure.end:
            return True
    return False


def _without(text: str, taken: Iterable[Figure]) -> str:
    for figure in taken:
        text = text[: figure.start] + _MASK * (figure.end - figure.start) + text[figure.end :]
    return text


@dataclass(slots=True)
class Ground:
    """All figures of the cited passages, ready to be looked up."""

    values: dict[Decimal, set[str]] = field(default_factory=lambda: defaultdict(set))
    bases: set[tuple[str, Decimal]] = field(default_factory=set)
    dates: set[Date] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)

    def add(self, text: str) -> None:
        """Whatever `text` says stands here too."""
        for sentence in split(text):
            for figure in read(sentence):
                self.add_figure(figure)
            for key in _mentioned(sentence):
                self._add(key)

    def add_figure(self, figure: Figure) -> None:
        for key in figure.keys:
            self._add(key)

    def holds(self, figure: Figure) -> bool:
        """Does any reading of the figure stand here?"""
        return any(self._has(key) for key in figure.keys)

    def _add(self, key: Key) -> None:
        if isinstance(key, Token):
            self.tokens.add(key.text)
            if key.text.isdecimal():  # v2
                self.values[Decimal(key.text).normalize()].add("")
        elif isinstance(key, Quantity):
            self.values[key.value].add(key.unit)
            self.bases.add((key.unit, key.base))
        else:
            self.dates.add(key)
            if key.year:
                self.values[Decimal(key.year).normalize()].add("year")
            if key.day:
                self.bases.add(("ordinal", Decimal(key.day).normalize()))

    def _has(self, key: Key) -> bool:
        if isinstance(key, Token):
            return key.text in self.tokens or self._has_magnitude(key.text)
        if isinstance(key, Quantity):
            return self._has_quantity(key)
        return any(self._agrees(key, date) for date in self.dates)

    def _has_quantity(self, claimed: Quantity) -> bool:
        units = self.values.get(claimed.value, set())
        if not claimed.unit:
            return bool(units)
        return (claimed.unit, claimed.base) in self.bases or (claimed.unit not in HARD and "" in units)

    def _has_magnitude(self, words: str) -> bool:
        """ "billions" also stands where some number of that size does."""
        least = BIG.get(words[:-1]) if words.endswith("s") else None
        return least is not None and any(value >= least for value in self.values)

    def _agrees(self, claimed: Date, date: Date) -> bool:
        if claimed.month != date.month or (claimed.day and claimed.day != date.day):
            return False
        if not claimed.year or claimed.year == date.year:
            return True
        return date.year is None and Decimal(claimed.year).normalize() in self.values


@lru_cache(maxsize=2048)
def _mentioned(text: str) -> tuple[Key, ...]:
    return tuple(mentions(for_figures(text)))

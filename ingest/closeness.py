"""How strongly two articles speak for one event: log-odds for every pair near in time that shares words."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from ingest import headline, terms
from ingest.background import known, rarities
from ingest.digests import is_report

# What each sign adds to the log-odds that two articles tell of one event: logistic regression on three labelled sets,
# rounded; docs/decisions.md says how.
WEIGHTS: Final = {
    "any pair": -5.3,
    "text": 4.1,  # cosine of title and lead together, by rarity of words
    "best": 4.3,  # how much of one's title the other's text has, the better way round
    "worst": 1.8,  # and the worse way round
    "shared": 1.8,  # logarithm of all that is shared, of which long texts have more
    "subject": 1.5,  # both headlines begin with the same name
    "reported": 0.7,  # one's headline names who published the other: the report and what it reports
    "companion": 2.3,  # one house, one product with its version: announcement, paper, model card
    "other kind": -1.2,  # the headlines name different kinds of event
    "days": -1.3,  # between the two, each
    "same source": -1.0,  # a newsroom writes twice in a day about two things,
    "again": -1.0,  # and what it writes half a day later is news of its own
}
FLOOR: Final = WEIGHTS["any pair"]  # evidence of a pair with nothing in common
NEVER: Final = -math.inf  # two funding rounds, two versions

HALF_A_DAY: Final = 0.5
_FAINT: Final = 0.03  # cosines below say nothing
_BLOCK: Final = 512

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Told(Protocol):
    """What is compared. `house` names who speaks for themselves at that address, empty for a newsroom."""

    @property
    def source(self) -> str: ...
    @property
    def house(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def gist(self) -> terms.Gist: ...
    @property
    def at(self) -> datetime: ...
    @property
    def story(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Pairs:
    """Parallel arrays: positions `one` > `other` in the given sequence, the pair's log-odds, and days between."""

    one: Numbers
    other: Numbers
    score: Floats
    gap: Floats


def weigh(items: Sequence[Told], window: timedelta) -> Pairs:
    """Every pair of reports within `window` that shares words and has a member without a story.

    `items` are in order of time. Pairs left out have nothing in common, which is FLOOR.
    """
    if len(items) < 2:
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    one, other, found = signs(items, window)
    score = sum((WEIGHTS[name] * values for name, values in found.items()), np.zeros(len(one)))
    score[_two_rounds(items, one, other) | _two_versions(items, one, other)] = NEVER
    return Pairs(one, other, score, found["days"])


def signs(items: Sequence[Told], window: timedelta) -> tuple[Numbers, Numbers, dict[str, Floats]]:
    """The pairs that `weigh` weighs, and of each the values that WEIGHTS are for."""
    words = _Words(items)
    full, titles = words.full(), words.titles()
    days = np.array([item.at.timestamp() for item in items]) / 86400
    new = np.array([not item.story for item in items])
    reports = np.array([is_report(item.title) for item in items])
    one, other, text = _near(full, days, new, window / timedelta(days=1))
    kept = reports[one] & reports[other]
    one, other, text = one[kept], other[kept], text[kept]
    found = {"any pair": np.ones(len(one)), "text": text, "days": _apart(days, one, other)}
    found |= _shared(full, titles, words.plain(), one, other)
    found |= {name: values.astype(np.float64) for name, values in _who(items, one, other).items()}
    found["again"] = found["same source"] * (found["days"] > HALF_A_DAY)
    return one, other, found


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A gist in arrays, all along its grams but the last two, which say where among them the title's are."""

    grams: Numbers
    often: Floats
    usual: Floats
    worth: Floats
    single: Flags
    title: Numbers
    title_often: Floats


@lru_cache(maxsize=3000)  # as many as gists are kept
def _numbered(gist: terms.Gist) -> _Numbered:
    place = {gram: number for number, gram in enumerate(gist.whole)}
    usual, worth = np.array([known(gram) for gram in place], dtype=np.float64).reshape(-1, 2).T
    return _Numbered(
        np.fromiter(map(_number, place), dtype=np.int64, count=len(place)),
        _dampened(gist.whole),
        usual,
        worth,
        np.fromiter((" " not in gram for gram in place), dtype=np.bool_, count=len(place)),
        np.fromiter(map(place.__getitem__, gist.title), dtype=np.int64, count=len(gist.title)),
        _dampened(gist.title),
    )


def _number(gram: str) -> int:
    text = gram.encode()
    return zlib.crc32(text) << 31 | zlib.adler32(text) & 0x7FFFFFFF


def _dampened(grams: Counter[str]) -> Floats:
    return 1 + np.log(np.fromiter(grams.values(), dtype=np.float64, count=len(grams)))


class _Words:
    """The grams of all items as columns of matrices, each with what it is worth among these items."""

    def __init__(self, items: Sequence[Told]) -> None:
        self.each = [_numbered(item.gist) for item in items]
        self.ends = _ends([len(one.grams) for one in self.each])
        grams = np.concatenate([one.grams for one in self.each])
        _, first, self.columns, near = np.unique(
            grams, return_index=True, return_inverse=True, return_counts=True
        )
        usual, worth = self._joined("usual")[first], self._joined("worth")[first]
        self.worth = rarities(usual, worth, near, len(items))

    def _joined(self, name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(one, name) for one in self.each])

    def full(self) -> csr_matrix:
        """Unit rows over the grams of title and lead together."""
        return self._unit(self._joined("often"), self.columns, self.ends)

    def titles(self) -> csr_matrix:
        """Unit rows over the grams of the titles."""
        sizes = [len(one.title) for one in self.each]
        places = self._joined("title") + np.repeat(self.ends[:-1], sizes)
        return self._unit(self._joined("title_often"), self.columns[places], _ends(sizes))

    def plain(self) -> csr_matrix:
        """The words of title and lead together, by the root of what they are worth."""
        single = self._joined("single")
        columns = self.columns[single]
        ends = np.concatenate([[0], np.cumsum(single)])[self.ends]
        return self._matrix(np.sqrt(self.worth[columns]), columns, ends)

    def _unit(self, often: Floats, columns: Numbers, ends: Numbers) -> csr_matrix:
        values = often * self.worth[columns]
        # reduceat would repeat a neighbour's value for an empty row.
        squares = np.concatenate([[0.0], np.cumsum(values**2)])
        lengths = np.sqrt(squares[ends[1:]] - squares[ends[:-1]])
        lengths[lengths == 0] = 1.0
        return self._matrix(values / np.repeat(lengths, np.diff(ends)), columns, ends)

    def _matrix(self, values: Floats, columns: Numbers, ends: Numbers) -> csr_matrix:
        return csr_matrix((values, columns, ends), shape=(len(self.each), len(self.worth)))


def _ends(sizes: Sequence[int]) -> Numbers:
    return np.cumsum([0, *sizes])


def _near(full: csr_matrix, days: Floats, new: Flags, window: float) -> tuple[Numbers, Numbers, Floats]:
    """Pairs within the window and their cosine, block by block of new rows, so that memory follows the window."""
    ones, others, cosines = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    rows = np.flatnonzero(new)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        oldest = int(np.searchsorted(days, days[block[0]] - window))
        newest = int(np.searchsorted(days, days[block[-1]] + window, side="right"))
        product = (full[block] @ full[oldest:newest].T).tocoo()
        one, other = block[product.row], product.col.astype(np.int64) + oldest
        keep = (product.data > _FAINT) & (np.abs(days[one] - days[other]) <= window)
        keep &= ~new[other] | (one > other)
        ones.append(np.maximum(one, other)[keep])
        others.append(np.minimum(one, other)[keep])
        cosines.append(product.data[keep])
    return np.concatenate(ones), np.concatenate(others), np.concatenate(cosines)


def _apart(days: Floats, one: Numbers, other: Numbers) -> Floats:
    """Days between; a time of exactly midnight is a date whose hour is unknown, and may have been any."""
    until = days + (days % 1 == 0)
    gap: Floats = np.maximum(days[one] - until[other], days[other] - until[one])
    return np.clip(gap, 0.0, None)


def _shared(
    full: csr_matrix, titles: csr_matrix, plain: csr_matrix, one: Numbers, other: Numbers
) -> dict[str, Floats]:
    """What shared words say."""
    first, second = _rowwise(titles[one], full[other]), _rowwise(full[one], titles[other])
    return {
        "best": np.maximum(first, second),
        "worst": np.minimum(first, second),
        "shared": np.log1p(_rowwise(plain[one], plain[other]) / 5),
    }


def _rowwise(left: csr_matrix, right: csr_matrix) -> Floats:
    return np.asarray(left.multiply(right).sum(axis=1), dtype=np.float64).ravel()


def _who(items: Sequence[Told], one: Numbers, other: Numbers) -> dict[str, npt.NDArray[np.bool_]]:
    """What sources, houses, names and kinds of event say."""
    sources = np.unique([item.source for item in items], return_inverse=True)[1]
    who = [item.house or headline.subject(item.title) for item in items]
    named, subjects = np.unique(who, return_inverse=True)
    kinds = np.array([headline.kinds(item.title) for item in items])
    same = sources[one] == sources[other]
    acting = (subjects[one] == subjects[other]) & (named != "")[subjects[one]]
    unlike = (kinds[one] != 0) & (kinds[other] != 0) & (kinds[one] & kinds[other] == 0)
    reported, companion = _houses(items, one, other)
    return {
        "subject": acting,
        "reported": reported,
        "companion": companion,
        "other kind": unlike,
        "same source": same,
    }


def _houses(items: Sequence[Told], one: Numbers, other: Numbers) -> tuple[Flags, Flags]:
    reported, companion = np.zeros(len(one), np.bool_), np.zeros(len(one), np.bool_)
    speaks = np.array([bool(item.house) for item in items])
    for pair in np.flatnonzero(speaks[one] | speaks[other]).tolist():
        a, b = items[one[pair]], items[other[pair]]
        if a.house == b.house:
            companion[pair] = _shares_version(a, b)
        else:
            reported[pair] = a.house in b.gist.title or b.house in a.gist.title
    return reported, companion


def _shares_version(a: Told, b: Told) -> bool:
    return bool(headline.versions(a.title) & b.gist.versions or headline.versions(b.title) & a.gist.versions)


def _two_versions(items: Sequence[Told], one: Numbers, other: Numbers) -> Flags:
    """Pairs whose headlines each name a version of a product that the other does not speak of.

    A source that announces release after release compares each with the one before; there other numbers are enough.
    """
    versed = np.array([bool(headline.versions(item.title)) for item in items])
    apart: Flags = versed[one] & versed[other]
    for pair in np.flatnonzero(apart).tolist():
        a, b = items[one[pair]], items[other[pair]]
        mine, yours = headline.versions(a.title), headline.versions(b.title)
        releases = a.source == b.source and _products(mine) == _products(yours)
        apart[pair] = (
            not mine & yours if releases else bool(mine - b.gist.versions and yours - a.gist.versions)
        )
    return apart


def _products(versions: frozenset[str]) -> set[str]:
    return {version.split(" ")[0] for version in versions}


def _two_rounds(items: Sequence[Told], one: Numbers, other: Numbers) -> Flags:
    """Pairs that tell of money raised by different names: alike in every word but the one that matters."""
    who = [headline.raiser(item.title) for item in items]
    both = np.array([bool(name) for name in who])
    apart: Flags = both[one] & both[other]
    for pair in np.flatnonzero(apart).tolist():
        a, b = int(one[pair]), int(other[pair])
        apart[pair] = not (who[a] in items[b].gist.whole or who[b] in items[a].gist.whole)
    return apart

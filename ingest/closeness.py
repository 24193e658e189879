"""How strongly two articles speak for one event: log-odds for every pair near in time that shares words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from ingest import headline, terms
from ingest.background import rarity
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
    place, worth = _rarities(items)
    full = _matrix([item.gist.whole for item in items], place, worth)
    titles = _matrix([item.gist.title for item in items], place, worth)
    days = np.array([item.at.timestamp() for item in items]) / 86400
    new = np.array([not item.story for item in items])
    reports = np.array([is_report(item.title) for item in items])
    one, other, text = _near(full, days, new, window / timedelta(days=1))
    kept = reports[one] & reports[other]
    one, other, text = one[kept], other[kept], text[kept]
    found = {"any pair": np.ones(len(one)), "text": text, "days": _apart(days, one, other)}
    found |= _words(items, place, worth, full, titles, one, other)
    found |= {name: values.astype(np.float64) for name, values in _who(items, one, other).items()}
    found["again"] = found["same source"] * (found["days"] > HALF_A_DAY)
    return one, other, found


def _rarities(items: Sequence[Told]) -> tuple[dict[str, int], Floats]:
    seen = Counter(chain.from_iterable(item.gist.whole for item in items))
    worth = np.array([rarity(gram, near, len(items)) for gram, near in seen.items()])
    return {gram: number for number, gram in enumerate(seen)}, worth


def _matrix(rows: Sequence[Counter[str]], place: dict[str, int], worth: Floats) -> csr_matrix:
    """Unit rows over the grams."""
    ends = np.cumsum([0, *(len(row) for row in rows)])
    grams, counts = chain.from_iterable(rows), chain.from_iterable(row.values() for row in rows)
    columns = np.fromiter(map(place.__getitem__, grams), dtype=np.int64, count=ends[-1])
    often = np.fromiter(counts, dtype=np.float64, count=ends[-1])
    values = (1 + np.log(often)) * worth[columns]
    # reduceat would repeat a neighbour's value for an empty row.
    squares = np.concatenate([[0.0], np.cumsum(values**2)])
    lengths = np.sqrt(squares[ends[1:]] - squares[ends[:-1]])
    lengths[lengths == 0] = 1.0
    values /= np.repeat(lengths, np.diff(ends))
    return csr_matrix((values, columns, ends), shape=(len(rows), len(place)))


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


def _words(
    items: Sequence[Told],
    place: dict[str, int],
    worth: Floats,
    full: csr_matrix,
    titles: csr_matrix,
    one: Numbers,
    other: Numbers,
) -> dict[str, Floats]:
    """What shared words say."""
    first, second = _rowwise(titles[one], full[other]), _rowwise(full[one], titles[other])
    singles = [[place[gram] for gram in item.gist.whole if " " not in gram] for item in items]
    ends = np.cumsum([0, *map(len, singles)])
    columns = np.fromiter(chain.from_iterable(singles), dtype=np.int64, count=ends[-1])
    plain = csr_matrix((np.sqrt(worth[columns]), columns, ends), shape=(len(items), len(place)))
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
    return {version.rpartition(" ")[0] for version in versions}


def _two_rounds(items: Sequence[Told], one: Numbers, other: Numbers) -> Flags:
    """Pairs that tell of money raised by different names: alike in every word but the one that matters."""
    who = [headline.raiser(item.title) for item in items]
    both = np.array([bool(name) for name in who])
    apart: Flags = both[one] & both[other]
    for pair in np.flatnonzero(apart).tolist():
        a, b = int(one[pair]), int(other[pair])
        apart[pair] = not (who[a] in items[b].gist.whole or who[b] in items[a].gist.whole)
    return apart

"""How strongly two articles' words and times speak for one event: log-odds for every pair near in time."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from ingest import terms
from ingest.digests import is_digest

# Log-odds fitted by logistic regression on 464 labelled items of five weeks, rounded to what would generalise.
_BIAS: Final = -2.6
_TEXT: Final = 6.6  # cosine of title and lead together
_TITLE: Final = -3.1  # what the titles share is in _TEXT, _BEST and _WORST already; alone it misleads
_BEST: Final = 4.3  # how much of one's title the other's text has, the better way round
_WORST: Final = 5.3  # and the worse way round
_PER_DAY: Final = -1.2
_SAME_SOURCE: Final = -1.1  # a newsroom writes twice in a day about two things
FLOOR: Final = -5.0  # evidence of a pair with nothing in common

_NAME: Final = 1.2  # what a name of everyday words ("Action Plan") says, where its words say less
_FAINT: Final = 0.03  # cosines below say nothing
_CALM: Final = 50  # articles assumed beside those seen, so that a dozen give sane rarities
_BLOCK: Final = 512

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Told(Protocol):
    """What is compared."""

    @property
    def source(self) -> str: ...
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
    """Parallel arrays: positions `one` > `other` in the given sequence, and the pair's log-odds."""

    one: Numbers
    other: Numbers
    score: Floats


def weigh(items: Sequence[Told], window: timedelta) -> Pairs:
    """Every pair within `window` that shares words and has a member without a story. `items` are in order of time."""
    if len(items) < 2:
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    full, titles = _matrices(items)
    days = np.array([item.at.timestamp() for item in items]) / 86400
    new = np.array([not item.story for item in items])
    one, other, text = _near(full, days, new, window / timedelta(days=1))
    first, second = _rowwise(titles[one], full[other]), _rowwise(full[one], titles[other])
    sources = np.unique([item.source for item in items], return_inverse=True)[1]
    score = (
        _BIAS
        + _TEXT * text
        + _TITLE * _rowwise(titles[one], titles[other])
        + _BEST * np.maximum(first, second)
        + _WORST * np.minimum(first, second)
        + _PER_DAY * np.abs(days[one] - days[other])
        + _SAME_SOURCE * (sources[one] == sources[other])
    )
    digests = np.array([is_digest(item.title) for item in items])
    score[digests[one] | digests[other] | _two_rounds(items, one, other)] = FLOOR
    keep = score > FLOOR
    return Pairs(one[keep], other[keep], score[keep])


def _matrices(items: Sequence[Told]) -> tuple[csr_matrix, csr_matrix]:
    """Unit rows over the grams of whole articles, and of their titles alone, weighed by rarity."""
    titles, whole = [item.gist.title for item in items], [item.gist.whole for item in items]
    seen = Counter(chain.from_iterable(whole))
    place = {gram: number for number, gram in enumerate(seen)}
    named = {name for item in items for name in item.gist.names}
    rarity = np.array(
        [
            (_NAME if gram in named else terms.gram_weight(gram)) * math.log((len(items) + _CALM) / (n + 1))
            for gram, n in seen.items()
        ]
    )
    return _matrix(whole, place, rarity), _matrix(titles, place, rarity)


def _matrix(rows: Sequence[Counter[str]], place: dict[str, int], rarity: Floats) -> csr_matrix:
    ends = np.cumsum([0, *(len(row) for row in rows)])
    grams, counts = chain.from_iterable(rows), chain.from_iterable(row.values() for row in rows)
    columns = np.fromiter(map(place.__getitem__, grams), dtype=np.int64, count=ends[-1])
    often = np.fromiter(counts, dtype=np.float64, count=ends[-1])
    values = (1 + np.log(often)) * rarity[columns]
    # reduceat would repeat a neighbour's value for an empty row.
    squares = np.concatenate([[0.0], np.cumsum(values**2)])
    lengths = np.sqrt(squares[ends[1:]] - squares[ends[:-1]])
    lengths[lengths == 0] = 1.0
    values /= np.repeat(lengths, np.diff(ends))
    return csr_matrix((values, columns, ends), shape=(len(rows), len(place)))


def _near(
    full: csr_matrix, days: Floats, new: npt.NDArray[np.bool_], window: float
) -> tuple[Numbers, Numbers, Floats]:
    """Pairs within the window and their cosine, block by block of rows, so that memory follows the window."""
    ones, others, cosines = [], [], []
    for start in range(0, len(days), _BLOCK):
        stop = min(start + _BLOCK, len(days))
        oldest = int(np.searchsorted(days, days[start] - window))
        product = (full[start:stop] @ full[oldest:stop].T).tocoo()
        one, other = product.row.astype(np.int64) + start, product.col.astype(np.int64) + oldest
        keep = (one > other) & (product.data > _FAINT) & (days[one] - days[other] <= window)
        keep &= new[one] | new[other]
        ones.append(one[keep])
        others.append(other[keep])
        cosines.append(product.data[keep])
    return np.concatenate(ones), np.concatenate(others), np.concatenate(cosines)


def _rowwise(left: csr_matrix, right: csr_matrix) -> Floats:
    return np.asarray(left.multiply(right).sum(axis=1), dtype=np.float64).ravel()


_ROUND = re.compile(
    r"^(?P<who>.+?)\s+(?:raises|raised|secures|lands|nabs|closes|bags|scores|snags|banks|hits|gets|grabs)\b"
    r".*(?:[$€£]|million|billion|series [a-k]\b|seed|funding|valuation)",
    re.IGNORECASE,
)


def _two_rounds(items: Sequence[Told], one: Numbers, other: Numbers) -> npt.NDArray[np.bool_]:
    """Pairs that tell of money raised by different names: alike in every word but the one that matters."""
    who = [_raiser(item.title) for item in items]
    both = np.array([bool(name) for name in who])
    veto: npt.NDArray[np.bool_] = both[one] & both[other]
    for pair in np.flatnonzero(veto):
        a, b = int(one[pair]), int(other[pair])
        veto[pair] = not (who[a] in items[b].gist.whole or who[b] in items[a].gist.whole)
    return veto


def _raiser(title: str) -> str:
    found = _ROUND.match(terms.plain(title))
    names = terms.words(found["who"]) if found else []
    return names[-1] if names else ""

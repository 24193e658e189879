"""Which articles are the same text again: syndicated copies, mirrors, and republished evergreens.

MinHash bands find the few that might be; the shingles themselves then decide.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from ingest import terms
from ingest.bands import bands
from ingest.decide import slug

# A text republished later than this is news again.
WINDOW = timedelta(days=21)
DAY = timedelta(days=1)

_SHINGLE = 3
_WORDS = 600  # an opening of this length tells any two articles apart

# A feed may repeat one headline for ever; only the latest bearers of a band are compared.
_CANDIDATES = 40

Shingles = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Print:
    """An article's fingerprint: `bands` are for the index, the rest decides."""

    key: int
    source: str
    url: str
    title: str
    words: int
    shingles: Shingles
    bands: tuple[int, ...]
    at: datetime


def fingerprint(key: int, source: str, url: str, title: str, text: str, at: datetime) -> Print:
    """`text` may start with the title; `url` is the canonical one, empty when unknown."""
    title = terms.plain(title)
    body = terms.plain(text[: _WORDS * 12]).removeprefix(title).strip()
    headline = _spoken(title)
    spoken = (headline + _spoken(body))[:_WORDS]
    shingles = _shingles(spoken)
    heading = " ".join(headline)
    return Print(key, source, url, heading, len(spoken), shingles, _bands(shingles, heading), at)


def same(one: Print, other: Print) -> bool:
    """Whether the two are one text. Teasers of a few words are the same only under the same headline."""
    if abs(one.at - other.at) > WINDOW:
        return False
    shared = len(np.intersect1d(one.shingles, other.shingles, assume_unique=True))
    smaller = max(1, min(len(one.shingles), len(other.shingles)))
    if one.url and one.url == other.url:
        # A changelog gives all its entries one link, so within a source the text must agree too.
        return one.source != other.source or one.title == other.title or shared / smaller >= 0.3
    title_words = len(one.title.split())
    union = max(1, len(one.shingles) + len(other.shingles) - shared)
    name = slug(one.url)
    named = name != "" and name == slug(other.url) and abs(one.at - other.at) <= DAY
    if one.title == other.title and (title_words >= 4 or named):
        # The headline's own shingles are shared anyway; a body must agree as well, where both have one. Two parts of
        # one site may announce a post in other words.
        bodies = min(one.words, other.words) - title_words
        return bodies < 8 or shared / smaller >= 0.5 or (named and _site(one) == _site(other))
    if min(one.words, other.words) < 25:
        return False
    return shared / union >= 0.7 or (shared / smaller >= 0.85 and smaller >= 60)


def _site(item: Print) -> list[str]:
    return (urlsplit(item.url).hostname or "").split(".")[-2:]


def _spoken(plain: str) -> list[str]:
    return terms.WORD.findall(plain.lower())[:_WORDS]


@lru_cache(maxsize=100_000)
def _number(word: str) -> int:
    return zlib.crc32(word.encode())


def _shingles(spoken: Sequence[str]) -> Shingles:
    numbers = np.fromiter(map(_number, spoken), dtype=np.uint32, count=len(spoken))
    if len(numbers) < _SHINGLE:
        return np.unique(numbers)
    mixed = numbers[:-2] * np.uint32(2654435761) ^ numbers[1:-1] * np.uint32(40503) ^ numbers[2:]
    return np.unique(mixed)


def _bands(shingles: Shingles, heading: str) -> tuple[int, ...]:
    """The shingles' bands; the headline is one more."""
    if not len(shingles):
        return ()
    headline = (zlib.crc32(heading.encode()) << 31 | zlib.adler32(heading.encode())) & 0x7FFFFFFFFFFFFFFF
    return (*bands(shingles), headline)


def copies(prints: Sequence[Print], known: Sequence[Print]) -> dict[int, int]:
    """For each of `prints` that is a copy, the key of the article that counts: the earliest, known ones first.

    A copy of a copy names the original. Time grows with the prints, not with their square.
    """
    originals: dict[int, list[Print]] = {}
    by_url: dict[str, list[Print]] = {}
    found: dict[int, int] = {}
    for item in known:
        _remember(item, originals, by_url)
    for item in sorted(prints, key=lambda p: (p.at, p.key)):
        candidates = {p.key: p for p in by_url.get(item.url, [])[-_CANDIDATES:]} if item.url else {}
        for band in item.bands:
            candidates.update((p.key, p) for p in originals.get(band, [])[-_CANDIDATES:])
        matches = [p for p in candidates.values() if p.key != item.key and same(item, p)]
        if matches:
            found[item.key] = min(matches, key=lambda p: (p.at, p.key)).key
        else:
            _remember(item, originals, by_url)
    return found


def _remember(item: Print, originals: dict[int, list[Print]], by_url: dict[str, list[Print]]) -> None:
    for band in item.bands:
        originals.setdefault(band, []).append(item)
    if item.url:
        by_url.setdefault(item.url, []).append(item)

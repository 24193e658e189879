"""Which articles tell of one event: each joins the story its evidence fits best, in order of time, or opens one.

Pure: values in, groups out. An article must fit a story's articles on average, so that a chain of neighbours ("GPT-5 is
here", "GPT-5 backlash", "Altman dinner") does not become one story. One at a time, so that it makes no difference
whether articles arrive together or one by one.
"""

from __future__ import annotations

import heapq
import math
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from ingest import headline, terms
from ingest.background import rarity
from ingest.closeness import FLOOR, HALF_A_DAY, weigh
from ingest.terms import Gist

WINDOW = timedelta(days=4)  # articles further apart never meet; the same event later is another story

_LEAD = 700  # characters that tell what an article is about; further down it tells of much else

# An article joins when the evidence (log-odds) of its pairs is this strong. Below the even odds of zero, because most
# pairs of one event share few words and a wrong split hides a source.
ENOUGH = -0.5
_LEAN = 0.2  # how far the best pair counts beside the average one
_HEAT = 1.2  # times the logarithm of the sources of the last half day: what many tell now, the next probably tells too


@dataclass(frozen=True, slots=True)
class Item:
    """An article to group. `at` is aware; `story` is the one it is in already, empty when it is new.

    `house` names who speaks for themselves ("openai" on its own pages), empty for a newsroom. `apart` are articles
    that it was split from by hand.
    """

    key: int
    source: str
    title: str
    gist: Gist
    at: datetime
    story: str = ""
    house: str = ""
    apart: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """Articles about one event. `story` is the existing one they join, empty for a new one; `keys` the new ones."""

    story: str
    keys: tuple[int, ...]


def house(url: str, primary: bool) -> str:
    """Who speaks for themselves at this address; a newsroom (`primary` is false) speaks of others."""
    return headline.house(url) if primary else ""


def item(
    key: int,
    source: str,
    title: str,
    text: str,
    at: datetime,
    house: str = "",
    story: str = "",
    apart: frozenset[int] = frozenset(),
) -> Item:
    """An article to group from its title and text."""
    return Item(key, source, headline.told(title), gist(title, text, house), at, story, house, apart)


@lru_cache(maxsize=3000)  # the days around are compared with again at every poll; about 30 MB
def gist(title: str, text: str, house: str = "") -> Gist:
    """Of an article's title and the opening of its text, which starts with the title.

    Who speaks for themselves says "we": their name, `house`, belongs to what they say.
    """
    lead = text.removeprefix(title).strip()[:_LEAD]
    title = headline.told(title)
    heading, whole = terms.grams(title), terms.grams(lead)
    for gram, often in heading.items():
        whole[gram] += 2 * often
    if house:
        whole[house] += 1
    return Gist(heading, whole, headline.versions(title) | headline.versions(lead))


_MARKS = 12


def marks(gist: Gist, at: datetime) -> tuple[int, ...]:
    """An article's rarest words of its days as numbers, by which others of its event are found among a great many.

    The same in every process, and in whatever the article lies among.
    """
    return tuple(sorted(_marks(gist, _days(at))))


def marks_around(gist: Gist, at: datetime) -> list[int]:
    """What articles with its rarest words have for marks, if they lie within the window around `at`."""
    return sorted({mark for days in (-1, 0, 1) for mark in _marks(gist, _days(at) + days)})


def _days(at: datetime) -> int:
    """The span of days it lies in, as long as the window. A word of all days would be found in the whole archive."""
    return int(at.timestamp() // WINDOW.total_seconds())


def _marks(gist: Gist, days: int) -> list[int]:
    return [zlib.crc32(f"{gram} {days}".encode()) - (1 << 31) for gram in _rarest(gist)]


@lru_cache(maxsize=3000)
def _rarest(gist: Gist) -> tuple[str, ...]:
    rarest = heapq.nsmallest(_MARKS, ((-rarity(gram, 0, 0), gram) for gram in gist.whole if " " not in gram))
    return tuple(gram for _, gram in rarest)


def group(items: Sequence[Item]) -> tuple[Group, ...]:
    """The items without a story, each in exactly one group. Existing stories are never merged or split.

    Does not depend on the order of `items`.
    """
    ordered = sorted(items, key=lambda item: (item.at, item.key))
    stories = _Stories(ordered)
    for place, item in enumerate(ordered):
        if not item.story:
            stories.add(place)
    return stories.groups()


@dataclass(slots=True)
class _Evidence:
    """What speaks for an article's belonging to one story."""

    pairs: int = 0
    total: float = 0.0
    best: float = FLOOR
    hot: set[str] = field(default_factory=set)

    def add(self, source: str, score: float, gap: float) -> None:
        self.pairs += 1
        self.total += score
        self.best = max(self.best, score)
        if gap <= HALF_A_DAY:
            self.hot.add(source)

    def strength(self, members: int) -> float:
        """`members` of the story are near enough in time; those without a pair have nothing in common."""
        members = max(members, self.pairs)
        average = (self.total + FLOOR * (members - self.pairs)) / members
        return (1 - _LEAN) * average + _LEAN * self.best + _HEAT * math.log(max(1, len(self.hot)))


class _Stories:
    """The stories as they grow; a new one goes by the place of its first article."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.home: dict[int, str | int] = {n: item.story for n, item in enumerate(items) if item.story}
        self.members: dict[str | int, list[int]] = defaultdict(list)
        for place, story in self.home.items():
            self.members[story].append(place)
        self.near: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
        pairs = weigh(items, WINDOW)
        columns = (pairs.one.tolist(), pairs.other.tolist(), pairs.score.tolist(), pairs.gap.tolist())
        for one, other, score, gap in zip(*columns, strict=True):
            self.near[one].append((other, score, gap))
            self.near[other].append((one, score, gap))

    def add(self, place: int) -> None:
        """Put the item where it belongs among what is placed already."""
        found: dict[str | int, _Evidence] = defaultdict(_Evidence)
        for other, score, gap in self.near[place]:
            if other in self.home:
                found[self.home[other]].add(self.items[other].source, score, gap)
        fits = {
            story: evidence.strength(self._count(story, place))
            for story, evidence in found.items()
            if not self._was_split(story, place)
        }
        best = max(fits, key=lambda story: (fits[story], str(story)), default=None)
        home: str | int = place if best is None or fits[best] < ENOUGH else best
        self.home[place] = home
        self.members[home].append(place)

    def _was_split(self, story: str | int, place: int) -> bool:
        apart = self.items[place].apart
        return bool(apart) and any(self.items[member].key in apart for member in self.members[story])

    def _count(self, story: str | int, place: int) -> int:
        at = self.items[place].at
        return sum(abs(self.items[member].at - at) <= WINDOW for member in self.members[story])

    def groups(self) -> tuple[Group, ...]:
        found = []
        for story, places in self.members.items():
            keys = tuple(sorted(self.items[place].key for place in places if not self.items[place].story))
            if keys:
                found.append(Group(story if isinstance(story, str) else "", keys))
        return tuple(sorted(found, key=lambda group: group.keys))

"""Which articles tell of one event: pairs weighed by shared telling words and time, then grouped by average.

Pure: values in, groups out. A group's articles must agree on average, so that a chain of neighbours
("GPT-5 is here", "GPT-5 backlash", "Altman dinner") does not become one story.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest import terms
from ingest.closeness import FLOOR, Pairs, weigh
from ingest.terms import Gist

WINDOW = timedelta(days=4)  # articles further apart never meet; the same event later is another story

_LEAD = 700  # characters that tell what an article is about; further down it tells of much else

# Two groups become one when their pairs' evidence (log-odds) is this strong on average. Below the even odds of
# zero, because most pairs of one event share few words and a wrong split hides a source.
_ENOUGH = -1.4


@dataclass(frozen=True, slots=True)
class Item:
    """An article to group. `at` is aware; `story` is the one it is in already, empty when it is new."""

    key: int
    source: str
    title: str
    gist: Gist
    at: datetime
    story: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Articles about one event. `story` is the existing one they join, empty for a new one; `keys` the new ones."""

    story: str
    keys: tuple[int, ...]


def gist(title: str, text: str) -> Gist:
    """Of an article's title and the opening of its text, which starts with the title."""
    return terms.gist(title, text.removeprefix(title).strip()[:_LEAD])


def group(items: Sequence[Item]) -> tuple[Group, ...]:
    """The items without a story, each in exactly one group. Existing stories are never merged or split.

    Does not depend on the order of `items`.
    """
    ordered = sorted(items, key=lambda item: (item.at, item.key))
    pairs = weigh(ordered, WINDOW)
    clusters = _Clusters(ordered)
    clusters.link(pairs)
    clusters.merge()
    return clusters.groups(ordered)


class _Clusters:
    """Average-linkage agglomeration over the sparse evidence; a pair without any counts as FLOOR."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.members: dict[int, list[int]] = {}
        self.story: dict[int, str] = {}
        self.home: list[int] = []
        known: dict[str, int] = {}
        for place, item in enumerate(items):
            cluster = known.setdefault(item.story, place) if item.story else place
            self.members.setdefault(cluster, []).append(place)
            self.story[cluster] = item.story
            self.home.append(cluster)
        self.evidence: dict[int, dict[int, float]] = defaultdict(dict)

    def link(self, pairs: Pairs) -> None:
        for one, other, score in zip(
            pairs.one.tolist(), pairs.other.tolist(), pairs.score.tolist(), strict=True
        ):
            here, there = self.home[one], self.home[other]
            if here != there and not (self.story[here] and self.story[there]):
                total = self.evidence[here].get(there, 0.0) + score - FLOOR
                self.evidence[here][there] = self.evidence[there][here] = total

    def merge(self) -> None:
        """Join the best pair of clusters until none is good enough."""
        heap = [self._entry(a, b) for a, row in list(self.evidence.items()) for b in row if a < b]
        heapq.heapify(heap)
        fresh = len(self.home)
        while heap and (best := heapq.heappop(heap)) and FLOOR - best[0] >= _ENOUGH:
            _, one, other = best
            if one in self.members and other in self.members:
                self._join(one, other, fresh)
                for near in self.evidence[fresh]:
                    heapq.heappush(heap, self._entry(near, fresh))
                fresh += 1

    def _entry(self, one: int, other: int) -> tuple[float, int, int]:
        size = len(self.members[one]) * len(self.members[other])
        return (-self.evidence[one][other] / size, one, other)

    def _join(self, one: int, other: int, fresh: int) -> None:
        self.members[fresh] = self.members.pop(one) + self.members.pop(other)
        self.story[fresh] = self.story[one] or self.story[other]
        first, second = self.evidence.pop(one, {}), self.evidence.pop(other, {})
        for near in self._near(first, second):
            if near in self.members and not (self.story[fresh] and self.story[near]):
                total = first.get(near, 0.0) + second.get(near, 0.0)
                self.evidence[fresh][near] = self.evidence[near][fresh] = total
        self.evidence.setdefault(fresh, {})

    @staticmethod
    def _near(first: dict[int, float], second: dict[int, float]) -> Iterable[int]:
        return sorted(first.keys() | second.keys())

    def groups(self, items: Sequence[Item]) -> tuple[Group, ...]:
        found = []
        for cluster, places in self.members.items():
            keys = tuple(sorted(items[place].key for place in places if not items[place].story))
            if keys:
                found.append(Group(self.story[cluster], keys))
        return tuple(sorted(found, key=lambda group: group.keys))

"""What a reader's feedback does to the choice of stories: a weight that is bounded, and what is kept out; pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from briefings import near
from briefings.feedback.telling import called
from ingest.embed import embed

FOLLOWS = 0.5  # cosine of two headlines' words from which one is about what the other was about
BEGINNING = 240  # characters of a text in which a muted name counts
PLAINLY = near.NAMED  # what is shown this plainly may be named as a reason
LABELS = 2


@dataclass(frozen=True, slots=True)
class Learned:
    """One signal of the reader's, as stored (`briefings.feedback.models.Signal`)."""

    pk: int
    act: str
    kind: str
    key: str
    label: str
    weight: float


class Told(Protocol):
    """What is known of a story: its id, headline, how it begins, who tells it (source ids), of which kinds they are."""

    @property
    def story(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def opening(self) -> str: ...
    @property
    def sources(self) -> tuple[int, ...]: ...
    @property
    def kinds(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Taste:
    """Everything learned of a reader. Nothing else enters: without a signal, all is as if it had never been there."""

    signals: tuple[Learned, ...] = ()

    def of(self, story: Told) -> float:
        """-1 to 1: how much the reader asked for more of such stories, or for less."""
        return math.tanh(
            math.fsum(weight * _shown(kind, key, story) for (kind, key), (weight, _) in self._weights.items())
        )

    def named(self, story: Told) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What in the story the reader asked for more of, and for less of, as far as it shows it plainly."""
        plain = [
            (weight, label)
            for (kind, key), (weight, label) in self._weights.items()
            if weight and _shown(kind, key, story) >= PLAINLY
        ]
        ordered = sorted(plain, key=lambda one: (-abs(one[0]), one[1]))
        more = tuple(label for weight, label in ordered if weight > 0)
        return more[:LABELS], tuple(label for weight, label in ordered if weight < 0)[:LABELS]

    def keeps_out(self, story: Told) -> Learned | None:
        """The signal that keeps the story out, if one does."""
        return next((one for one in self._out if self._hits(one, story)), None)

    @cached_property
    def _weights(self) -> dict[tuple[str, str], tuple[float, str]]:
        """The weights of what was learned more than once are added up."""
        found: dict[tuple[str, str], list[Learned]] = defaultdict(list)
        for one in self.signals:
            if one.weight:
                found[one.kind, one.key].append(one)
        return {
            key: (math.fsum(one.weight for one in every), called(every[0].kind, every[0].label))
            for key, every in found.items()
        }

    @cached_property
    def _out(self) -> tuple[Learned, ...]:
        return tuple(one for one in self.signals if not one.weight)

    @cached_property
    def _muted_sources(self) -> frozenset[int]:
        return frozenset(int(one.key) for one in self._out if one.kind == "source")

    def _hits(self, one: Learned, story: Told) -> bool:
        if one.kind == "source":
            # What others tell too is news of theirs: out is what nobody tells but sources that the reader muted.
            return int(one.key) in story.sources and self._muted_sources.issuperset(story.sources)
        if one.kind == "story":
            return one.key == story.story or _follows(one.label, story.title)
        if one.kind == "name":
            return near.speaks_of(one.key, story.title, story.opening[:BEGINNING]) >= PLAINLY
        return _shown(one.kind, one.key, story) >= PLAINLY


NONE = Taste()


def _shown(kind: str, key: str, story: Told) -> float:
    """0 to 1, how plainly the story shows what a signal is about."""
    if kind == "name":
        return near.speaks_of(key, story.title, story.opening)
    if kind == "topic":
        return near.shown(story.title, story.opening).get(key, 0.0)
    return float(kind == "sort" and story.kinds[:1] == (key,))


def _follows(headline: str, title: str) -> bool:
    return float(_vector(headline) @ _vector(title)) >= FOLLOWS


@lru_cache(maxsize=4000)  # each reader's edition compares with the same few hundred headlines
def _vector(title: str) -> NDArray[np.float32]:
    vector: NDArray[np.float32] = embed([title])[0]
    return vector


def taste_of(signals: Sequence[Learned]) -> Taste:
    """The order in which signals were learned changes nothing."""
    return Taste(tuple(sorted(signals, key=lambda one: (one.kind, one.key, one.pk))))

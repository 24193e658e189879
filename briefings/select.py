"""Which stories a reader gets, in which order and why: vectors and arithmetic, pure, no model.

Vectors handed in are all of one embedder. A story without one, as while the embedder is away, is compared by the words
of its title, and never a vector of the one kind with one of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ingest.embed import embed

Vector = NDArray[np.float32]

EDITION_SIZE = 6
WINDOW = timedelta(hours=48)
HALF_LIFE = timedelta(hours=60)
# Importance leads, so that nobody misses the day's main event; the reader's own concerns order the rest.
WEIGHTS = {"importance": 0.50, "interests": 0.22, "role": 0.14, "industry": 0.14}
REPETITION = 0.45  # how much an already chosen look-alike takes away
TELLING = 0.6  # share of the day's closest story from which closeness is worth naming as a reason


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story as it stood at the time asked about. `importance` is 0 or more; `vector` has unit length, or is None.

    `words` are the telling words of its titles by stem, as they stand there.
    """

    story: str
    title: str
    importance: float
    vector: Vector | None
    last_at: datetime
    origins: int
    publishers: tuple[str, ...]
    primary_publisher: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing a reader cares about: its text and vector, its telling words (stems), and how a reason names it."""

    text: str
    vector: Vector | None
    words: frozenset[str]
    label: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What selection knows of a reader; `interests` is None for someone who named none.

    `dense`: the vectors are a model's, to whom everything is somewhat alike.
    """

    role: Concern
    industry: Concern
    interests: Concern | None = None
    dense: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    story: str
    score: float
    why: tuple[str, ...]


def choose(
    candidates: Sequence[Candidate], reader: Reader, now: datetime, size: int = EDITION_SIZE
) -> list[Choice]:
    """At most `size` stories, the lead first. The same input always gives the same edition."""
    if not candidates:
        return []
    day = _Day.of(candidates)
    closeness = {name: day.closeness(concern, reader.dense) for name, concern in _concerns(reader)}
    base = WEIGHTS["importance"] * _scaled(np.array([candidate.importance for candidate in candidates]))
    for name, values in closeness.items():
        base = base + WEIGHTS[name] * values
    fresh = np.array([_freshness(now - candidate.last_at) for candidate in candidates])
    order = _diverse(base * fresh, day.likeness(), candidates, size)
    return [
        Choice(
            candidates[index].story,
            round(float(score), 4),
            _why(
                candidates[index],
                candidates,
                reader,
                {name: float(closeness[name][index]) for name in closeness},
            ),
        )
        for index, score in order
    ]


def _concerns(reader: Reader) -> list[tuple[str, Concern]]:
    named = [("role", reader.role), ("industry", reader.industry)]
    return [*named, ("interests", reader.interests)] if reader.interests else named


@dataclass(frozen=True, slots=True)
class _Day:
    """The stories to choose from: `vectors` of those that are `known` by vector, `titles` of all where not all are."""

    known: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    titles: NDArray[np.float32]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> _Day:
        vectors = [candidate.vector for candidate in candidates if candidate.vector is not None]
        known = np.array([candidate.vector is not None for candidate in candidates])
        titles = [] if known.all() else [candidate.title for candidate in candidates]
        return cls(known, np.stack(vectors) if vectors else np.zeros((0, 1), np.float32), embed(titles))

    def closeness(self, concern: Concern, dense: bool) -> NDArray[np.floating]:
        """Of each story to the concern, 0 to 1: by title also where the concern itself has no vector."""
        found: NDArray[np.floating] = np.zeros(len(self.known))
        if len(self.titles):
            found = _scaled(self.titles @ embed([concern.text])[0])
        if concern.vector is not None and self.known.any():
            found[self.known] = _scaled(self.vectors @ concern.vector, middling=dense)
        return found

    def likeness(self) -> NDArray[np.floating]:
        """Of each story to each other, 0 to 1."""
        found = self.titles @ self.titles.T if len(self.titles) else np.zeros((len(self.known),) * 2)
        found[np.ix_(self.known, self.known)] = self.vectors @ self.vectors.T
        return np.clip(found, 0, 1)


def _scaled(values: NDArray[np.floating], middling: bool = False) -> NDArray[np.floating]:
    """0 to 1 against the day's best. Lexical closeness is small in absolute terms, so only the order tells.

    `middling`: what is no closer than half of the day's stories counts as nothing.
    """
    top = float(values.max(initial=0.0))
    low = float(np.median(values)) if middling and len(values) > 2 else 0.0
    return np.clip(values - low, 0, None) / (top - low) if top > max(low, 0.0) else np.zeros_like(values)


def _freshness(age: timedelta) -> float:
    return float(0.5 ** (max(age, timedelta()) / HALF_LIFE))


def _diverse(
    scores: NDArray[np.floating], likeness: NDArray[np.floating], candidates: Sequence[Candidate], size: int
) -> list[tuple[int, float]]:
    """Greedy choice: after each pick, what resembles it counts for less (maximal marginal relevance)."""
    left = list(range(len(candidates)))
    chosen: list[tuple[int, float]] = []
    while left and len(chosen) < size:
        penalty = [max((float(likeness[i][j]) for j, _ in chosen), default=0.0) for i in left]
        marginal = [float(scores[i]) * (1 - REPETITION * p) for i, p in zip(left, penalty, strict=True)]
        best = max(range(len(left)), key=lambda k: (marginal[k], candidates[left[k]].story))
        chosen.append((left.pop(best), marginal[best]))
    return chosen


def _why(
    candidate: Candidate, candidates: Sequence[Candidate], reader: Reader, closeness: dict[str, float]
) -> tuple[str, ...]:
    reasons = []
    if candidate.importance >= max(other.importance for other in candidates):
        reasons.append("The most important story in what we read")
    if candidate.origins > 1:
        reasons.append(f"Reported by {candidate.origins} independent outlets")
    if candidate.primary_publisher:
        reasons.append(f"First-hand: {candidate.primary_publisher} is a source")
    for name, concern in _concerns(reader):
        shared = [candidate.words[stem] for stem in candidate.words if stem in concern.words][:3]
        if shared and closeness[name] >= TELLING:
            reasons.append(f"{concern.label}: {', '.join(shared)}")
    return tuple(reasons) or ("Among the day's most covered AI news",)

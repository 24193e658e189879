"""Which stories a reader gets, in which order and why: vectors and arithmetic, pure, no model.

Closeness to a reader is that of a model's vectors, where both have one of the same embedder; else that of the story's
words (`briefings.near`): hashed words are good for telling look-alikes, but of a reader's few words they say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.utils.translation import gettext, pgettext
from numpy.typing import NDArray

from briefings import near
from briefings.feedback.taste import NONE, Taste
from ingest.embed import embed

Vector = NDArray[np.float32]

EDITION_SIZE = 6
WINDOW = timedelta(hours=48)
# Importance leads, so that nobody misses the day's main event; the reader's own concerns order the rest.
WEIGHTS = {"importance": 0.50, "interests": 0.22, "role": 0.14, "industry": 0.14}
# What feedback can add or take away at most: half of importance, so that "less" hides no main event.
LEARNED = 0.25
REPETITION = 0.45  # how much an already chosen look-alike takes away
# What is left for each one chosen before it that the same source tells alone: on a quiet day, one that posts much would
# fill the edition.
SAME_SOURCE = 0.85
NOBODY = -1  # no source has this id
# Of the day's stories; where fewer have a vector, as while the embedder changes or is away, words are fairer.
MOSTLY = 0.8
# Of importance: guides, roundups and a forum's questions are no news that one must have read.
WORTH_TELLING = 0.9


@dataclass(frozen=True, slots=True)
class Span:
    """What an edition covers: so many stories of the `window` before it, which count for half after `half_life`."""

    size: int
    window: timedelta
    half_life: timedelta


DAY = Span(EDITION_SIZE, WINDOW, timedelta(hours=96))
# Of a week the weightiest stories are told, whichever day they were: their age hardly counts.
WEEK = Span(8, timedelta(days=7), timedelta(days=28))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story as it stood at the time asked about. `importance` is 0 or more; `vector` has unit length, or is None.

    `opening` is how its best article begins; `sources` (ids) tell it, and are of these `kinds`, the best first.
    """

    story: str
    title: str
    importance: float
    vector: Vector | None
    last_at: datetime
    origins: int
    publishers: tuple[str, ...]
    primary_publisher: str = ""
    opening: str = ""
    sources: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing a reader cares about: its text, a model's vector of it where there is one, and how a reason names it.

    `wish`: it is written in the reader's own words.
    """

    text: str
    vector: Vector | None
    label: str
    wish: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """What selection knows of a reader: `interests` is None for who named none, `taste` is what feedback taught."""

    role: Concern
    industry: Concern
    interests: Concern | None = None
    taste: Taste = NONE


@dataclass(frozen=True, slots=True)
class Choice:
    """A story that was chosen, and why; `apart` is what holds of that whatever the reader's role and industry.
    `untaught` is its place, from 0, had the reader never given feedback, and `more` and `less` what in it they asked
    for more and for less of."""

    story: str
    score: float
    why: tuple[str, ...]
    apart: tuple[str, ...]
    untaught: int = 0
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


def choose(
    candidates: Sequence[Candidate],
    reader: Reader,
    now: datetime,
    size: int = EDITION_SIZE,
    half_life: timedelta = DAY.half_life,
) -> list[Choice]:
    """At most `size` stories, the lead first, none that the reader keeps out. The same input always gives the same
    edition."""
    candidates = [one for one in candidates if not reader.taste.keeps_out(one)]
    if not candidates:
        return []
    day = _Day.of(candidates)
    base = WEIGHTS["importance"] * _scaled(np.array([candidate.importance for candidate in candidates]))
    for name, concern in _concerns(reader):
        base = base + WEIGHTS[name] * day.closeness(concern)
    fresh = np.array([_freshness(now - candidate.last_at, half_life) for candidate in candidates])
    likeness = day.likeness()
    learned = np.array([reader.taste.of(candidate) for candidate in candidates])
    scores = np.clip(base + LEARNED * learned, 0, None) * fresh
    order = _diverse(scores, likeness, candidates, size)
    untaught = _diverse(base * fresh, likeness, candidates, size) if learned.any() else order
    places = {index: place for place, (index, _) in enumerate(untaught)}
    most = max(candidate.importance for candidate in candidates)
    return [
        Choice(
            candidates[index].story,
            round(float(score), 4),
            _why(candidates[index], most, [concern for _, concern in _concerns(reader)]),
            _why(candidates[index], most, [reader.interests] if reader.interests else []),
            places.get(index, size),
            *reader.taste.named(candidates[index]),
        )
        for index, score in order
    ]


def asked(choice: Choice, place: int, choices: Sequence[Choice]) -> tuple[str, ...]:
    """What feedback did to a choice that came to stand in that place, from 0, among the `choices` that could be told.

    It came nearer than it would have, or is there all the same.
    """
    before = sum(other.untaught < choice.untaught for other in choices)
    if choice.more and place < before:
        return (gettext("You asked for more about {names}").format(names=", ".join(choice.more)),)
    if choice.less and place <= before:
        words = gettext("Here all the same, although you asked for less about {names}")
        return (words.format(names=", ".join(choice.less)),)
    return ()


def _concerns(reader: Reader) -> list[tuple[str, Concern]]:
    named = [("role", reader.role), ("industry", reader.industry)]
    return [*named, ("interests", reader.interests)] if reader.interests else named


@dataclass(frozen=True, slots=True)
class _Day:
    """The stories to choose from: `vectors` of those that are `known` by vector, `titles` of all where not all are."""

    stories: Sequence[Candidate]
    known: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    titles: NDArray[np.float32]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> _Day:
        vectors = [candidate.vector for candidate in candidates if candidate.vector is not None]
        known = np.array([candidate.vector is not None for candidate in candidates])
        titles = [] if known.all() else [candidate.title for candidate in candidates]
        return cls(
            candidates, known, np.stack(vectors) if vectors else np.zeros((0, 1), np.float32), embed(titles)
        )

    def closeness(self, concern: Concern) -> NDArray[np.floating]:
        """Of each story to the concern, 0 to 1."""
        found = np.array([_near(concern, story)[0] for story in self.stories])
        if concern.vector is not None and self.known.mean() >= MOSTLY:
            found = _scaled(found)  # as the others are
            found[self.known] = _scaled(self.vectors @ concern.vector, middling=True)
        return found

    def likeness(self) -> NDArray[np.floating]:
        """Of each story to each other, 0 to 1."""
        found = self.titles @ self.titles.T if len(self.titles) else np.zeros((len(self.known),) * 2)
        found[np.ix_(self.known, self.known)] = self.vectors @ self.vectors.T
        return np.clip(found, 0, 1)


def _near(concern: Concern, story: Candidate) -> tuple[float, tuple[str, ...]]:
    nearness = near.to_interests if concern.wish else near.to_text
    return nearness(concern.text, story.title, story.opening)


def _scaled(values: NDArray[np.floating], middling: bool = False) -> NDArray[np.floating]:
    """0 to 1 against the day's best.

    `middling`: what is no closer than half of the day's stories counts as nothing, for a model's vectors, to whom
    everything is somewhat alike.
    """
    top = float(values.max(initial=0.0))
    low = float(np.median(values)) if middling and len(values) > 2 else 0.0
    return np.clip(values - low, 0, None) / (top - low) if top > max(low, 0.0) else np.zeros_like(values)


def _freshness(age: timedelta, half_life: timedelta) -> float:
    return float(0.5 ** (max(age, timedelta()) / half_life))


def _diverse(
    scores: NDArray[np.floating], likeness: NDArray[np.floating], candidates: Sequence[Candidate], size: int
) -> list[tuple[int, float]]:
    """Greedy choice: after each pick, what resembles it counts for less (maximal marginal relevance), and what else its
    source tells alone."""
    penalty, told = np.zeros(len(candidates)), np.zeros(len(candidates))
    alone = np.array([one.sources[0] if len(one.sources) == 1 else NOBODY for one in candidates])
    left = np.ones(len(candidates), dtype=bool)
    chosen: list[tuple[int, float]] = []
    while left.any() and len(chosen) < size:
        marginal = np.where(left, scores * (1 - REPETITION * penalty) * SAME_SOURCE**told, -np.inf)
        equal = np.flatnonzero(marginal == marginal.max())
        best = max(map(int, equal), key=lambda index: candidates[index].story)
        chosen.append((best, float(marginal[best])))
        left[best] = False
        penalty = np.maximum(penalty, likeness[:, best])
        if alone[best] != NOBODY:
            told += alone == alone[best]
    return chosen


def _why(candidate: Candidate, most: float, concerns: Sequence[Concern]) -> tuple[str, ...]:
    """The reasons in words, all of them true; `most` is the importance of the day's most important story."""
    reasons = []
    if candidate.importance >= most:
        reasons.append(gettext("The most important story in what we read"))
    if candidate.origins > 1:
        reasons.append(gettext("Reported by {n} independent outlets").format(n=candidate.origins))
    if candidate.primary_publisher:
        reasons.append(
            gettext("First-hand: {publisher} is a source").format(publisher=candidate.primary_publisher)
        )
    for concern in concerns:
        if shared := _near(concern, candidate)[1]:
            named = shared if concern.wish else [pgettext("concern", one) for one in shared]
            reasons.append(f"{concern.label}: {', '.join(named)}")
    return tuple(reasons) or (
        gettext("In the news from {publisher}").format(publisher=candidate.publishers[0]),
    )

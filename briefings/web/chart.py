"""The geometry of small bar charts, drawn by the server as SVG; pure, but for the language that amounts are written in.

Units are those of the drawing's own `viewBox`, `WIDTH` wide: about a phone's width, so that its text can be read there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from briefings.templatetags.briefs import pointed
from inference.money import usd

WIDTH, HEIGHT = 360, 170
LEFT, TOP, BOTTOM = 52, 10, 22  # room for the scale at the left and the dates below
FLOOR, TALL = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
ROW, LABEL = 30, 15  # a horizontal bar with its words above
HAIR = 0.75
DATE = 38  # the width of a written date
MOST_TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `label` is empty where there is no room for it, `told` is its tool tip."""

    x: float
    y: float
    width: float
    height: float
    label: str
    told: str
    rest: float = 0.0  # the width of a paler part that follows

    @property
    def written(self) -> float:
        """Where the middle of its label stands: under its own, but not so far right that the drawing cuts it."""
        return round(min(self.x + self.width / 2, WIDTH - DATE / 2), 2)

    @property
    def end(self) -> float:
        return round(self.x + self.width, 2)


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Point:
    """Nano-dollars to draw, None for none at all; `rest` is stacked on it in a lying bar, `of` what a full one is."""

    label: str
    value: int | None
    told: str
    rest: int = 0
    of: int | None = None


def columns(points: Sequence[Point], labelled: int = 4) -> Chart:
    """Upright bars from left to right with a scale in dollars, about `labelled` of them with their words below."""
    most = max((point.value or 0 for point in points), default=0)
    step = scale(most)
    count = -(-most // step) if step else 0
    every = max(1, math.ceil(len(points) / labelled))
    pitch = (WIDTH - LEFT) / max(1, len(points))
    bars = []
    for place, point in enumerate(points):
        label = point.label if (len(points) - 1 - place) % every == 0 else ""
        bars.append(_column(point, label, LEFT + place * pitch, pitch, step * count))
    ticks = [
        Tick(round(FLOOR - TALL * n / count, 2), f"${pointed(usd(step * n, 0))}")
        for n in range(count + 1)
        if count
    ]
    return Chart(tuple(bars), tuple(ticks), WIDTH, HEIGHT)


def _column(point: Point, label: str, left: float, pitch: float, top: int) -> Bar:
    # Nothing spent is a hair line; where there is no value there is no bar.
    height = 0.0 if point.value is None else max(HAIR, point.value / top * TALL if top else 0.0)
    x, y = left + pitch * 0.15, FLOOR - height
    return Bar(round(x, 2), round(y, 2), round(pitch * 0.7, 2), round(height, 2), label, point.told)


def rows(points: Sequence[Point]) -> Chart:
    """Lying bars one under the other, each against the longest or against its own `of`; words above each."""
    longest = max((point.value or 0 for point in points), default=0)
    bars = []
    for place, point in enumerate(points):
        whole = point.of if point.of is not None else longest
        width = WIDTH * min(1.0, (point.value or 0) / whole) if whole else 0.0
        rest = min(WIDTH - width, WIDTH * point.rest / whole) if whole else 0.0
        top = place * (ROW + LABEL)
        bars.append(
            Bar(0, top + LABEL + 4, round(max(width, HAIR), 2), 14, point.label, point.told, round(rest, 2))
        )
    return Chart(tuple(bars), (), WIDTH, max(1, len(points)) * (ROW + LABEL))


def scale(most: int) -> int:
    """The distance of ticks: 1, 2 or 5 times a power of ten, so that at most `MOST_TICKS` reach `most`; 0 for none."""
    power = 1
    while most > 0:
        for factor in (1, 2, 5):
            if power * factor * MOST_TICKS >= most:
                return power * factor
        power *= 10
    return 0

"""Is an article news of the AI industry? A verdict by weighed signs, with the signs named."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest import terms
from ingest.signs import AGAINST, FOR, PRIOR, Sign

# Where a sign stands decides what it is worth: a headline is about its words, the depth of a page mentions much.
_TITLE, _LEAD, _LEAD_TWICE, _BODY = 1.0, 0.6, 0.8, 0.2
_LEAD_LENGTH = 450
_BODY_LENGTH = 4000
_ENOUGH = 1.6
_SLOPE = 1.4


@dataclass(frozen=True, slots=True)
class Judgement:
    """`score` is 0 to 1, on topic from 0.5; `reason` names the signs in words a reader can check."""

    on_topic: bool
    score: float
    reason: str


def judge(title: str, text: str, kind: str, any_topic: bool = False) -> Judgement:
    """Whether the article belongs in an AI-industry briefing.

    `text` may start with the title, as an article's text does. `kind` is the source's (`ingest.models.Kind`);
    sources of `any_topic` skip the gate.
    """
    if any_topic:
        return Judgement(True, 1.0, "its source is read whole")
    title = terms.plain(title)
    text = terms.plain(text[: _LEAD_LENGTH + _BODY_LENGTH]).removeprefix(title).strip()
    exact, lower = _Reading(title, text, _EXACT), _Reading(title.lower(), text.lower(), _LOWER)
    found, against = _weigh(FOR, exact, lower), _weigh(AGAINST, exact, lower)
    total = PRIOR.get(kind, 0.0) + sum(found.values()) - sum(against.values())
    score = 1 / (1 + math.exp(-_SLOPE * (total - _ENOUGH)))
    return Judgement(score >= 0.5, round(score, 3), _reason(found, against, kind))


def _anywhere(signs: Iterable[Sign]) -> re.Pattern[str]:
    """Finds the words at which any of the signs may begin: one pass over a text in place of one for each sign."""
    return re.compile(rf"(?<!\w)(?=(?:{'|'.join(sign.words for sign in signs)})(?!\w))")


_SIGNS = (*FOR, *AGAINST)
_EXACT = _anywhere(sign for sign in _SIGNS if sign.case)
_LOWER = _anywhere(sign for sign in _SIGNS if not sign.case and not sign.title_only)
_TITLES = _anywhere(sign for sign in _SIGNS if sign.title_only)


class _Words:
    """A text, and where in it signs may begin."""

    def __init__(self, text: str, begin: re.Pattern[str]) -> None:
        self.text = text
        self.starts = [found.start() for found in begin.finditer(text)]

    def find(self, sign: Sign, most: int) -> list[int]:
        """Where the sign stands, up to `most` places, none overlapping."""
        found: list[int] = []
        end = 0
        for start in self.starts:
            if start >= end and (match := sign.pattern.match(self.text, start)):
                found.append(start)
                if len(found) == most:
                    break
                end = match.end()
        return found


class _Reading:
    """The parts of an article where signs are looked for."""

    def __init__(self, title: str, text: str, begin: re.Pattern[str]) -> None:
        self.title = _Words(title, _TITLES)
        self.opening = _Words(f"{title}\n{text[:_LEAD_LENGTH]}", begin)
        self.body = _Words(text[_LEAD_LENGTH:], begin)
        self.starts = self.opening.starts or self.body.starts

    def place(self, sign: Sign) -> float:
        """The factor of the best place where the sign stands; 0 for nowhere."""
        if sign.title_only:
            return _TITLE if self.title.find(sign, 1) else 0.0
        if places := self.opening.find(sign, 2):
            return _TITLE if places[0] < len(self.title.text) else (_LEAD, _LEAD_TWICE)[len(places) - 1]
        return _BODY if len(self.body.find(sign, 3)) == 3 else 0.0


def _weigh(signs: Iterable[Sign], exact: _Reading, lower: _Reading) -> dict[str, float]:
    """What each sign found is worth, by its name, the weightiest in full and the others by half."""
    found = []
    for sign in signs:
        reading = exact if sign.case else lower
        # Most texts have no place where most signs could begin.
        if (reading.title if sign.title_only else reading).starts:
            found.append((sign.name, sign.worth * reading.place(sign)))
    ordered = sorted(((name, worth) for name, worth in found if worth), key=lambda pair: -pair[1])
    return {name: worth if place == 0 else worth / 2 for place, (name, worth) in enumerate(ordered)}


def _reason(found: dict[str, float], against: dict[str, float], kind: str) -> str:
    parts = []
    if found:
        parts.append("speaks of " + _listed(found))
    if against:
        parts.append("reads like " + _listed(against))
    if PRIOR.get(kind):
        parts.append(f"from a {kind} source")
    return ("; ".join(parts) or "no sign of AI in headline or lead")[:300]


def _listed(worth: dict[str, float]) -> str:
    return ", ".join(list(worth)[:4])

"""Is an article news of the AI industry? A verdict by weighed signs, with the signs named."""

from __future__ import annotations

import math
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
    found = _weigh(FOR, title, text)
    against = _weigh(AGAINST, title, text)
    total = PRIOR.get(kind, 0.0) + sum(found.values()) - sum(against.values())
    score = 1 / (1 + math.exp(-_SLOPE * (total - _ENOUGH)))
    return Judgement(score >= 0.5, round(score, 3), _reason(found, against, kind))


def _weigh(signs: tuple[Sign, ...], title: str, text: str) -> dict[str, float]:
    """What each sign found is worth, by its name, the weightiest in full and the others by half."""
    read = (title, f"{title}\n{text[:_LEAD_LENGTH]}", text[_LEAD_LENGTH:])
    lower = (read[0].lower(), read[1].lower(), read[2].lower())
    found = {sign.name: sign.worth * _place(sign, *(read if sign.case else lower)) for sign in signs}
    ordered = sorted(((name, worth) for name, worth in found.items() if worth), key=lambda pair: -pair[1])
    return {name: worth if place == 0 else worth / 2 for place, (name, worth) in enumerate(ordered)}


def _place(sign: Sign, title: str, opening: str, body: str) -> float:
    """The factor of the best place where the sign stands; 0 for nowhere. `opening` starts with the title."""
    found = sign.pattern.search(title if sign.title_only else opening)
    if found and found.start() < len(title):
        return _TITLE
    if found:
        return _LEAD_TWICE if sign.pattern.search(opening, found.end()) else _LEAD
    enough = body and not sign.title_only and len(sign.pattern.findall(body)) > 2
    return _BODY if enough else 0.0


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

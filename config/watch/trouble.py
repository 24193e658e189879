"""What counts as trouble, in words for a mail: decided purely from what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from config.watch.seen import Seen
from config.watch.work import Waiting, late
from inference.budgets import Standing
from inference.disk import Room

SOME = 10  # looks, mails or calls from which a share says something
FAILING = 0.3  # of the looks of an hour
UNKNOWN_CALLS = 5  # in an hour
NEARLY, USED = 0.8, 0.97  # of a budget; what is left of it then rarely holds a call
AWHILE = timedelta(minutes=10)  # a start after days off, or a moment without a network, is none of these

TITLES = {
    "stale": "Work waits too long",
    "digests": "Digests are late",
    "budget-nearly": "A budget is nearly used up",
    "budget-used": "A budget is used up",
    "sources": "Many sources cannot be read",
    "calls": "Calls to the model end without an answer",
    "deliveries": "Mails whose fate nobody knows",
    "disk": "A disk is nearly full",
}
PATIENT = ("stale", "digests", "sources")  # told once they have lasted for `AWHILE`


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind (a key of `TITLES`) and what there is to say about it now. No word of it is foreign text."""

    kind: str
    words: str


def found(seen: Seen, nearly_full: Sequence[Room]) -> list[Trouble]:
    """What is wrong by what was seen, at most one of each kind."""
    return [Trouble(kind, words) for kind, words in _each(seen, nearly_full) if words]


def _each(seen: Seen, nearly_full: Sequence[Room]) -> Iterator[tuple[str, str]]:
    digests, hour = seen.digests, seen.hour
    yield "stale", "; ".join(map(_stale, late(seen.waiting)))
    longest = duration(digests.longest)
    yield "digests", f"{digests.count} are past their hour, the longest by {longest}" if digests.count else ""
    used = [one for one in seen.budgets if _share(one) >= USED]
    nearly = [one for one in seen.budgets if NEARLY <= _share(one) < USED]
    yield "budget-used", "; ".join(map(_budget, used))
    yield "budget-nearly", "; ".join(map(_budget, nearly))
    looks, failed = sum(hour.looks.values()), hour.looks.get("failed", 0)
    many = looks >= SOME and failed >= FAILING * looks
    yield "sources", f"{failed} of the {looks} looked at within the hour" if many else ""
    new = hour.unknown.get("new", 0)
    yield (
        "calls",
        f"{new} within the hour: their holds stay until a report closes them" if new >= UNKNOWN_CALLS else "",
    )
    unknown = hour.troubled.get("unknown", 0)
    yield "deliveries", f"{unknown} of the last two days; none is sent again by itself" if unknown else ""
    yield "disk", "; ".join(f"{room.folder}: {room.free // 2**20} MB are free" for room in nearly_full)


def _stale(one: Waiting) -> str:
    return f"{one.due} {one.kind.words}, the oldest for {duration(one.oldest)}"


def _share(one: Standing) -> float:
    """Of a budget that is meant to be used: a limit of zero is an operator's no."""
    return (one.settled + one.held) / one.limit if one.limit else 0.0


def _budget(one: Standing) -> str:
    scope = one.scope.replace(":", " ").replace("_", " ")
    return f"{scope}, {one.period}: {_share(one):.0%} of ${one.limit / 1e9:.2f}"


def duration(seconds: float) -> str:
    """In words, to the unit that matters."""
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"

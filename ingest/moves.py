"""Whether a feed has moved for good: a permanent redirect is believed once it has been seen for a while. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LOOKS = 3
TIME = timedelta(days=1)


@dataclass(frozen=True)
class Move:
    """Permanent redirects (301, 308) to one address: since when, and in how many looks in a row."""

    to: str
    since: datetime
    looks: int


def note(before: Move | None, to: str, now: datetime) -> Move | None:
    """What is known of a feed's move after a look that was led to `to` (empty: nowhere, or not for good)."""
    if not to:
        return None
    if before is None or before.to != to:
        return Move(to, now, 1)
    return Move(to, before.since, before.looks + 1)


def settled(move: Move | None, now: datetime) -> bool:
    """Misconfigured servers and captive portals redirect for hours; a feed that moved does so every time."""
    return move is not None and move.looks >= LOOKS and now - move.since >= TIME

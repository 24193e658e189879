"""When a reader's digest is due: pure functions of the reader's clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

AHEAD = timedelta(
    minutes=30
)  # editions are prepared this long before the hour, so that sending is only sending


@dataclass(frozen=True, slots=True)
class Clock:
    """A reader's habits: local hour 0 to 23, ISO weekdays, zone."""

    zone: tzinfo
    hour: int
    days: Collection[int]


def due_date(clock: Clock, now: datetime) -> date | None:
    """The local date whose digest should have gone out by `now` (aware), or None before the hour or on a free day.

    The local clock decides: an hour that daylight saving skips counts as reached right after the gap, one that it
    repeats is reached the first time, and the date makes it once a day. A beat that slept catches up on the same day.
    """
    local = now.astimezone(clock.zone)
    if local.isoweekday() not in clock.days or local.hour < clock.hour:
        return None
    return local.date()


def coming_date(clock: Clock, now: datetime, ahead: timedelta) -> date | None:
    """The local date whose digest is due by `now + ahead`: its edition may be prepared."""
    return due_date(clock, now) or due_date(clock, now + ahead)


def still_to_come(clock: Clock, day: date, now: datetime) -> bool:
    """Whether the hour of that local date is near and not yet reached: until then nobody waits for its edition."""
    hour = datetime.combine(day, time(clock.hour), tzinfo=clock.zone)
    return timedelta() < hour - now <= AHEAD

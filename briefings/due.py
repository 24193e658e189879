"""When a reader's digest is due: pure functions of the reader's clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from users.models import Profile

# Editions are prepared this long before the hour, so that sending is only sending.
AHEAD = timedelta(minutes=30)
LATE = timedelta(hours=12)  # what is later than this is not sent any more
WEEK = 7
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """A reader's habits: local hour 0 to 23 (and minute), ISO weekdays, zone."""

    zone: tzinfo
    hour: int
    days: Collection[int]
    minute: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """A local date and the moment (UTC) at which its digest goes."""

    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """`due`: what is to be prepared now, if anything; `following`: what is looked at next, None for no days at all."""

    due: Slot | None
    following: Slot | None


def clock_of(profile: Profile) -> Clock:
    """The reader's clock: the days of their editions, or the one day of a round-up."""
    return Clock(profile.time_zone, profile.hour, frozenset(profile.mail_days))


def moment(clock: Clock, day: date) -> datetime:
    """When (UTC) the clock first shows the reader's hour on that date.

    A time that daylight saving skips is reached when the clock has jumped over it, which may be on the next date; of
    one that it repeats, the first counts.
    """
    wall = datetime.combine(day, time(clock.hour, clock.minute))
    early, late = (wall.replace(tzinfo=clock.zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    if early >= late:  # the ordinary case, or a repeated hour: fold 0 is the first
        return late
    before = early.astimezone(clock.zone).utcoffset()
    while late - early > SECOND:  # within a gap: the jump is between the two
        middle = early + (late - early) / 2
        if middle.astimezone(clock.zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def due_date(clock: Clock, now: datetime) -> date | None:
    """The local date whose digest should have gone out by `now` (aware), or None before the hour or on a free day.

    The date makes it once a day. A beat that slept catches up on the same date, and over midnight for half a day.
    """
    due = _last(clock, now)
    return due.day if due and _still_wanted(due, clock, now) else None


def plan(clock: Clock, now: datetime, since: datetime) -> Plan:
    """What is to be prepared at `now` (aware), for a reader who has been one `since`, and what comes after it.

    However long nobody looked, one digest is due at most: nobody gets three at once.
    """
    horizon = now + AHEAD
    due = _last(clock, horizon)
    if due and not (_still_wanted(due, clock, now) and (due.at >= since or due.day == _today(clock, now))):
        due = None
    return Plan(due, _next(clock, horizon))


def still_to_come(clock: Clock, day: date, now: datetime) -> bool:
    """Whether the hour of that local date is near and not yet reached: until then nobody waits for its edition."""
    return timedelta() < moment(clock, day) - now <= AHEAD


def next_slot(clock: Clock, now: datetime) -> Slot | None:
    """The reader's next digest after `now`; None where no day is chosen."""
    return _next(clock, now)


def _still_wanted(slot: Slot, clock: Clock, now: datetime) -> bool:
    return slot.day == _today(clock, now) or now - slot.at <= LATE


def _today(clock: Clock, now: datetime) -> date:
    return now.astimezone(clock.zone).date()


def _last(clock: Clock, moment_: datetime) -> Slot | None:
    """The latest chosen date whose hour has come by then, of the last two."""
    today = _today(clock, moment_)
    slots = (_slot(clock, today - timedelta(days=back)) for back in range(2))
    return next((slot for slot in slots if slot and slot.at <= moment_), None)


def _next(clock: Clock, moment_: datetime) -> Slot | None:
    today = _today(clock, moment_)
    slots = (_slot(clock, today + timedelta(days=ahead)) for ahead in range(-1, WEEK + 1))
    return next((slot for slot in slots if slot and slot.at > moment_), None)


def _slot(clock: Clock, day: date) -> Slot | None:
    return Slot(day, moment(clock, day)) if day.isoweekday() in clock.days else None

"""A digest is due by the reader's own clock, once a local date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from briefings.due import Clock, due_date, moment, next_slot, plan

EVERY_DAY = frozenset(range(1, 8))


def clock(zone: str, hour: int, days: frozenset[int] = EVERY_DAY) -> Clock:
    return Clock(ZoneInfo(zone), hour, days)


def test_it_is_not_due_before_the_local_hour() -> None:
    kathmandu = clock("Asia/Kathmandu", 7)  # UTC+5:45
    assert due_date(kathmandu, datetime(2026, 11, 23, 1, 14, tzinfo=UTC)) is None
    assert due_date(kathmandu, datetime(2026, 11, 23, 1, 15, tzinfo=UTC)) == date(2026, 11, 23)


def test_it_names_the_readers_date_not_the_servers() -> None:
    kiritimati = clock("Pacific/Kiritimati", 7)  # UTC+14
    assert due_date(kiritimati, datetime(2026, 11, 22, 17, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_an_hour_that_daylight_saving_skips_is_reached_right_after_the_gap() -> None:
    berlin = clock("Europe/Berlin", 2)  # 29 March 2026: 02:00 does not exist
    assert due_date(berlin, datetime(2026, 3, 29, 0, 59, tzinfo=UTC)) is None
    assert due_date(berlin, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == date(2026, 3, 29)


def test_a_repeated_hour_names_the_same_date_twice() -> None:
    berlin = clock("Europe/Berlin", 2)  # 25 October 2026: 02:00 comes twice
    first, second = datetime(2026, 10, 25, 0, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert due_date(berlin, first) == due_date(berlin, second) == date(2026, 10, 25)


def test_it_leaves_free_days_alone() -> None:
    weekdays = clock("UTC", 7, frozenset(range(1, 6)))
    assert due_date(weekdays, datetime(2026, 11, 22, 9, 0, tzinfo=UTC)) is None  # a Sunday


def test_it_catches_up_on_the_same_day() -> None:
    assert due_date(clock("UTC", 7), datetime(2026, 11, 23, 10, 30, tzinfo=UTC)) == date(2026, 11, 23)


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def due(reader: Clock, now: datetime, since: datetime = LONG_AGO) -> date | None:
    found = plan(reader, now, since).due
    return found.day if found else None


def test_it_is_prepared_half_an_hour_before() -> None:
    seven = clock("UTC", 7)
    assert due(seven, datetime(2026, 11, 23, 6, 30, tzinfo=UTC)) == date(2026, 11, 23)
    assert due(seven, datetime(2026, 11, 23, 6, 29, tzinfo=UTC)) is None, "yesterday's is too late"


@pytest.mark.parametrize(
    ("zone", "at", "day", "goes"),
    [
        # A time that is skipped goes when the clock has jumped over it.
        ("Europe/Berlin", time(2, 30), date(2026, 3, 29), "2026-03-29T01:00Z"),
        ("Europe/Berlin", time(2), date(2026, 3, 29), "2026-03-29T01:00Z"),
        ("America/New_York", time(2, 30), date(2026, 3, 8), "2026-03-08T07:00Z"),
        ("Australia/Lord_Howe", time(2), date(2026, 10, 4), "2026-10-03T15:30Z"),  # by half an hour
        ("Antarctica/Troll", time(2), date(2026, 3, 29), "2026-03-29T01:00Z"),  # by two hours
        ("America/Nuuk", time(23), date(2026, 3, 28), "2026-03-29T01:00Z"),  # over midnight
        ("Asia/Beirut", time(0), date(2026, 3, 29), "2026-03-28T22:00Z"),
        # Of one that comes twice the first counts.
        ("Europe/Berlin", time(2, 30), date(2026, 10, 25), "2026-10-25T00:30Z"),
        ("America/New_York", time(1, 30), date(2026, 11, 1), "2026-11-01T05:30Z"),
        ("Australia/Lord_Howe", time(1, 45), date(2026, 4, 5), "2026-04-04T14:45Z"),
        # And everywhere else.
        ("Asia/Kathmandu", time(7), date(2026, 11, 23), "2026-11-23T01:15Z"),
        ("Pacific/Kiritimati", time(7), date(2026, 11, 23), "2026-11-22T17:00Z"),
    ],
)
def test_it_goes_when_the_clock_first_shows_the_time_or_has_jumped_over_it(
    zone: str, at: time, day: date, goes: str
) -> None:
    found = moment(Clock(ZoneInfo(zone), at.hour, EVERY_DAY, at.minute), day)
    assert found == datetime.fromisoformat(goes)


def test_a_skipped_hour_before_midnight_is_planned_for_its_own_date() -> None:
    nuuk = clock("America/Nuuk", 23)  # on 28 March 2026 the clock goes from 22:59 to 00:00
    assert due(nuuk, datetime(2026, 3, 29, 0, 40, tzinfo=UTC)) == date(2026, 3, 28)
    assert due(nuuk, datetime(2026, 3, 29, 1, 40, tzinfo=UTC)) == date(2026, 3, 28)
    assert next_slot(nuuk, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == next_slot(
        nuuk, datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    )


def test_a_timetable_that_was_away_over_midnight_loses_nothing() -> None:
    late = clock("UTC", 23)
    assert due(late, datetime(2026, 11, 24, 2, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert due_date(late, datetime(2026, 11, 24, 2, 0, tzinfo=UTC)) == date(2026, 11, 23)
    signed_up = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert due(late, datetime(2026, 11, 24, 2, 0, tzinfo=UTC), signed_up) is None, "not for who came later"


def test_after_days_without_a_timetable_one_is_due_and_not_three() -> None:
    found = plan(clock("UTC", 7), datetime(2026, 11, 23, 9, 0, tzinfo=UTC), LONG_AGO)
    assert found.due is not None
    assert found.following is not None
    assert (found.due.day, found.following.day) == (date(2026, 11, 23), date(2026, 11, 24))


def test_who_chose_no_day_is_never_due() -> None:
    found = plan(clock("UTC", 7, frozenset()), datetime(2026, 11, 23, 9, 0, tzinfo=UTC), LONG_AGO)
    assert (found.due, found.following) == (None, None)


@pytest.mark.parametrize(
    "zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati", "America/Nuuk"]
)
@pytest.mark.parametrize("hour", [0, 1, 2, 7, 23])
def test_whoever_looks_every_ten_minutes_finds_each_date_of_a_year_in_its_order(zone: str, hour: int) -> None:
    reader, now, days = clock(zone, hour), datetime(2026, 1, 1, tzinfo=UTC), []
    slot = next_slot(reader, now)
    while slot and slot.at < datetime(2027, 1, 1, tzinfo=UTC):
        days.append(slot.day)
        slot = next_slot(reader, slot.at)
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert len(days) >= 364

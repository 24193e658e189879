"""A digest is due by the reader's own clock, once a local date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from briefings.due import Clock, coming_date, due_date

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


def test_it_may_be_prepared_shortly_before() -> None:
    early = datetime(2026, 11, 23, 6, 40, tzinfo=UTC)
    assert coming_date(clock("UTC", 7), early, timedelta(minutes=30)) == date(2026, 11, 23)
    assert coming_date(clock("UTC", 7), early, timedelta(minutes=10)) is None

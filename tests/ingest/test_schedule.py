"""When a feed, or a page, is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.asks import NOTHING, Asks
from ingest.schedule import (
    INTERVAL,
    LONGEST,
    LONGEST_PASSING,
    PAGE_WAITS,
    QUICKEST,
    SHORTEST,
    SLOWEST,
    Rhythm,
    after_failure,
    after_success,
    page_again,
    rhythm,
    spread,
)

NOW = datetime(2025, 8, 8, 12, tzinfo=UTC)  # a Friday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNKNOWN = Rhythm()
FIRST = 0  # the key whose waits are spread by nothing


def wait(rhythm: Rhythm = UNKNOWN, asks: Asks = NOTHING, fresh_for: float | None = None) -> timedelta:
    return after_success(rhythm, asks, fresh_for, NOW, FIRST).wait


def failed(code: str, failures: int, retry_after: float | None = None) -> timedelta:
    return after_failure(code, failures, retry_after, None, NOW, FIRST).wait


def test_a_feed_that_tells_nothing_is_looked_at_every_half_hour() -> None:
    assert wait() == INTERVAL == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("gap", "interval"),
    [
        (timedelta(minutes=10), QUICKEST),
        (6 * HOUR, timedelta(minutes=30)),
        (DAY, 2 * HOUR),
        (30 * DAY, SLOWEST),
    ],
)
def test_a_feed_is_looked_at_as_often_as_it_publishes(gap: timedelta, interval: timedelta) -> None:
    every = rhythm([NOW - number * gap for number in range(30)], NOW)
    assert every == Rhythm(gap, NOW)
    assert wait(every) == interval


def test_a_busy_feed_that_fell_silent_is_looked_at_less_often() -> None:
    assert wait(Rhythm(HOUR, NOW - HOUR)) == QUICKEST
    assert wait(Rhythm(HOUR, NOW - DAY)) == 2 * HOUR
    assert wait(Rhythm(HOUR, NOW - 90 * DAY)) == SLOWEST


def test_only_the_latest_entries_tell_the_rhythm_and_none_of_the_future() -> None:
    archive = [NOW - 400 * DAY - number * DAY for number in range(500)]
    lately = [NOW - number * HOUR for number in range(1, 21)]
    assert rhythm([*archive, *lately, NOW + DAY], NOW) == Rhythm(HOUR, NOW - HOUR)
    assert rhythm([NOW + DAY], NOW) == rhythm([], NOW) == Rhythm()


def test_what_the_feed_or_its_server_asks_for_is_waited() -> None:
    assert wait(asks=Asks(ttl=120)) == 2 * HOUR
    assert wait(fresh_for=7200) == 2 * HOUR
    assert wait(asks=Asks(ttl=60), fresh_for=7200) == 2 * HOUR
    assert wait(asks=Asks(ttl=1), fresh_for=10) == INTERVAL
    assert wait(asks=Asks(ttl=9_999_999)) == wait(fresh_for=1e300) == LONGEST == DAY


def test_a_look_does_not_fall_into_hours_or_days_to_be_skipped() -> None:
    assert NOW + wait(asks=Asks(skip_hours=(12, 13, 14))) == NOW + 3 * HOUR + timedelta(minutes=30)
    friday_night = Asks(ttl=12 * 60, skip_days=(5,))  # would be due at midnight, when Saturday begins
    assert wait(asks=friday_night) == DAY
    assert wait(asks=Asks(skip_hours=tuple(range(24)))) == DAY
    assert wait(asks=Asks(skip_days=tuple(range(7)))) == DAY


@given(
    st.integers(0, 10**9),
    st.floats(0, 1e9),
    st.integers(0, 10**7),
    st.sets(st.integers(0, 23)),
    st.integers(0, 10**6),
)
def test_no_wait_is_shorter_than_asked_or_longer_than_a_day(
    key: int, fresh_for: float, ttl: int, hours: set[int], gap: int
) -> None:
    every = Rhythm(timedelta(seconds=gap), NOW - timedelta(seconds=gap))
    got = after_success(every, Asks(ttl, tuple(hours)), fresh_for, NOW, key).wait
    asked = max(timedelta(minutes=ttl), timedelta(seconds=fresh_for))
    assert min(max(asked, QUICKEST), LONGEST) <= got <= LONGEST


def test_sources_added_together_drift_apart_evenly_and_predictably() -> None:
    waits = sorted(spread(HOUR, key) for key in range(5000, 6000))
    assert HOUR <= waits[0] <= waits[-1] <= HOUR * 1.25
    gaps = [later - before for before, later in pairwise(waits)]
    assert max(gaps) < 3 * (waits[-1] - waits[0]) / len(gaps)
    assert spread(HOUR, 17) == spread(HOUR, 17)


def test_waits_double_up_to_a_day_where_there_is_nothing_to_read() -> None:
    waits = [failed("not_found", failures) for failures in range(1, 12)]
    assert waits[:3] == [INTERVAL, INTERVAL * 2, INTERVAL * 4]
    assert waits[-1] == LONGEST == DAY


@pytest.mark.parametrize("code", ["dns", "connect", "timeout", "server_error"])
def test_waits_end_at_six_hours_where_the_trouble_may_pass(code: str) -> None:
    assert failed(code, 1) == INTERVAL
    assert failed(code, 50) == LONGEST_PASSING == 6 * HOUR


@pytest.mark.parametrize(
    ("asked", "waited"),
    [(0, SHORTEST), (5, SHORTEST), (600, timedelta(minutes=10)), (10**9, LONGEST), (1e300, LONGEST)],
)
def test_retry_after_is_obeyed_between_a_minute_and_a_day(asked: float, waited: timedelta) -> None:
    assert failed("rate_limited", 1, asked) == failed("server_error", 9, asked) == waited


def test_a_withdrawn_feed_is_given_up_only_when_it_still_is_a_day_later() -> None:
    def gives_up(failures: int, hours: int | None) -> bool:
        since = None if hours is None else NOW - hours * HOUR
        return after_failure("gone", failures, None, since, NOW, FIRST).disable

    assert [gives_up(1, None), gives_up(2, 23), gives_up(2, 24)] == [False, False, True]


def test_a_page_is_tried_again_a_few_times_later_and_later() -> None:
    waits = [page_again(tries, None, FIRST) for tries in range(1, 5)]
    assert waits == [*PAGE_WAITS, None]
    assert sorted(PAGE_WAITS) == list(PAGE_WAITS)
    assert page_again(1, 3600, FIRST) == HOUR
    assert page_again(1, 1e300, FIRST) == DAY

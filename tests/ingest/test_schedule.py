"""When a feed is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.schedule import INTERVAL, LONGEST, SHORTEST, after_failure, after_success

NOW = datetime(2025, 8, 8, 12, tzinfo=UTC)


def test_a_healthy_feed_is_looked_at_every_half_hour() -> None:
    assert after_success().wait == INTERVAL == timedelta(minutes=30)


def test_waits_double_up_to_a_day() -> None:
    waits = [after_failure("not_found", failures, None, None, NOW).wait for failures in range(1, 12)]
    assert waits[:3] == [INTERVAL, INTERVAL * 2, INTERVAL * 4]
    assert waits[-1] == LONGEST == timedelta(days=1)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(0, SHORTEST), (5, SHORTEST), (600, timedelta(minutes=10)), (10**9, LONGEST), (1e300, LONGEST)],
)
def test_retry_after_is_obeyed_between_a_minute_and_a_day(asked: float, wait: timedelta) -> None:
    assert after_failure("rate_limited", 1, asked, None, NOW).wait == wait


def test_a_withdrawn_feed_is_given_up_only_when_it_still_is_a_day_later() -> None:
    assert not after_failure("gone", 1, None, None, NOW).disable
    assert not after_failure("gone", 2, None, NOW - timedelta(hours=23), NOW).disable
    assert after_failure("gone", 2, None, NOW - timedelta(hours=24), NOW).disable

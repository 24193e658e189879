"""What people type after a command: nonsense is refused with status 2 and what is allowed, never a traceback."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from briefings import arguments
from tests.briefings import rows

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0001-01-01", "1994-12-31", "9999-12-31", "2026-11-25", "yesterday", ""])
def test_it_refuses_a_date_that_no_news_has(text: str) -> None:
    with pytest.raises(CommandError, match="allowed") as caught:
        arguments.day(text, NOW)
    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    "text", ["0001-01-01", "0001-01-01T00:00+14:00", "9999-12-31T23:59:59-12:00", "2200-01-01", "soon"]
)
def test_it_refuses_a_time_that_no_clock_shows(text: str) -> None:
    with pytest.raises(CommandError, match="allowed") as caught:
        arguments.moment(text, NOW)
    assert caught.value.returncode == 2


def test_it_takes_the_first_day_and_the_last_moment() -> None:
    assert arguments.day("1995-01-01", NOW) == arguments.EARLIEST
    assert arguments.moment("2199-12-31T23:59", NOW).tzinfo is UTC


@pytest.mark.django_db
@pytest.mark.parametrize(
    "command",
    [
        ("brief", "--role", "cto", "--industry", "finance", "--date", "0001-01-01"),
        ("edition", "ada@example.org", "--date", "0001-01-01"),
        ("digest", "--now", "0001-01-01"),
        ("digest", "--now", "9999-12-31T23:59"),
    ],
)
def test_every_command_refuses_an_absurd_time(command: tuple[str, ...]) -> None:
    rows.reader("ada@example.org")
    with pytest.raises(CommandError, match="allowed") as caught:
        call_command(*command)
    assert caught.value.returncode == 2

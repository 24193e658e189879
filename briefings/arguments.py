"""Reads what people type after a command: dates, roles, industries; refuses the rest with what is allowed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.core.management.base import CommandError

from users import taxonomy

EARLIEST = date(1995, 1, 1)  # before that there was no feed to read, and far before it clocks overflow
LATEST = date(2200, 1, 1)


def usage(message: str) -> CommandError:
    """A refusal with exit status 2."""
    return CommandError(message, returncode=2)


def day(text: str | None, now: datetime) -> date:
    """An ISO date, today (UTC) when none is given; neither before 1995 nor in the future."""
    if text is None:
        return now.date()
    try:
        wanted = date.fromisoformat(text)
    except ValueError:
        raise usage(f"--date {text!r}: allowed is a date such as {now.date() - timedelta(days=1)}") from None
    if wanted < EARLIEST:
        raise usage(f"--date {text}: allowed are dates from {EARLIEST}")
    if wanted > now.date() + timedelta(days=1):
        raise usage(f"--date {text}: that day has not come yet; allowed are dates up to today")
    return wanted


def end_of(wanted: date, now: datetime) -> datetime:
    """The last moment of that date in UTC, or now while it lasts."""
    return min(datetime.combine(wanted + timedelta(days=1), time(), tzinfo=UTC), now)


def moment(text: str | None, now: datetime) -> datetime:
    """An ISO time with offset (UTC when it has none), now when none is given; from 1995 to 2199."""
    if text is None:
        return now
    try:
        wanted = datetime.fromisoformat(text)
    except ValueError:
        raise usage(f"{text!r}: allowed is a time such as {now.isoformat(timespec='seconds')}") from None
    if not EARLIEST <= wanted.date() < LATEST:
        raise usage(f"{text!r}: allowed are times from {EARLIEST} until {LATEST}")
    return wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)


def role_and_industry(role: str, industry: str) -> tuple[str, str]:
    """Their slugs, from slugs or titles in any case."""
    try:
        return taxonomy.role(role).slug, taxonomy.industry(industry).slug
    except taxonomy.Unknown as error:
        raise usage(str(error)) from None

"""When to look at a feed, or at an article's page, again. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.asks import Asks

INTERVAL = timedelta(minutes=30)  # between two looks at a feed that tells nothing of its rhythm
QUICKEST = timedelta(minutes=15)
SLOWEST = timedelta(hours=4)
SHARE = 12  # looks in the time in which one entry is to be expected

SHORTEST = timedelta(minutes=1)  # what servers ask for is obeyed between these two
LONGEST = timedelta(hours=24)

UNREACHED = frozenset({"dns", "connect"})
# The server, or the way to it, is ill, and may be well again at any time.
PASSING = UNREACHED | {"timeout", "broken", "server_error", "rate_limited"}
LONGEST_PASSING = timedelta(hours=6)

LATEST_ENTRIES = 20
PAGE_WAITS = (timedelta(minutes=15), timedelta(hours=2), timedelta(hours=12))

_SPREAD = 0.25
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Rhythm:
    """How often a feed publishes: the mean time between its latest entries, and when the newest came; None: unknown."""

    gap: timedelta | None = None
    newest: datetime | None = None


@dataclass(frozen=True)
class NextLook:
    """The wait until the next look, and whether the feed is to be given up."""

    wait: timedelta
    disable: bool = False


def rhythm(published: Iterable[datetime], now: datetime) -> Rhythm:
    """The rhythm of entries published at these times; those of the future say nothing."""
    times = sorted((when for when in published if when <= now), reverse=True)[:LATEST_ENTRIES]
    if not times:
        return Rhythm()
    gap = (times[0] - times[-1]) / (len(times) - 1) if len(times) > 1 else None
    return Rhythm(gap, times[0])


def after_success(rhythm: Rhythm, asks: Asks, fresh_for: float | None, now: datetime, key: int) -> NextLook:
    """The wait after a look that brought the feed or the word that it is unchanged.

    It follows how often the feed publishes and how long it has been silent, is never shorter than the feed's own ttl
    or the answer's freshness (`fresh_for`, in seconds), and does not end in hours or days in which the feed asks to
    be left alone. `key` is the source's: sources that were added together are not looked at together for ever.
    """
    asked = max(timedelta(minutes=asks.ttl or 0), timedelta(seconds=min(fresh_for or 0, 1e6)))
    wait = max(_usual(rhythm, now), min(asked, LONGEST))
    return NextLook(_outside(spread(wait, key), asks, now))


def _usual(rhythm: Rhythm, now: datetime) -> timedelta:
    wait = INTERVAL if rhythm.gap is None else rhythm.gap / SHARE
    if rhythm.newest is not None:
        wait = max(wait, (now - rhythm.newest) / SHARE)
    return min(max(wait, QUICKEST), SLOWEST)


def _outside(wait: timedelta, asks: Asks, now: datetime) -> timedelta:
    """The wait, longer by the hours to be skipped; after a day the feed is looked at whatever it skips."""
    then = now + wait
    while then < now + LONGEST and (then.hour in asks.skip_hours or then.weekday() in asks.skip_days):
        then += timedelta(hours=1)
    return min(then - now, LONGEST)


def after_failure(
    code: str, failures: int, retry_after: float | None, gone_since: datetime | None, now: datetime, key: int
) -> NextLook:
    """The wait after the `failures`-th failure in a row.

    A server's own Retry-After is obeyed between a minute and a day. Anything else doubles from the usual interval, to
    six hours where the failure may pass, to a day where the feed is not to be had. A feed that is gone is given up
    when it still is a day later; `gone_since` is when that was first seen.
    """
    if code == "gone":
        confirmed = gone_since is not None and now - gone_since >= LONGEST
        return NextLook(LONGEST, disable=confirmed)
    if retry_after is not None:
        return NextLook(spread(max(timedelta(seconds=min(retry_after, 1e6)), SHORTEST), key))
    longest = LONGEST_PASSING if code in PASSING else LONGEST
    return NextLook(spread(min(INTERVAL * 2 ** min(failures - 1, 10), longest), key))


def page_again(tries: int, retry_after: float | None, key: int) -> timedelta | None:
    """The wait before an article's page is tried again after `tries` failures; None when that were enough."""
    if tries > len(PAGE_WAITS):
        return None
    asked = timedelta(seconds=min(retry_after or 0, 1e6))
    return spread(max(PAGE_WAITS[tries - 1], asked), key)


def spread(wait: timedelta, key: int) -> timedelta:
    """Up to a quarter longer, always as much for one key: multiples of the golden ratio lie evenly whatever the keys.

    Never shorter, so that what a server asked for is kept, and never longer than a day.
    """
    return min(wait * (1 + _SPREAD * (key * _GOLDEN % 1)), LONGEST)

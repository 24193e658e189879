"""When to look at a feed again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

INTERVAL = timedelta(minutes=30)
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class NextLook:
    """The wait until the next look, and whether the feed is to be given up."""

    wait: timedelta
    disable: bool = False


def after_success() -> NextLook:
    return NextLook(INTERVAL)


def after_failure(
    code: str, failures: int, retry_after: float | None, gone_since: datetime | None, now: datetime
) -> NextLook:
    """The wait after the `failures`-th failure in a row.

    A server's own Retry-After is obeyed between a minute and a day. Anything else doubles from the usual interval to
    a day. A feed that is gone is given up when it still is a day later; `gone_since` is when that was first seen.
    """
    if code == "gone":
        confirmed = gone_since is not None and now - gone_since >= LONGEST
        return NextLook(LONGEST, disable=confirmed)
    if retry_after is not None:
        return NextLook(min(max(timedelta(seconds=min(retry_after, 1e6)), SHORTEST), LONGEST))
    return NextLook(min(INTERVAL * 2 ** min(failures - 1, 10), LONGEST))

"""Fetches and extracts the pages of many articles side by side, gently to each host and giving up on dead ones.

Touches no database, so that all of it may run in threads.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.fetch import FetchError, fetch
from ingest.hosts import Free, Line, host_of
from ingest.parse import PageText, ParseError, extract_page
from ingest.robots import Gate

AT_ONCE = 32
SECONDS = 100.0  # for all pages of one run; what is left keeps the text of its feed for now
STRIKES = {"dns": 2, "connect": 2, "timeout": 1, "rate_limited": 2}  # 2: once is enough

# What may go better another time. A page that is missing or closed to us stays so, and so does one that is no article.
PASSING = frozenset(
    (
        "late",
        "dns",
        "connect",
        "timeout",
        "broken",
        "rate_limited",
        "refused",
        "server_error",
        "robots_unreachable",
    )
)


@dataclass(frozen=True)
class Page:
    """The page of one article: its text, or in plain words why there is none, and whether it may come later."""

    pk: int
    text: PageText | None = None
    error: str = ""
    passing: bool = False
    retry_after: float | None = None


@dataclass
class Run:
    """What one run has learnt: hosts that do not answer are not asked for every article anew."""

    started: float = field(default_factory=time.monotonic)
    strikes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last: dict[str, FetchError] = field(default_factory=dict)

    def check(self, host: str) -> None:
        """FetchError when nothing is to be asked of the host any more."""
        if time.monotonic() - self.started > SECONDS:
            raise FetchError("late", "not read: no time was left for pages in this run")
        if self.strikes[host] >= 2:
            error = self.last[host]
            raise FetchError(error.code, error.words, error.status, error.retry_after)

    def note(self, host: str, error: FetchError) -> None:
        self.last[host] = error
        self.strikes[host] += STRIKES.get(error.code, 0)


@dataclass(frozen=True)
class Wanted:
    """An article whose page is to be read, with what is known of it."""

    pk: int
    url: str
    title: str
    author: str
    feed: str  # the address of the feed that links to it


def read_pages(wanted: Sequence[Wanted], run: Run, gate: Gate) -> Iterator[Page]:
    """The pages of articles as they come, in any order; few of them in memory at once."""
    reader = _Reader(run, gate)
    reader.line = Line([(host_of(one.url), one) for one in wanted], reader.read)
    return (page.result() for done in reader.line.run(AT_ONCE) for _, page in done)


@dataclass
class _Reader:
    run: Run
    gate: Gate
    line: Line[Wanted, Page] = field(init=False)

    def read(self, one: Wanted, host_is_free: Free) -> Page:
        host = host_of(one.url)
        try:
            self.run.check(host)
            self.line.slow(host, self.gate.permit(one.url))
        except FetchError as error:
            host_is_free(asked=False)
            return _none(one, error)
        try:
            got = fetch(one.url, kind="page", permit=self.gate.permit, found_at=one.feed)
            host_is_free()
            return Page(one.pk, extract_page(got.body, got.url, got.charset, one.title, one.author))
        except FetchError as error:
            self.run.note(host, error)
            return _none(one, error)
        except ParseError as error:
            return Page(one.pk, error=error.words)


def _none(one: Wanted, error: FetchError) -> Page:
    return Page(one.pk, error=error.words, passing=error.code in PASSING, retry_after=error.retry_after)

"""Fetches and extracts the pages of many articles side by side, gently to each host and giving up on dead ones.

Touches no database, so that all of it may run in threads.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ingest.fetch import FetchError, fetch
from ingest.parse import PageText, ParseError, extract_page

HOSTS_AT_ONCE = 16
PER_HOST = 2
SECONDS = 100.0  # for all pages of one run; what is left keeps the text of its feed
STRIKES = {"dns": 2, "connect": 2, "timeout": 1, "rate_limited": 2}  # 2: once is enough


@dataclass(frozen=True)
class Page:
    """The page of one article: its text, or in plain words why there is none."""

    pk: int
    text: PageText | None = None
    error: str = ""


@dataclass
class Run:
    """What one run has learnt: hosts that do not answer are not asked for every article anew."""

    started: float = field(default_factory=time.monotonic)
    strikes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    words: dict[str, str] = field(default_factory=dict)

    def refusal(self, host: str) -> str:
        if time.monotonic() - self.started > SECONDS:
            return "not read: no time was left for pages in this run"
        return self.words[host] if self.strikes[host] >= 2 else ""

    def note(self, host: str, error: FetchError) -> None:
        self.words[host] = error.words
        self.strikes[host] += STRIKES.get(error.code, 0)


@dataclass(frozen=True)
class Wanted:
    """An article whose page is to be read, with what is known of it."""

    pk: int
    url: str
    title: str
    author: str


def read_pages(wanted: Sequence[Wanted], run: Run) -> list[Page]:
    """The pages of articles, in any order."""
    hosts: dict[str, list[Wanted]] = defaultdict(list)
    for one in wanted:
        hosts[urlsplit(one.url).netloc].append(one)
    lanes = [(host, pages[lane::PER_HOST]) for host, pages in hosts.items() for lane in range(PER_HOST)]
    lanes = [(host, pages) for host, pages in lanes if pages]
    if not lanes:
        return []
    with ThreadPoolExecutor(min(len(lanes), HOSTS_AT_ONCE), thread_name_prefix="page") as pool:
        done = [pool.submit(_lane, host, pages, run) for host, pages in lanes]
        return [page for lane in done for page in lane.result()]


def _lane(host: str, pages: Sequence[Wanted], run: Run) -> list[Page]:
    return [_page(host, one, run) for one in pages]


def _page(host: str, wanted: Wanted, run: Run) -> Page:
    if refusal := run.refusal(host):
        return Page(wanted.pk, error=refusal)
    try:
        got = fetch(wanted.url, kind="page")
        return Page(wanted.pk, extract_page(got.body, got.url, got.charset, wanted.title, wanted.author))
    except FetchError as error:
        run.note(host, error)
        return Page(wanted.pk, error=error.words)
    except ParseError as error:
        return Page(wanted.pk, error=error.words)

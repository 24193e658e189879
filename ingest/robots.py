"""What the robots.txt of hosts lets us read, asked for once a day and kept in the database (RFC 9309).

Pure but for `Gate`, which fetches; none of it touches the database, so that it may run in threads.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ingest.fetch import AGENT, FetchError, fetch
from ingest.parse import ParseError, judge_robots
from ingest.robots_child import MOST_BYTES

KEPT = timedelta(hours=24)
ASKED_AGAIN = timedelta(minutes=10)  # after it could not be had
FORGOTTEN = timedelta(days=30)  # a robots.txt that could not be had for so long is taken to be none
LONGEST_ORIGIN = 300  # characters; no name of a host is so long
LONGEST_DELAY = 10.0  # seconds; a host that wants more gets fewer of its pages read in one run


@dataclass(frozen=True)
class Robots:
    """What is known of an origin's robots.txt: the last answer, empty when there is none, and since when none comes."""

    body: bytes = b""
    answered_at: datetime | None = None
    silent_since: datetime | None = None
    checked_at: datetime | None = None

    def answered(self, body: bytes, now: datetime) -> Robots:
        return Robots(body[:MOST_BYTES], answered_at=now, checked_at=now)

    def silent(self, now: datetime) -> Robots:
        return replace(self, silent_since=self.silent_since or now, checked_at=now)

    def current(self, now: datetime) -> bool:
        """Whether it need not be asked for again."""
        kept = ASKED_AGAIN if self.silent_since else KEPT
        return self.checked_at is not None and now - self.checked_at < kept

    def unreachable(self, now: datetime) -> bool:
        """Nothing may be read: there may be rules, and we have never seen any (RFC 9309, 2.3.1.4)."""
        return (
            self.answered_at is None and self.silent_since is not None and now - self.silent_since < FORGOTTEN
        )


def origin_of(url: str) -> str:
    """Scheme, host and port, for which a robots.txt holds; empty for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()
    return origin if len(origin) <= LONGEST_ORIGIN else ""


@dataclass(frozen=True)
class _Verdict:
    allowed: frozenset[str] = frozenset()
    delay: float = 0.0
    refusal: tuple[str, str] | None = None  # code and words


@dataclass
class Gate:
    """Whether pages may be read. `known` holds what was stored by origin, and then also what was learnt."""

    known: dict[str, Robots]
    now: datetime
    wanted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    learnt: set[str] = field(default_factory=set)
    locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    verdicts: dict[str, _Verdict] = field(default_factory=dict)

    def permit(self, url: str) -> float:
        """The seconds the host wants between two requests; FetchError when its robots.txt closes the page to us.

        Codes: robots, when its rules do; robots_unreachable, when they cannot be had.
        """
        origin = origin_of(url)
        if not origin:  # the door has its own words for it
            return 0.0
        with self.locks[origin]:  # the first to come asks, others wait for the answer
            verdict = self.verdicts.get(origin)
            if verdict is None or (verdict.refusal is None and url not in self.wanted.get(origin, ())):
                urls = self.wanted.get(origin, frozenset()) | {url}
                verdict = self.verdicts[origin] = self._judge(origin, urls)
        if verdict.refusal is not None:
            raise FetchError(*verdict.refusal)
        if url not in verdict.allowed:
            raise FetchError("robots", "its robots.txt asks that this page be left alone")
        return verdict.delay

    def _judge(self, origin: str, urls: Iterable[str]) -> _Verdict:
        robots = self.known.get(origin, Robots())
        if not robots.current(self.now):
            robots = self.known[origin] = _ask(origin, robots, self.now)
            self.learnt.add(origin)
        if robots.unreachable(self.now):
            words = "its robots.txt could not be had, so no page is read there for now"
            return _Verdict(refusal=("robots_unreachable", words))
        if not robots.body:
            return _Verdict(frozenset(urls))
        try:
            allowed, delay = judge_robots(robots.body, AGENT, sorted(urls))
        except ParseError as error:
            return _Verdict(refusal=("robots", f"its robots.txt could not be read: {error.words}"))
        return _Verdict(allowed, min(delay, LONGEST_DELAY))


def gate(known: dict[str, Robots], urls: Iterable[str], now: datetime) -> Gate:
    """A gate to the pages at `urls`, whose rules are then judged all at once."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for url in urls:
        wanted[origin_of(url)].add(url)
    return Gate(known, now, {origin: frozenset(some) for origin, some in wanted.items()})


def _ask(origin: str, before: Robots, now: datetime) -> Robots:
    try:
        return before.answered(fetch(f"{origin}/robots.txt", kind="robots").body, now)
    except FetchError as error:
        # "Unavailable" allows everything, "unreachable" nothing (RFC 9309, 2.3.1.3 and 2.3.1.4).
        unavailable = 400 <= error.status < 500 or error.code == "redirects"
        return before.answered(b"", now) if unavailable else before.silent(now)

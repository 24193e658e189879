"""Whose turn it is: how many requests a host gets at once, and how soon after one another.

Within a process a `Line` hands out the turns; between processes the database lends a host to one of them at a time.
"""

from __future__ import annotations

import heapq
import ipaddress
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import count
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from django.conf import settings

from ingest import locks

PER_HOST = 2
SPACING = 1.0  # seconds between the starts of two requests to a host
PATIENCE = (
    2.0  # seconds after which a request to an address of the operator's own keeps no other from its turn
)
AT_A_TIME = 10  # jobs of one host in one sweep, so that a host that hangs ends within a task's time
MOST_UNREAD = 16  # results that nobody has taken yet; then no more work is begun

LENT = 0x686F7374  # any number, the same in every process

Key = TypeVar("Key")
Job = TypeVar("Job")
Result = TypeVar("Result")


class Free(Protocol):
    """Gives a turn at a host back; `asked` is False when nothing was asked of it, so that the next need not wait."""

    def __call__(self, asked: bool = True) -> None: ...


Work = Callable[[Job, Free], Result]


def host_of(url: str) -> str:
    """The host and port of an address, in lower case; empty for a bundled sample or what is no address."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def spacing(host: str) -> float:
    """Seconds to leave between two requests; none for addresses that the operator has opened as their own."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return 0.0 if name in ("", "localhost") else SPACING
    return 0.0 if any(address in network for network in settings.NUTGRAF_FETCH_ALLOW) else SPACING


def fair(waiting: Iterable[tuple[Key, str]], limit: int) -> list[Key]:
    """The first `limit` of keys with their addresses, a few of each host: one that floods us holds nobody else up."""
    chosen: list[Key] = []
    taken: Counter[str] = Counter()
    for key, url in waiting:
        host = host_of(url)
        taken[host] += 1
        if taken[host] <= AT_A_TIME or not spacing(host):
            chosen.append(key)
        if len(chosen) == limit:
            break
    return chosen


@contextmanager
def lent(hosts: Iterable[str]) -> Iterator[set[str]]:
    """Those of the hosts that no other process is asking: until the end of the block they are ours.

    The locks end with our connection to the database, so a worker that dies holds nobody up.
    """
    with locks.taken(LENT, sorted(set(hosts))) as ours:
        yield ours


class Line(Generic[Job, Result]):
    """Jobs that each need a turn at their host, done side by side in threads.

    `work` gets a job, and a function to call when it needs the host no longer; the host's next turn waits for that.
    At an address of the operator's own it waits for PATIENCE at most: all that such a machine serves should not hang
    with a part of it. Each host's jobs begin in the order given.
    """

    def __init__(self, jobs: Sequence[tuple[str, Job]], work: Work[Job, Result]) -> None:
        self.work = work
        self.waiting: dict[str, deque[Job]] = {}
        for host, job in jobs:
            self.waiting.setdefault(host, deque()).append(job)
        self.spacing = {host: spacing(host) for host in self.waiting}
        self.own = {host for host in self.waiting if not self.spacing[host]}
        self.opens = dict.fromkeys(self.waiting, 0.0)
        self.number = count()
        # A turn that can be taken: from when on, and at which host. Each host has PER_HOST of them.
        self.turns = [(0.0, next(self.number), host) for _ in range(PER_HOST) for host in self.waiting]
        self.void: set[int] = set()  # turns that were given back before the host's patience was at its end
        self.done: list[tuple[Job, Future[Result]]] = []
        self.left = self.unbegun = len(jobs)
        self.change = threading.Lock()
        # Each event wakes one thread, which wakes the next when there is more to do: to wake all would cost more than
        # most jobs do.
        self.ready = threading.Condition(self.change)
        self.finished = threading.Condition(self.change)

    def run(self, at_once: int) -> Iterator[list[tuple[Job, Future[Result]]]]:
        """Do all jobs, `at_once` at most; yields them with their results as they come, in any order."""
        # At each host two take their turns, two do what comes after one, and at our own others may hang.
        busy = at_once if self.own else len(self.waiting) * (PER_HOST + 2)
        threads = [
            threading.Thread(target=self._serve, daemon=True, name="fetch")
            for _ in range(min(at_once, self.left, busy))
        ]
        for thread in threads:
            thread.start()
        try:
            while self.left:
                yield self._next_done()
        finally:
            with self.change:
                self.unbegun = 0
                self.ready.notify_all()
            for thread in threads:
                thread.join()

    def slow(self, host: str, seconds: float) -> None:
        """From now on leave at least so much between two requests to the host."""
        with self.change:
            if seconds > self.spacing[host]:
                self.spacing[host] = seconds
                self.opens[host] = max(self.opens[host], time.monotonic() + seconds)

    def _next_done(self) -> list[tuple[Job, Future[Result]]]:
        with self.change:
            while not self.done:
                self.finished.wait()
            done, self.done = self.done, []
            self.left -= len(done)
            self.ready.notify()
            return done

    def _serve(self) -> None:
        while (turn := self._take()) is not None:
            job, give_back = turn
            future: Future[Result] = Future()
            try:
                future.set_result(self.work(job, give_back))
            except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
                future.set_exception(error)
            give_back()
            with self.change:
                self.done.append((job, future))
                self.finished.notify()

    def _take(self) -> tuple[Job, Free] | None:
        """A job whose turn has come, waiting for one; None when all have begun."""
        with self.change:
            while self.unbegun:
                wait = self._wait()
                if wait == 0:
                    return self._begin()
                self.ready.wait(wait)
            self.ready.notify_all()
            return None

    def _wait(self) -> float | None:
        """Seconds until the first turn can be taken; None when that depends on others."""
        while self.turns:
            at, number, host = self.turns[0]
            if not self.waiting[host] or number in self.void:
                heapq.heappop(self.turns)
                self.void.discard(number)
            elif at < self.opens[host]:
                heapq.heapreplace(self.turns, (self.opens[host], number, host))
            else:
                return None if len(self.done) >= MOST_UNREAD else max(0.0, at - time.monotonic())
        return None

    def _begin(self) -> tuple[Job, Free]:
        _, _, host = heapq.heappop(self.turns)
        now = time.monotonic()
        before, opens = self.opens[host], now + self.spacing[host]
        self.opens[host] = opens
        self.unbegun -= 1
        next_turn = self._lend(host, now + PATIENCE) if host in self.own else None
        self.ready.notify()  # who waited for the next turn may be us
        given_back = False

        def give_back(asked: bool = True) -> None:
            nonlocal given_back
            with self.change:
                if given_back:
                    return
                given_back = True
                if not asked and self.opens[host] == opens:
                    self.opens[host] = before
                if next_turn is None:
                    self._lend(host, self.opens[host])
                elif time.monotonic() < now + PATIENCE:
                    self.void.add(next_turn)
                    self._lend(host, self.opens[host])
                self.ready.notify()

        return self.waiting[host].popleft(), give_back

    def _lend(self, host: str, at: float) -> int:
        """A turn at the host, from a time on; its number."""
        number = next(self.number)
        heapq.heappush(self.turns, (at, number, host))
        return number

"""Turns at hosts: no more at once and no sooner than is polite, and nobody waits for a stranger's host."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from itertools import pairwise
from typing import Any

import pytest

from ingest import hosts
from ingest.hosts import Free, Line, fair, host_of, lent, spacing
from tests.ingest.conftest import Neighbour


class Meter:
    """Work that notes how many were at it at once, and when each began, by host."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.lock = threading.Lock()
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.begun: dict[str, list[float]] = {}

    def work(self, job: tuple[str, int], free: Free) -> int:
        host, number = job
        with self.lock:
            self.begun.setdefault(host, []).append(time.monotonic())
            self.now[host] += 1
            self.most[host] = max(self.most[host], self.now[host])
        time.sleep(self.seconds)
        with self.lock:
            self.now[host] -= 1
        free()
        return number


def jobs(**counts: int) -> list[tuple[str, tuple[str, int]]]:
    return [(host, (host, number)) for host, count in counts.items() for number in range(count)]


def flat(line: Line[Any, Any], at_once: int) -> Iterator[tuple[Any, Future[Any]]]:
    """What a line yields, one by one."""
    for done in line.run(at_once):
        yield from done


def unspaced(line: Line[Any, Any]) -> Line[Any, Any]:
    line.spacing = dict.fromkeys(line.spacing, 0.0)
    return line


def test_it_does_every_job_once_and_two_of_a_host_at_once() -> None:
    meter = Meter(0.02)
    line = unspaced(Line(jobs(a=12, b=12, c=3), meter.work))
    done = [(job, future.result()) for job, future in flat(line, 32)]
    assert sorted(job for job, _ in done) == sorted(job for _, job in jobs(a=12, b=12, c=3))
    assert all(number == result for (_, number), result in done)
    assert meter.most == {"a": 2, "b": 2, "c": 2}


def test_requests_to_a_host_begin_some_time_apart_and_other_hosts_do_not_wait() -> None:
    meter = Meter(0.0)
    line = Line(jobs(a=4, b=1), meter.work)
    line.spacing = {"a": 0.1, "b": 0.1}
    list(line.run(8))
    begun = meter.begun["a"]
    assert min(later - before for before, later in pairwise(begun)) >= 0.099
    assert meter.begun["b"][0] - begun[0] < 0.09


def test_a_turn_in_which_nothing_was_asked_delays_no_other() -> None:
    def work(job: tuple[str, int], free: Free) -> float:
        free(asked=job[1] in (0, 9))
        return time.monotonic()

    line = Line(jobs(a=10), work)
    line.spacing = {"a": 0.3}
    at = sorted(future.result() for _, future in flat(line, 2))
    assert at[-1] - at[0] == pytest.approx(0.3, abs=0.15)


def test_one_host_that_hangs_holds_no_other_up() -> None:
    opened = threading.Event()

    def work(job: tuple[str, int], free: Free) -> float:
        if job[0] == "slow":
            opened.wait(10)
        return time.monotonic()

    began = time.monotonic()
    line = unspaced(Line(jobs(slow=20, well=50), work))
    well = []
    for (host, _), future in flat(line, 8):
        well += [future.result()] if host == "well" else []
        if len(well) == 50:
            opened.set()
    assert well[-1] - began < 1


@pytest.mark.parametrize(("own", "goes_on"), [(True, True), (False, False)])
def test_requests_that_hang_hold_up_a_stranger_s_host_only(own: bool, goes_on: bool) -> None:
    opened = threading.Event()

    def work(job: tuple[str, int], free: Free) -> float:
        if job[1] < hosts.PER_HOST:
            opened.wait(hosts.PATIENCE + 1)
        return time.monotonic()

    began = time.monotonic()
    line = unspaced(Line(jobs(a=20), work))
    line.own = {"a"} if own else set()
    ends = sorted(future.result() - began for _, future in flat(line, 8))
    assert (ends[0] < hosts.PATIENCE + 0.9) is goes_on
    assert ends[-1] < hosts.PATIENCE + 2


def test_a_job_frees_its_host_before_its_own_end() -> None:
    second = threading.Event()

    def work(job: tuple[str, int], free: Free) -> bool:
        if job[1] < hosts.PER_HOST:
            free()
            return second.wait(5)
        second.set()
        return True

    assert all(future.result() for _, future in flat(unspaced(Line(jobs(a=3), work)), 3))


def test_a_mishap_is_told_with_its_job_and_stops_nothing() -> None:
    def work(job: tuple[str, int], free: Free) -> int:
        return 1 // job[1]

    done = {job[1]: future for job, future in flat(unspaced(Line(jobs(a=3), work)), 2)}
    assert [done[1].result(), done[2].result()] == [1, 0]
    with pytest.raises(ZeroDivisionError):
        done[0].result()


def test_nothing_more_is_begun_while_results_lie_unread() -> None:
    meter = Meter(0.0)
    line = unspaced(Line(jobs(a=500), meter.work))
    results = line.run(2)
    first = next(results)
    time.sleep(0.2)
    assert len(meter.begun["a"]) <= len(first) + hosts.MOST_UNREAD + 4
    assert len(first) + sum(map(len, results)) == 500


def test_it_can_be_left_in_the_middle() -> None:
    meter = Meter(0.01)
    results = unspaced(Line(jobs(a=500), meter.work)).run(4)
    next(results)
    results.close()
    begun = len(meter.begun["a"])
    time.sleep(0.1)
    assert len(meter.begun["a"]) == begun < 500


def test_own_addresses_need_no_spacing_and_others_do(settings: Any) -> None:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00::/8")]
    assert [spacing(host) for host in ("10.1.2.3", "10.1.2.3:8080", "[fd00::1]:80", "[fd00::1]", "")] == [
        0.0
    ] * 5
    assert {spacing(host) for host in ("10.2.0.1", "example.com", "example.com:80", "[2001:db8::1]")} == {
        hosts.SPACING
    }


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.com/feed", "example.com"),
        ("http://example.com:8080/", "example.com:8080"),
        ("http://a:b@example.com/", "example.com"),
        ("sample:wire", ""),
        ("http://[bad/", ""),
    ],
)
def test_it_names_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_flood_of_one_host_leaves_room_for_others() -> None:
    flood = [(number, f"https://flood.example/{number}") for number in range(5000)]
    others = [(10_000 + number, f"https://s{number}.example/feed") for number in range(300)]
    chosen = fair([*flood, *others], 200)
    assert len(chosen) == 200
    assert sum(key < 10_000 for key in chosen) == hosts.AT_A_TIME


@pytest.mark.django_db
def test_a_host_is_lent_to_one_process_at_a_time(neighbour: Neighbour) -> None:
    assert neighbour.borrow("c.example")
    with lent(["a.example", "b.example", "c.example"]) as ours:
        assert ours == {"a.example", "b.example"}
        assert not neighbour.borrow("a.example")
    assert neighbour.borrow("a.example")
    neighbour.give_back("c.example")
    with lent(["a.example", "c.example"]) as ours:
        assert ours == {"c.example"}

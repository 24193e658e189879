"""An hour's schedule of 10,000 sources, of which 5 % hang, 5 % fail and 1 % are bombs, on two workers.

    bench/polling.py [--sources N] [--sample N] [--rounds N]     prints JSON: lateness of looks, memory, and the limits

Two halves. A sample of such sources is really fetched, parsed and stored, round after round, from a server on
loopback in a process of its own: that tells the processor's seconds of a look, how soon the well ones are stored beside
those that hang, and whether memory stays flat. Then the clock is simulated: sweeps, tasks and `ingest/schedule.py`
decide as they do in the workers, a look takes the processor as long as was measured, and a server as long as the model
below says.
"""

from __future__ import annotations

import argparse
import heapq
import ipaddress
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

HANG, FAIL, BOMB = 0.05, 0.05, 0.01
WORKERS = 2
LATE = 60.0  # seconds within which 99 of 100 looks at well sources begin
STORED = 5.0  # seconds within which 95 of 100 well sources of the sample are stored while others hang
GROWTH = 50.0  # megabytes that later rounds of the sample may take beyond the first
WARM_UP, HOUR = 3 * 3600.0, 3600.0
START = datetime(2025, 8, 4, tzinfo=UTC)


def kind_of(number: int) -> str:
    share = number * 0.6180339887498949 % 1
    return (
        "hang"
        if share < HANG
        else "fail"
        if share < HANG + FAIL
        else "bomb"
        if share < HANG + FAIL + BOMB
        else "well"
    )


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--sources", type=int, default=10_000)
    asked.add_argument("--sample", type=int, default=300)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.serve:
        return serve(options.serve)
    import django

    import tests.database  # noqa: F401  a database of its own, gone afterwards

    django.setup()
    sample = Sample(options.sample, options.rounds).measure()
    schedule = Simulation(options.sources, sample["processor_ms_per_look"] / 1000).run()
    kept = (
        schedule["lateness_seconds"]["p99"] <= LATE
        and sample["well_stored_seconds"]["p95"] <= STORED
        and sample["memory_growth_mb"] <= GROWTH
    )
    limits = {"lateness_p99_seconds": LATE, "well_stored_p95_seconds": STORED, "memory_growth_mb": GROWTH}
    print(json.dumps({"sample": sample, "schedule": schedule, "limits": limits, "kept": kept}, indent=1))
    return 0 if kept else 1


def percentiles(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=1000, method="inclusive")
    return {
        "p50": round(cuts[499], 2),
        "p95": round(cuts[949], 2),
        "p99": round(cuts[989], 2),
        "max": round(max(values), 2),
    }


# --- a sample, really fetched


def serve(count: int) -> int:
    """Serve the sample's feeds until killed; prints the port."""
    from tests.fakes import hostile, web_server
    from tests.fakes.web_server import WebServer, item, rss

    hostile.prepare()
    with WebServer("0.0.0.0") as web:  # noqa: S104 - all of 127.0.0.0/8, each address a host
        for number in range(count):
            path, kind = f"/{number}", kind_of(number)
            if kind == "well":
                entries = [
                    item(f"News {number}-{n}", "", f"<p>{'Words of news. ' * 80}</p>", f"{n}")
                    for n in range(20)
                ]
                web.put(path, rss(*entries))
            elif kind == "fail":
                web.put(path, b"", (500, 404, 403, 429)[number % 4])
            else:
                web.misbehave(
                    path, web_server.silent if kind == "hang" else list(hostile.QUICK.values())[number % 8]
                )
        print(web.port, flush=True)
        while True:
            time.sleep(60)


class Sample:
    def __init__(self, count: int, rounds: int) -> None:
        self.count, self.rounds = count, rounds

    def measure(self) -> dict[str, object]:
        from django.conf import settings
        from django.core.management import call_command

        settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
        call_command("migrate", verbosity=0)
        server = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(self.count)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            return self._fetch(int(server.stdout.readline()))
        finally:
            server.kill()
            server.wait()

    def _fetch(self, port: int) -> dict[str, object]:
        from ingest import parse
        from ingest.models import Source

        urls = [f"http://127.1.{n // 250}.{n % 250 + 1}:{port}/{n}" for n in range(self.count)]
        Source.objects.bulk_create([Source(url=url, due_at=datetime.now(UTC)) for url in urls])
        keys = list(Source.objects.values_list("pk", flat=True))
        stored: list[float] = []
        memory: list[float] = []
        began, busy = time.monotonic(), processor()
        for _ in range(self.rounds):
            stored += self._round(keys)
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        seconds = time.monotonic() - began
        parse.stop()  # so that the processor's time of the parsing children is known
        looks = self.rounds * self.count
        return {
            "sources": self.count,
            "rounds": self.rounds,
            "seconds": round(seconds, 1),
            "processor_ms_per_look": round((processor() - busy) / looks * 1000, 2),
            "well_stored_seconds": percentiles(stored),
            "memory_mb": [round(one, 1) for one in memory],
            "memory_growth_mb": round(memory[-1] - memory[0], 1),
        }

    def _round(self, keys: list[int]) -> list[float]:
        """Seconds from the beginning of its batch until each well source was stored."""
        from django.utils import timezone

        from ingest import refresh, schedule
        from ingest.asks import Asks
        from ingest.models import Source
        from ingest.tasks import SOURCES_PER_TASK

        Source.objects.update(due_at=timezone.now(), body_hash="", etag="")
        stored = []
        for start in range(0, len(keys), SOURCES_PER_TASK):
            some, began = keys[start : start + SOURCES_PER_TASK], timezone.now()
            refresh.refresh_many(some, began)
            for one in Source.objects.filter(pk__in=some, failures=0):
                # The database put the wait on top of its clock when it stored the look.
                rhythm = schedule.Rhythm(None, one.newest_at)
                wait = schedule.after_success(rhythm, Asks(), None, began, one.pk).wait
                stored.append((one.due_at - wait - began).total_seconds())
        return stored


def processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


# --- the clock, simulated


@dataclass
class Fed:
    """A source of the simulation."""

    key: int
    kind: str
    gap: timedelta
    due: float = 0.0
    failures: int = 0

    @property
    def url(self) -> str:
        return f"https://s{self.key}.example/feed"


@dataclass
class Simulation:
    """Sweeps, a queue and workers on a clock that runs as fast as it is computed; times in seconds."""

    count: int
    processor: float
    now: float = 0.0
    looks: list[tuple[float, Fed, float]] = field(default_factory=list)  # when, at what, how late
    busy: float = 0.0
    batches: list[float] = field(default_factory=list)

    def run(self) -> dict[str, object]:
        self.random = random.Random(7)
        # Most feeds publish once in a day or less; a few every hour.
        self.feeds = [
            Fed(key, kind_of(key), timedelta(hours=min(self.random.lognormvariate(3.2, 1.3), 24 * 60)))
            for key in range(self.count)
        ]
        self.queue: deque[tuple[float, list[int]]] = deque()
        free = [0.0] * WORKERS
        sweep, end = self._sweep_seconds(), WARM_UP + HOUR
        while self.now < end:
            self._sweep()
            until = self.now + sweep
            while self.queue and free[0] < until:
                sent, keys = self.queue.popleft()
                began = max(free[0], self.now)
                if began - sent <= self._expires():
                    heapq.heapreplace(free, self._batch(keys, began))
            self.now = until
        return self._told(end)

    def _sweep_seconds(self) -> float:
        from config.celery import TIMETABLE

        return float(TIMETABLE["look at sources that are due"]["schedule"])

    def _expires(self) -> float:
        from ingest.tasks import NUDGE_SECONDS

        return NUDGE_SECONDS

    def _sweep(self) -> None:
        from ingest.tasks import ILL_PER_TASK, LOOKED_OVER, SOURCES_PER_TASK, TOGETHER

        due = sorted((one for one in self.feeds if one.due <= self.now), key=lambda one: one.due)
        self._nudge([one for one in due if not one.failures][:LOOKED_OVER], SOURCES_PER_TASK)
        ill = [one for one in due if one.failures][:LOOKED_OVER]
        if ill and ill[0].due <= self.now - TOGETHER.total_seconds():
            self._nudge(ill, ILL_PER_TASK)

    def _nudge(self, due: list[Fed], size: int) -> None:
        from ingest import hosts
        from ingest.tasks import SOURCES_PER_SWEEP

        keys = hosts.fair(((one.key, one.url) for one in due), SOURCES_PER_SWEEP)
        self.queue.extend((self.now, keys[start : start + size]) for start in range(0, len(keys), size))

    def _batch(self, keys: list[int], began: float) -> float:
        """When a batch that a worker begins at `began` is over."""
        from ingest.refresh import AT_ONCE

        feeds = [one for key in keys if (one := self.feeds[key]).due <= began]
        feeds.sort(key=lambda one: one.failures > 0)
        threads = [began] * AT_ONCE
        answers = []
        for one in feeds:
            start = threads[0]
            answered = start + self._server_seconds(one.kind)
            heapq.heapreplace(threads, answered)
            self.looks.append((start, one, start - one.due))
            answers.append((answered, one.key))
        over = began
        for answered, key in sorted(answers):  # one after the other, as they come
            over = max(over, answered) + self.processor
            self.feeds[key].due = over + self._wait(self.feeds[key], over).total_seconds()
        self.busy += len(feeds) * self.processor
        self.batches += [over - began] if feeds else []
        return over

    def _server_seconds(self, kind: str) -> float:
        """The model: half of the servers answer within 0.4 s, one in a hundred takes more than 5; a bomb takes 3."""
        from ingest.fetch import DEADLINE

        if kind == "hang":
            return DEADLINE["feed"]
        return 3.0 if kind == "bomb" else min(self.random.lognormvariate(-0.9, 1.1), DEADLINE["feed"])

    def _wait(self, one: Fed, at: float) -> timedelta:
        from ingest import schedule
        from ingest.asks import NOTHING

        now = START + timedelta(seconds=at)
        if one.kind == "well":
            newest = now - one.gap * self.random.random()
            return schedule.after_success(schedule.Rhythm(one.gap, newest), NOTHING, None, now, one.key).wait
        one.failures += 1
        code = {"hang": "timeout", "fail": "server_error", "bomb": "too_large"}[one.kind]
        return schedule.after_failure(code, one.failures, None, None, now, one.key).wait

    def _told(self, end: float) -> dict[str, object]:
        within = [(one, late) for at, one, late in self.looks if WARM_UP <= at < end]
        well = [late for one, late in within if one.kind == "well"]
        drained = max(at for at, one, late in self.looks if late == at)  # what was due when all began
        return {
            "sources": self.count,
            "looks_in_the_hour": len(within),
            "looks_at_ill_sources": len(within) - len(well),
            "lateness_seconds": percentiles(well),
            "all_due_at_once_begun_after_seconds": round(drained, 1),
            "batch_seconds": percentiles(self.batches),
            "processor_share_of_two_cores": round(self.busy / (self.now * 2), 4),
        }


if __name__ == "__main__":
    raise SystemExit(main())

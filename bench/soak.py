"""Half an hour of a whole Nutgraf under fire: does it keep its word on a machine of two cores?

    bench/soak.py [--minutes 30] [--sources 10000] [--readers 2000] [--pages 50] [--api 20] [--broker redis]

`manage.py up` with DEBUG off reads ten thousand sources on loopback, of which 5 % hang, 5 % fail and 1 % are bombs (one
process with an address for each; all are due as after a day of looking at them). Two thousand readers of one zone are
due at the same hour, which comes after a third of the time, by an SMTP server that takes everything. Others ask for
fifty pages and twenty answers of the API a second, at planned moments. A model takes 2 s, and in 2 of 100 cases has no
time (429). In the middle the worker is killed with -9 and the broker restarted: the database, which it is part of,
crashes and the queue is emptied; or Redis comes back empty. The run goes on until all mails have come, an hour after
the hour at most.

Judged (`tests/soak/judge.py`): digests in time, none twice; pages' p95 from the moment they were planned, and failures;
sources not looked at for longer than their schedule says, as measured here and as simulated for hours
(`bench/polling.py`) with what a look took the workers here, all their other work included; memory of all processes in
the last third; the ledger against itself and against the provider's log.

How it goes is told on stderr every half minute. Prints one JSON document; ends with 1 when a promise was not kept.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, LiteralString

import psutil
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.chaos.books import judge_books, open_database
from tests.chaos.brokers import BROKERS, Broker, started
from tests.chaos.provider import Seen
from tests.chaos.trouble import CALLS, Troublemaker, bills_on_disk
from tests.fakes import mail_server
from tests.fakes.model_server import HONEST, ModelServer, Variant, rate_limited
from tests.processes import Instance, Running, state_directory, wait_for
from tests.soak import judge, told, world, zone
from tests.soak.load import Measured
from tests.soak.load import run as ask
from tests.soak.memory import Memory

THINKS, NO_TIME = 2.0, 0.02  # seconds of the model, and in how many cases it has none
BEFORE = 1 / 3  # of the minutes pass before the hour: editions are prepared ahead, in life for half an hour
STARTING = 20.0  # seconds that `up` may take before the first page
POOL = 2  # processes of the worker's
TELL = 30.0  # seconds between two lines on stderr
LONGEST = 60.0  # seconds from sending a call to having written down its outcome, on a machine as busy as this
SHORT = 10.0  # minutes: in less than these nobody waits until what the dead had claimed comes free by itself
DOLLARS = "200"  # of budget: what a day of it may cost is not tried here
EDITIONS: LiteralString = (
    "UPDATE briefings_edition SET lease_until = now() - interval '1 s' WHERE lease_until > now()"
)
STALE = """
    SELECT coalesce(percentile_cont(0.99) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM now() - due_at), 0)), 0)
    FROM ingest_source WHERE url LIKE 'http://127.%/well/%'
"""


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that all it started is stopped too
    with ExitStack() as stack:
        result = _run(asked, stack)
    print(json.dumps(result, indent=1))
    return 0 if result["kept"] else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--readers", type=int, default=2_000, help="due at the same hour")
    parser.add_argument("--pages", type=float, default=50.0, help="a second")
    parser.add_argument("--api", type=float, default=20.0, help="requests a second")
    parser.add_argument("--broker", choices=list(BROKERS), default="pgmq")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--logs", type=Path, help="a folder for what the processes said")
    return parser.parse_args()


class Model:
    """For `ModelServer.choose`: slow, and now and then without time."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.seen: list[Seen] = []

    def __call__(self, client_id: str) -> Variant:
        busy = self.random.random() < NO_TIME
        self.seen.append(Seen(client_id, time.time(), "429 with seconds" if busy else "honest"))
        return rate_limited(2) if busy else replace(HONEST, delay=THINKS)


@dataclass
class Postbox:
    """For `MailServer.judge`: who got a mail, and when (seconds since 1970)."""

    came: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, letter: EmailMessage) -> str:
        self.came.append((parseaddr(str(letter["To"]))[1], time.time()))
        return "250 OK"

    def arrivals(self, hour: float) -> list[judge.Arrival]:
        return [judge.Arrival(to, round((at - hour) / 60, 3)) for to, at in self.came]


@dataclass
class Trial:
    """What runs, and what was seen of it so far."""

    asked: argparse.Namespace
    hour: float  # seconds since 1970
    due: set[str]
    running: Running
    trouble: Troublemaker
    of: world.World
    model: Model
    post: Postbox
    memory: Memory
    load: Connection
    stale: list[float] = field(default_factory=list)  # minutes
    measured: dict[str, Measured] = field(default_factory=dict)
    goes: dict[str, str] = field(default_factory=dict)
    told: float = 0.0
    load_ended: float = math.inf  # on the monotonic clock

    def go(self) -> None:
        """The planned minutes, with trouble in their middle, and on until the last mail or an hour after the hour."""
        began = time.monotonic()
        middle = began + self.asked.minutes * 30
        while not self.measured or self._waits():
            if self.measured:
                time.sleep(0.5)
            elif self.load.poll(0.5):
                done, found = self.load.recv()
                self.measured, self.goes = (found, {}) if done else ({}, found)
                self.load_ended = time.monotonic() if done else math.inf
            if middle and time.monotonic() >= middle:
                middle = 0.0
                self._fire()
            if time.monotonic() - self.told > TELL:
                self.told = time.monotonic()
                self._tell(self.told - began)
            if self.running.over():
                raise SystemExit(f"Nutgraf ended by itself: {self.running.instance.said()[-2000:]}")

    def _fire(self) -> None:
        self.trouble.befall("worker")
        if not self.trouble.broker.url:
            self.trouble.befall("crash")
        self.trouble.befall("broker")
        if self.asked.minutes < SHORT:
            self.trouble.end_leases(EDITIONS)

    def _waits(self) -> bool:
        got = {to for to, _ in self.post.came}
        return not self.due <= got and time.time() < self.hour + judge.LATEST * 60

    def _tell(self, seconds: float) -> None:
        stale = "?"
        with suppress(psycopg.Error, OSError, IndexError), self.running.instance.connect() as own:
            row = own.execute(STALE).fetchone()
            self.stale.append(float(row[0]) / 60 if row else 0.0)
            stale = f"{self.stale[-1]:.1f} min"
        held = f"{self.memory.samples[-1][1]:.0f} MB" if self.memory.samples else "?"
        hour = (time.time() - self.hour) / 60
        parts = [
            f"{seconds / 60:5.1f} min ({hour:+.1f} of the hour)",
            f"{len(self.post.came)} of {len(self.due)} digests",
            *(f"{name}: {words}" for name, words in self.goes.items()),
            f"looks {sum(self.of.looks().values())}, late by p99 {stale}",
            f"{len(self.model.seen)} calls, {held}",
        ]
        _say("; ".join(parts))


def _run(asked: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    began = time.monotonic()
    var = stack.enter_context(state_directory())
    mail = stack.enter_context(mail_server.mail_server())
    provider = stack.enter_context(ModelServer())
    broker = started(asked.broker)
    stack.callback(broker.stop)
    environment = _environment(var, mail.url, provider, broker)
    os.environ |= environment
    server = open_database(var, "config.settings")
    provider.choose = model = Model(asked.seed)
    mail.judge = post = Postbox()
    _speaks(provider, asked.seed)
    of = stack.enter_context(world.running(asked.sources))
    hour, due, asks = _stage(asked, of, var, environment)
    instance = Instance(var, environment)
    with instance.up("--no-sample", "--no-catalogue") as running:
        wait_for(lambda: len(_workers(running)) > POOL, 60, "the worker and its pool")
        trouble = Troublemaker(running, server, broker, Random(asked.seed))
        with (
            Memory(lambda: _parts(running, server)) as memory,
            _asking(running, asks, asked) as load,
        ):
            _say(f"up after {time.monotonic() - began:.0f} s; the hour is in {hour - time.time():.0f} s")
            trial = Trial(asked, hour, due, running, trouble, of, model, post, memory, load)
            trial.go()
        looks = of.looks()
        _stop(running, trouble)
    _keep_logs(var, asked.logs)
    result = _judged(trial, provider, looks)
    return {**result, "seconds": round(time.monotonic() - began)}


def _environment(var: Path, mail: str, provider: ModelServer, broker: Broker) -> dict[str, str]:
    found = {
        "NUTGRAF_VAR": str(var),
        "DEBUG": "false",
        "SECRET_KEY": "soak-" + "x" * 60,
        "ALLOWED_HOSTS": "127.0.0.1",
        "NUTGRAF_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": f"{mail}?from=nutgraf@soak.example",
        "OPENAI_BASE_URL": provider.url,
        "OPENAI_API_KEY": "sk-test",
        "NUTGRAF_FETCH_ALLOW": "127.0.0.0/8",
        "NUTGRAF_BUDGET_DAY_USD": DOLLARS,
        "NUTGRAF_BUDGET_MONTH_USD": DOLLARS,
        "LOG_LEVEL": "WARNING",
        "NUTGRAF_WEB_PROCESSES": "0",  # as many as `up` starts in life; tests start one
    }
    return found | ({"CELERY_BROKER_URL": broker.url} if broker.url else {})


def _speaks(provider: ModelServer, seed: int) -> None:
    from tests.fakes.characters import Honest

    provider.reply = Honest(seed)


def _stage(
    asked: argparse.Namespace, of: world.World, var: Path, environment: dict[str, str]
) -> tuple[float, set[str], tuple[list[Any], list[Any]]]:
    """The rows, and the hour."""
    from django.core.management import call_command
    from django.db import connections

    from ingest import parse
    from tests.soak import stage

    call_command("collectstatic", interactive=False, verbosity=0)  # pages name static files by their hashes
    stage.sources(of)
    parse.stop()
    asks = stage.reading(asked.pages)
    ahead = STARTING + max(15.0, asked.minutes * 60 * BEFORE)
    hour = math.ceil(time.time() + ahead)
    environment |= zone.make(var / "zones", datetime.fromtimestamp(hour, UTC))
    due = stage.due_at_the_hour(asked.readers)
    stage.spread()
    connections.close_all()
    return hour, due, asks


@contextmanager
def _asking(
    running: Running, asks: tuple[list[Any], list[Any]], asked: argparse.Namespace
) -> Iterator[Connection]:
    port = int(running.url.rsplit(":", 1)[1])
    pages, calls = asks
    kinds = {"pages": (port, pages, asked.pages), "API": (port, calls, asked.api)}
    ours, theirs = (context := get_context("spawn")).Pipe()
    process = context.Process(target=ask, args=(theirs, kinds, asked.minutes * 60, asked.seed), daemon=True)
    process.start()
    theirs.close()  # so that its end is noticed
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def _parts(running: Running, server: Any) -> dict[str, list[psutil.Process]]:
    """All that an installation runs, with its parsers among the workers."""
    nutgraf, postmaster = psutil.Process(running.process.pid), psutil.Process(server.get_pid())
    workers = _workers(running)
    known = {one.pid for one in workers}
    others = [one for one in nutgraf.children(recursive=True) if one.pid not in known]
    web = [one for one in others if "granian" in " ".join(one.cmdline())]
    rest = [nutgraf, *(one for one in others if one not in web)]
    return {"web": web, "worker": workers, "postgres": [postmaster, *postmaster.children()], "rest": rest}


def _workers(running: Running) -> list[psutil.Process]:
    first = [one for one in running.children(" worker ") if one.ppid() == running.process.pid]
    return [process for one in first for process in (one, *one.children(recursive=True))]


def _stop(running: Running, trouble: Troublemaker) -> None:
    """In good order, as a deploy does; whose task takes longer than the grace is killed, which the judge must know.

    Then what the dead had asked for is closed as the sweep does it after its lease."""
    processes = len(_workers(running))
    running.stop(signal.SIGTERM)
    trouble.trouble.kills.append((time.time(), processes))
    trouble.end_leases(CALLS)
    from inference.tasks import sweep_calls

    sweep_calls()


def _judged(trial: Trial, provider: ModelServer, looks: dict[str, int]) -> dict[str, Any]:
    asked, trouble = trial.asked, trial.trouble
    per_look = trial.memory.processor["worker"] / max(1, sum(looks.values()))
    schedule = _simulated(asked.sources, per_look)
    instance = trial.running.instance
    verified = json.loads(instance.manage("ledger", "verify", "--json").stdout)
    verdict = judge_books(provider, trial.model.seen, trouble.trouble, LONGEST)
    left = bills_on_disk(instance.var)
    wrong = [*verdict.discrepancies, *([f"{left} bills wait on disk"] if left else [])]
    pages, api = trial.measured["pages"], trial.measured["API"]
    arrived = trial.post.arrivals(trial.hour)
    deeds = [done.split(", ")[1].partition(":")[0] for done in trouble.done]
    criteria = [
        *judge.digests(trial.due, arrived),
        *judge.load(pages, api),
        *judge.staleness(trial.stale, schedule["lateness_seconds"]["p99"] / 60),
        judge.memory(judge.until(trial.load_ended, trial.memory.samples)),
        *judge.ledger([f"{one['name']}: {one['detail']}" for one in verified["broken"]], wrong),
        judge.trouble(deeds.count("worker"), deeds.count("broker")),
    ]
    after = sorted(one.minutes for one in arrived)
    return {
        "asked": {name: value for name, value in vars(asked).items() if name != "logs"},
        "criteria": [one.told() for one in criteria],
        "kept": all(one.kept for one in criteria),
        "trouble": trouble.done,
        "digests": {"came": len(after), "minutes_after_the_hour": told.spread(after), **told.states()},
        "pages_ms": told.milliseconds(pages),
        "api_ms": told.milliseconds(api),
        "looks": looks,
        "worker_ms_per_look_with_all_else": round(per_look * 1000, 1),
        "simulated": schedule,
        "processor_seconds": {part: round(spent) for part, spent in trial.memory.processor.items()},
        "memory_mb": [held for _, held in trial.memory.samples[:: max(1, len(trial.memory.samples) // 30)]],
        "calls": dict(Counter(one.kind for one in trial.model.seen)),
        "cut_off": len(verdict.cut_off),
        **told.rows(),
    }


def _simulated(sources: int, processor: float) -> dict[str, Any]:
    from bench.polling import Simulation

    found: dict[str, Any] = Simulation(sources, processor).run()
    return found


def _keep_logs(var: Path, folder: Path | None) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(var / "stderr", folder / "stderr")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

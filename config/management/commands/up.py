"""`manage.py up`: embedded Postgres, migrations, sources, web, worker and beat under one roof."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import logging
import os
import socket
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, connections

from config.celery import QUEUES
from config.database import HALF, half_restored, migrate_if_needed
from config.embedded import CannotStart, abandon, deleted, revive
from config.supervise import Supervisor
from inference import book
from inference.errors import BadPrices
from ingest import catalogue, stories

SAMPLE_AFTER = 6.0  # seconds without a first article before the bundled sample fills the page
# Workers tell each other nothing; with pgmq, each word of their heartbeats would be an error in the database's log.
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
BEHIND = 5  # how far the worker stands behind whoever waits for a page (as of nice)
REVIVE_AFTER = 2.0  # seconds between two tries to start a database that does not
log = logging.getLogger("config.up")


class Command(BaseCommand):
    help = "Start everything: http://127.0.0.1:8000. Ctrl-C stops it."
    requires_system_checks = []  # they load every page; what can be wrong here is refused in one line below

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-sample", action="store_true", help="never show the bundled sample edition")
        parser.add_argument(
            "--no-catalogue", action="store_true", help="read only sources you added yourself"
        )

    def handle(self, *args: Any, port: int, no_sample: bool, no_catalogue: bool, **options: Any) -> None:
        url = f"http://127.0.0.1:{port}"
        _refuse_bad_prices()
        lock = _lock(settings.NUTGRAF_VAR, url)
        _refuse_taken(port)
        if half_restored():
            raise CommandError(HALF)
        migrate_if_needed()
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        if not no_catalogue:
            catalogue.load()
        connections.close_all()
        supervisor = Supervisor(_environment(port))
        try:
            _start_children(supervisor, port)
            supervisor.run(_Watch(url, supervisor, lock, wants_sample=not no_sample))
        finally:
            supervisor.stop()
        if _deleted(lock):
            abandon()
            raise CommandError(f"{settings.NUTGRAF_VAR} was deleted while Nutgraf ran from it: stopped")
        _tell("Nutgraf stopped.\n")
        lock.close()


class _Watch:
    """What `up` looks at while the children run: is the first page there, and is there anything on it?"""

    def __init__(self, url: str, supervisor: Supervisor, lock: IO[str], wants_sample: bool) -> None:
        self.url, self.supervisor, self.wants_sample, self.served = url, supervisor, wants_sample, False
        self.lock = lock
        self.told = False
        self.began = self.asked = self.revive_at = time.monotonic()

    def __call__(self) -> None:
        if _deleted(self.lock):
            self.supervisor.kill()  # asked to stop, they would first try to reach what is gone
            return
        self._revive()
        if not self.served and time.monotonic() - self.asked > 0.5:
            self.asked = time.monotonic()
            self.served = _answers(self.url)
        if self.served and not self.told:
            self.told = True
            _tell(f"\nNutgraf is ready: {self.url}\nCtrl-C stops it.\n\n")
        if self.wants_sample and time.monotonic() - self.began > SAMPLE_AFTER:
            self.wants_sample = False
            close_old_connections()
            if not stories.any_real():
                log.info("no source has answered yet: the bundled sample edition fills the first page")
                # Not through the queue, where it would wait behind the sources that do not answer.
                self.supervisor.start("sample", sys.executable, "manage.py", "ingest", "--sample", once=True)
            connections.close_all()

    def _revive(self) -> None:
        """The database is a child like the others: one that was killed is started again."""
        if time.monotonic() < self.revive_at:
            return
        try:
            if revive():
                log.error("the embedded Postgres was gone and is started again")
        except CannotStart as error:
            log.error("%s; again in %.0f s", error, REVIVE_AFTER)
            self.revive_at = time.monotonic() + REVIVE_AFTER


def _tell(words: str) -> None:
    if settings.LOG_FORMAT == "json":
        log.info(" ".join(words.split()))
        return
    with contextlib.suppress(OSError):  # a disk full of logs is no reason to stop
        sys.stderr.write(words)
        sys.stderr.flush()


def _lock(var: Path, url: str) -> IO[str]:
    """Held while we run. Two of us on one state directory would fight over its database."""
    file = (var / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        raise CommandError(f"Nutgraf already runs from {var}: {file.read().strip()}") from None
    file.truncate(0)
    file.write(f"{url} (process {os.getpid()})")
    file.flush()
    return file


def _deleted(lock: IO[str]) -> bool:
    """Whether the state directory was taken away: the lock we hold is no longer the file of that name."""
    try:
        ours = os.path.samestat(os.stat(lock.name), os.fstat(lock.fileno()))
    except OSError:
        ours = False
    return not ours or bool(deleted())


def _refuse_bad_prices() -> None:
    if not settings.NUTGRAF_PRICES:
        return
    try:
        book.own_prices(settings.NUTGRAF_PRICES)
    except BadPrices as error:
        raise CommandError(str(error), returncode=2) from None


def _refuse_taken(port: int) -> None:
    if not 1 <= port <= 65535:
        raise CommandError(f"--port {port}: allowed are 1 to 65535", returncode=2)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"port {port} cannot be used ({error.strerror}); choose one with --port"
            ) from None


def _environment(port: int) -> dict[str, str]:
    return {
        **os.environ,
        "NUTGRAF_URL": os.environ.get("NUTGRAF_URL", f"http://127.0.0.1:{port}"),
        "NUTGRAF_VAR": str(settings.NUTGRAF_VAR),
        "PYTHONPATH": str(settings.BASE_DIR),
        "OPENBLAS_NUM_THREADS": "1",  # the vectors are small; a thread pool in each process only costs memory
        # Celery warns root at every start; in a container root is usual, and nothing here unpickles.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
    }


def web_command(port: int) -> tuple[str, ...]:
    """How the web process is started; the application comes last."""
    where = ("--host", "127.0.0.1", "--port", str(port))
    how = ("--interface", "wsgi", "--log-level", "warning", "--no-ws", "--blocking-threads", "4")
    many = ("--workers", str(settings.NUTGRAF_WEB_PROCESSES or _processes_that_fit()))
    return (sys.executable, "-m", "granian", *where, *how, *many, "config.wsgi:application")


def _processes_that_fit() -> int:
    """One for each core that we may use, two at most: each takes 150 MB. One where each would load a model beside."""
    return 1 if settings.NUTGRAF_MODEL_EMBED.startswith("local:") else min(2, _cores())


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # a container's share may be less than the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start_children(supervisor: Supervisor, port: int) -> None:
    python = sys.executable
    os.chdir(settings.BASE_DIR)
    supervisor.start("web", *web_command(port))
    celery = (python, "-m", "celery", "--quiet", "-A", "config")
    quiet = ("--loglevel", "WARNING")
    worker = ("-c", "2", "-Q", ",".join(QUEUES), *ALONE, *quiet)
    supervisor.start("worker", *celery, "worker", *worker, behind=BEHIND)
    supervisor.start("beat", *celery, "beat", "--pidfile", "", *quiet)


def _answers(url: str) -> bool:
    """Whether the front page is served, asked for as the proxy in front of it would."""
    public = urlsplit(settings.NUTGRAF_URL)
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
    local = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        local.request("GET", "/", headers=headers)
        return local.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        local.close()

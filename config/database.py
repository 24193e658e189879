"""Brings a database up to date: migrations and, where the queue lies in Postgres, its schema."""

from __future__ import annotations

import contextlib
import io

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from pgmq.install import get_embedded_install_sql

from config.environment import stop

# Any number works as long as nobody else uses it: two processes that start together must not both migrate.
MIGRATION_LOCK = 0x6E757467
QUEUE_LOCK = MIGRATION_LOCK + 1


HALF_RESTORED = "nutgraf_half_restored"  # a table
HALF = (
    "a restore of this database did not come to its end: start nothing on it, and run `restore --force` again"
)


class Unusable(Exception):
    """Why the database at DATABASE_URL cannot serve, in one line that shows no password."""


def refuse_unusable() -> None:
    """Raises Unusable when a server of the user's own does not answer or lacks pgvector; the embedded one has it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT installed_version IS NOT NULL, trusted OR (SELECT rolsuper FROM pg_roles WHERE rolname = user)
                FROM pg_available_extensions a JOIN pg_available_extension_versions v USING (name)
                WHERE name = 'vector' AND version = default_version
                """
            )
            found = cursor.fetchone()
    except OperationalError as error:
        raise Unusable(f"DATABASE_URL: cannot connect to {_where()}: {_reason(error)}") from None
    if found is None:
        raise Unusable(
            f"DATABASE_URL: the Postgres at {_where()} has no pgvector; install that extension there"
        )
    installed, may_install = found
    if not (installed or may_install):
        raise Unusable(
            f"DATABASE_URL: the extension vector is missing in the database at {_where()}, and its user may not create "
            "it; let a superuser say CREATE EXTENSION vector there"
        )


def half_restored() -> bool:
    """Whether mails would go again from a database that a restore left before its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{HALF_RESTORED}"])
        return bool(cursor.fetchone()[0])


def refuse_half_restored() -> None:
    """For workers and beat: stop in one line. A database that does not answer is waited for elsewhere."""
    with contextlib.suppress(OperationalError):
        try:
            if half_restored():
                stop(f"nutgraf: {HALF}")
        finally:
            connection.close()  # before the worker forks


def _where() -> str:
    at = connection.settings_dict
    return f"{at['HOST'] or 'the local socket'}:{at['PORT'] or 5432}/{at['NAME']}"


def _reason(error: Exception) -> str:
    """The server's or the network's own words: the last part of libpq's first line."""
    return (str(error).strip().splitlines() or ["no answer"])[0].rpartition("failed: ")[2]


def migrate_if_needed() -> bool:
    """Apply or note what is missing, one process at a time. True when something was missing before its turn."""
    if _current():
        install_queue()
        return False
    apart = connection.copy()  # a transaction that holds the lock, behind a pooler too
    try:
        apart.set_autocommit(False)
        with (
            apart.cursor() as cursor
        ):  # where the server ends idle transactions, this one would lose its lock
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        call_command("migrate", interactive=False, verbosity=0, stdout=io.StringIO())
        install_queue()
    finally:
        apart.close()
    return True


def _current() -> bool:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(latest):
        return False
    # An older release knew of none that is squashed: `migrate` notes it, and `/health/ready` asks for it.
    return set(latest) <= executor.recorder.applied_migrations().keys()


def install_queue() -> None:
    """The PGMQ schema, as plain SQL, where the queue lies in a Postgres; nothing when the broker is another."""
    conninfo = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("conn_string")
    if not conninfo:
        return
    try:
        with psycopg.connect(conninfo, connect_timeout=10) as queue:
            queue.execute("SELECT pg_advisory_xact_lock(%s)", [QUEUE_LOCK])
            if not queue.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'").fetchone():
                queue.execute(get_embedded_install_sql())
    except psycopg.OperationalError as error:
        raise Unusable(
            f"CELERY_BROKER_URL: cannot connect to the queue's Postgres: {_reason(error)}"
        ) from None

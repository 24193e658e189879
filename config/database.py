"""Brings a database up to date: migrations, the cache table and, where the queue lies in Postgres, its schema."""

from __future__ import annotations

import io

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pgmq.install import get_embedded_install_sql

# Any number works as long as nobody else uses it: two processes that start together must not both migrate.
MIGRATION_LOCK = 0x6E757467


def migrate_if_needed() -> bool:
    """Apply what is missing, one process at a time. True when something was applied."""
    if _current():
        install_queue()
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0, stdout=io.StringIO())
            call_command("createcachetable", verbosity=0, stdout=io.StringIO())
            install_queue()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    return True


def _current() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def install_queue() -> None:
    """The PGMQ schema, as plain SQL, in our own database; nothing when the broker is elsewhere."""
    if "conn_string" not in settings.CELERY_BROKER_TRANSPORT_OPTIONS:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'")
        if not cursor.fetchone():
            cursor.execute(get_embedded_install_sql())

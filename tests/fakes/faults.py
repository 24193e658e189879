"""Faults from outside our code: a database that refuses a change, a worker whose time runs out."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from billiard.pool import soft_timeout_sighandler
from django.db import connection


@contextmanager
def refusing(table: str, when: str, words: str) -> Iterator[None]:
    """Postgres refuses every update of `table` that makes a row fit `when` (SQL over NEW), with an error of `words`.

    For tests with `transaction=True`: elsewhere the error would spoil the test's own transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{words}'; END $$;"
            f" CREATE TRIGGER fault BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION fault()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER fault ON {table}; DROP FUNCTION fault()")


@contextmanager
def soft_time_limit(seconds: float) -> Iterator[None]:
    """After so long this process gets the signal that Celery's pool sends its workers, with Celery's own handler."""
    before = signal.signal(signal.SIGUSR1, soft_timeout_sighandler)
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        signal.signal(signal.SIGUSR1, before)

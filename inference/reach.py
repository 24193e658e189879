"""A database that cannot be reached, in the ledger's own words: no ledger, no call."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from inference.errors import LedgerDown

log = logging.getLogger(__name__)


@contextmanager
def reachable() -> Iterator[None]:
    """Raise LedgerDown for a lost database, and let go of the connection so that the next use makes a new one."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if not connection.in_atomic_block:
            _let_go()
        raise LedgerDown(f"the ledger cannot be reached: {error}") from error


def _let_go() -> None:
    try:
        connection.close()
    except DatabaseError as error:
        log.warning("closing a broken database connection: %s", error)

"""Locks that are held across transactions of ours and requests to others, and end with who holds them.

They belong to a session of the database. Behind a pooler that lends sessions by the transaction we have none: there a
transaction of its own holds them, which does nothing else and keeps no old row from being cleared away.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import Error, connection

CLAIM = (
    "SELECT key, pg_try_advisory_{kind}lock(%s, hashtext(key)) FROM unnest(%s::text[]) AS key",
    "SELECT pg_advisory_unlock(%s, hashtext(key)) FROM unnest(%s::text[]) AS key",
)


@contextmanager
def taken(space: int, keys: Sequence[str]) -> Iterator[set[str]]:
    """Those of the keys that nobody else has in that space (any number of 32 bits): ours until the block ends."""
    if not keys:
        yield set()
        return
    take, give_back = CLAIM
    if settings.NUTGRAF_POOLER:
        with _transaction(take.format(kind="xact_"), space, keys) as ours:
            yield ours
        return
    with connection.cursor() as cursor:
        cursor.execute(take.format(kind=""), [space, list(keys)])
        ours = {key for key, locked in cursor.fetchall() if locked}
    try:
        yield ours
    finally:
        with connection.cursor() as cursor:
            cursor.execute(give_back, [space, sorted(ours)])


@contextmanager
def _transaction(take: str, space: int, keys: Sequence[str]) -> Iterator[set[str]]:
    apart = connection.copy()
    try:
        apart.set_autocommit(False)
        with apart.cursor() as cursor:
            cursor.execute(take, [space, list(keys)])
            ours = {key for key, locked in cursor.fetchall() if locked}
        yield ours
    finally:
        with contextlib.suppress(Error):  # one that the server has ended holds nothing any more
            apart.rollback()
        with contextlib.suppress(Error):
            apart.close()

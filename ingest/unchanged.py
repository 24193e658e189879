"""Stores looks that found nothing new, many in one statement: nearly all looks are of that kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from ingest import work
from ingest.models import Source


@dataclass(frozen=True)
class Unchanged:
    """A look at a source that is as it was: when to look again, and what to send along then."""

    source: Source
    wait: timedelta
    etag: str
    last_modified: str


def store(looks: Sequence[Unchanged], now: datetime) -> set[int]:
    """Finish the work of these sources, as `work.finish` does; keys of those that were still ours."""
    if not looks:
        return set()
    with transaction.atomic(), connection.cursor() as cursor:
        work.hurry()
        cursor.execute(
            """
            UPDATE ingest_source s
            SET due_at = now() + l.wait, lease_until = NULL, attempt = 0, error = '', failures = 0, told_at = NULL,
                last_checked_at = %s, last_success_at = %s, etag = l.etag, last_modified = l.last_modified
            FROM unnest(%s::bigint[], %s::int[], %s::interval[], %s::text[], %s::text[])
              AS l(id, attempt, wait, etag, last_modified)
            WHERE s.id = l.id AND s.attempt = l.attempt
            RETURNING s.id
            """,
            [
                now,
                now,
                [one.source.pk for one in looks],
                [one.source.attempt for one in looks],
                [one.wait for one in looks],
                [one.etag for one in looks],
                [one.last_modified for one in looks],
            ],
        )
        return {key for (key,) in cursor.fetchall()}

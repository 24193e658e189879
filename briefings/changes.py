"""What of a reader's changed since a moment, for devices that keep a copy of it.

A row says by which transaction it was changed last. Transactions end in another order than they begin, so the next look
starts at the oldest that is still under way now: something may be told twice, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from briefings.models import State, Tombstone
from users.models import User

KEPT = timedelta(days=120)  # a tombstone: longer than any device's token lasts without use


@dataclass(frozen=True, slots=True)
class Change:
    """`key` names what changed among those of its `kind`: an edition by its date, a saved or read brief by its id,
    a correction by its number. `gone`: it is no longer there.
    """

    changed: int
    kind: str
    key: str
    gone: bool

    @property
    def place(self) -> tuple[int, str, str]:
        return self.changed, self.kind, self.key


SINCE = """
SELECT changed, kind, key, gone FROM (
    SELECT changed, 'edition' AS kind, local_date::text AS key, state <> %(ready)s AS gone
    FROM briefings_edition
    WHERE reader_id = %(reader)s AND changed >= %(start)s AND (state = %(ready)s OR prepared_at IS NOT NULL)
    UNION ALL
    SELECT changed, 'saved', brief_id, false FROM briefings_saved
    WHERE reader_id = %(reader)s AND changed >= %(start)s
    UNION ALL
    SELECT changed, 'read', brief_id, false FROM briefings_opened
    WHERE reader_id = %(reader)s AND changed >= %(start)s
    UNION ALL
    SELECT changed, 'correction', id::text, false FROM briefings_correction
    WHERE changed >= %(start)s AND brief_id IN (
        SELECT item.brief_id
        FROM briefings_editionitem item JOIN briefings_edition edition ON edition.id = item.edition_id
        WHERE edition.reader_id = %(reader)s AND edition.state = %(ready)s
    )
    UNION ALL
    SELECT changed, kind, key, true FROM briefings_tombstone
    WHERE reader_id = %(reader)s AND changed >= %(start)s
) AS change
WHERE (changed, kind, key) > (%(changed)s, %(kind)s, %(key)s)
ORDER BY changed, kind, key LIMIT %(most)s
"""


def now() -> tuple[int, int]:
    """The oldest transaction under way, where the next look has to start, and the first that has not begun."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint"
            " FROM pg_current_snapshot() now"
        )
        oldest, coming = cursor.fetchone()
    return int(oldest), int(coming)


def since(user: User, start: int, after: tuple[int, str, str] | None, most: int) -> Sequence[Change]:
    """The reader's changes from transaction `start` on, the oldest first, from `after` that place on."""
    changed, kind, key = after or (-1, "", "")
    values: dict[str, int | str] = {"reader": user.pk, "ready": State.READY, "start": start, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(SINCE, values | {"changed": changed, "kind": kind, "key": key})
        return [Change(*row) for row in cursor.fetchall()]


def forget(at: datetime) -> int:
    """Delete the tombstones that no device needs any more; the number deleted."""
    gone, _ = Tombstone.objects.filter(gone_at__lt=at - KEPT).delete()
    return gone

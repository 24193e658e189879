"""Plans the pushes of editions whose hour has come, beside their mails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models.functions import Now

from briefings.models import Edition
from briefings.push import keys
from briefings.push.models import PushDelivery, PushSubscription


def queue(rows: Sequence[Edition], due_at: datetime | Now | None = None) -> None:
    """A queued push of each edition to each subscription of its reader that nothing is held at, once."""
    if not rows or not keys.public_key():
        return
    wanting = PushSubscription.objects.filter(reader__in={row.reader_id for row in rows}, held="")
    of_reader: dict[int, list[int]] = {}
    for key, reader in wanting.values_list("pk", "reader_id"):
        of_reader.setdefault(reader, []).append(key)
    planned = [
        PushDelivery(edition=row, subscription_id=key, due_at=due_at or Now(), held_by="")
        for row in rows
        for key in of_reader.get(row.reader_id, ())
    ]
    PushDelivery.objects.bulk_create(planned, ignore_conflicts=True)

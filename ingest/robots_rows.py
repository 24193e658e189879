"""Keeps what is known of robots.txt files in the database, so that a host is asked for its own once a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from ingest import models, work
from ingest.robots import Gate, Robots, gate, origin_of

_COLUMNS = ("body", "answered_at", "silent_since", "checked_at")


@contextmanager
def opened(urls: Sequence[str], now: datetime) -> Iterator[Gate]:
    """A gate to the pages at `urls` that knows what is stored; what it learns is stored at the end of the block."""
    rows = models.Robots.objects.filter(origin__in={origin_of(url) for url in urls})
    known = {
        origin: Robots(bytes(body), *times) for origin, body, *times in rows.values_list("origin", *_COLUMNS)
    }
    gate_ = gate(known, urls, now)
    yield gate_
    with transaction.atomic():
        work.hurry()
        models.Robots.objects.bulk_create(
            [models.Robots(origin=one, **asdict(gate_.known[one])) for one in sorted(gate_.learnt)],
            update_conflicts=True,
            unique_fields=["origin"],
            update_fields=_COLUMNS,
        )

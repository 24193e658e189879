"""Everything that watching asks the database for, together, in a few statements that cannot hold anybody up."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from config.watch import hour, work
from config.watch.hour import Hour
from config.watch.lately import Lately
from config.watch.models import Alert
from config.watch.work import LateDigests, Waiting
from inference import budgets
from inference.budgets import Standing

LONGEST = 3000  # milliseconds of one statement
FRESH = 5.0  # seconds: however often somebody asks, the database is asked once in so many by each process


@dataclass(frozen=True, slots=True)
class Seen:
    """How the service does `at` a moment. `alerts` are those that are on. `took` is the seconds of looking."""

    at: datetime
    waiting: Sequence[Waiting]
    digests: LateDigests
    hour: Hour
    budgets: Sequence[Standing]
    alerts: Sequence[Alert]
    took: float


def look(now: datetime) -> Seen:
    """Raises DatabaseError when the database is away, or takes longer than a statement may."""
    began = time.perf_counter()
    with briefly():
        return Seen(
            now,
            work.waiting(),
            work.late_digests(now),
            hour.outcomes(),
            budgets.standing(now),
            list(Alert.objects.filter(since__isnull=False).order_by("since")),
            time.perf_counter() - began,
        )


@contextmanager
def briefly() -> Iterator[None]:
    """One reading transaction whose statements end after `LONGEST`."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {LONGEST}")
        yield


# For addresses that anybody may ask as often as they like.
lately = Lately(lambda: look(timezone.now()), FRESH)

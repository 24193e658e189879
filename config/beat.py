"""When beat rings: each sweep at once, then by its interval."""

from __future__ import annotations

from datetime import UTC, datetime

from celery.beat import Scheduler

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class AtOnce(Scheduler):
    """Beat without a file of its own: what is due is told by rows, and a sweep that finds none costs little.

    Celery's own scheduler keeps in a file when it last rang, which a full disk, a folder taken away or a
    read-only one makes it end by; and where that file goes with its container, a sweep of each day is never
    due for a beat that is started anew more often.
    """

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = LONG_AGO

"""Beat: it rings each sweep at once, then by its interval, and loads no more than that takes."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import django
from celery.apps import beat
from celery.beat import Scheduler
from kombu import Connection

from config import brokers

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
log = logging.getLogger("config.beat")


class Beat(beat.Beat):
    """Beat that only names tasks. Celery's loads them, and by Django's checks every page, before it begins."""

    def init_loader(self) -> None:
        django.setup()


class AtOnce(Scheduler):
    """Beat without a file of its own: rows tell what is due, so that nothing is done twice by ringing too often.

    Celery's own scheduler keeps in a file when each sweep last rang. It ends where that file cannot be written: a full
    disk, a deleted or read-only folder. And where the file goes with its container, a daily sweep never comes due for a
    beat that is started anew more often than that.
    """

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = LONG_AGO

    def _ensure_connected(self) -> Connection:
        """As Celery's, which is asked when beat starts, but says once, and by the setting's name, what is away."""
        where = self.connection.as_uri()
        setting = "DATABASE_URL" if where == brokers.OURS else "CELERY_BROKER_URL"
        told = False

        def tell_once(error: Exception, seconds: float) -> None:
            nonlocal told
            if not told:
                told = True
                log.error("%s: cannot reach %s: %s; work waits until it answers", setting, where, error)

        return self.connection.ensure_connection(tell_once, self.app.conf.broker_connection_max_retries)

"""Tells the workers at once that a row waits; when nobody hears it, the next sweep finds the row all the same."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

EXPIRES = 60.0  # seconds; by then a sweep has been there
log = logging.getLogger("ingest.nudge")


def nudge(task: str, key: str | int, queue: str) -> None:
    """Send `task` with the row's key once the transaction commits. A broker that is away is only logged."""
    transaction.on_commit(lambda: _send(task, key, queue))


def _send(task: str, key: str | int, queue: str) -> None:
    try:
        current_app.send_task(task, [key], queue=queue, expires=EXPIRES, retry=False)
    except OperationalError as error:
        log.warning("no nudge for %s %s: %s", task, key, error)

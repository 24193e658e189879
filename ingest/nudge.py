"""Tells the workers at once that a row waits; when nobody hears it, the next sweep finds the row all the same."""

from __future__ import annotations

import logging
import threading
from contextvars import copy_context

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

EXPIRES = 60.0  # seconds; by then a sweep has been there
# Seconds that whoever asked waits for a broker: one that is away, or silent, can take any time.
PATIENCE = 1.0
MOST_WAITING = 4  # tellers that a silent broker may hold; no more are sent after them
_tellers = threading.BoundedSemaphore(MOST_WAITING)
log = logging.getLogger("ingest.nudge")


def nudge(task: str, key: str | int, queue: str) -> None:
    """Send `task` with the row's key once the transaction commits. A broker that is away is only logged, soon."""
    transaction.on_commit(lambda: _tell(task, key, queue))


def _tell(task: str, key: str | int, queue: str) -> None:
    if not _tellers.acquire(blocking=False):
        log.warning("no nudge for %s %s: the broker has not answered earlier ones", task, key)
        return

    def send() -> None:
        try:
            _send(task, key, queue)
        finally:
            _tellers.release()

    # In the context of who asks: the message carries the request's id and its trace.
    teller = threading.Thread(target=copy_context().run, args=(send,), daemon=True, name="nudge")
    try:
        teller.start()
    except RuntimeError as error:  # the system gives no more threads
        _tellers.release()
        log.warning("no nudge for %s %s: %s", task, key, error)
        return
    teller.join(PATIENCE)
    if teller.is_alive():
        log.warning("no nudge for %s %s yet: the broker takes its time", task, key)


def _send(task: str, key: str | int, queue: str) -> None:
    try:
        current_app.send_task(task, [key], queue=queue, expires=EXPIRES, retry=False)
    except OperationalError as error:
        log.warning("no nudge for %s %s: %s", task, key, error)
    except Exception:
        log.exception("no nudge for %s %s", task, key)

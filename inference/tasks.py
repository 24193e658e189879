"""Door handles for the timetable."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from inference import ledger, reconcile, spool
from inference.errors import InferenceError

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep_calls() -> None:
    """Every minute: post bills that waited for the database, then close calls abandoned past their lease."""
    spool.drain()
    ledger.sweep()


@shared_task(ignore_result=True)
def compare_with_provider() -> None:
    """Every few hours: close unknown calls by the provider's reports, and name what does not agree."""
    reconcile.free_of_charge()
    if not settings.OPENAI_ADMIN_KEY:
        return
    try:
        for statement in reconcile.run(timezone.now()).open:
            log.error("%s does not agree with the provider's report: %s", statement, statement.note)
    except InferenceError as error:
        log.warning("the provider's reports cannot be read: %s", error)

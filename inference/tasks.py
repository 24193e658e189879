"""Door handles for the timetable."""

from __future__ import annotations

from celery import shared_task

from inference import ledger, spool


@shared_task(ignore_result=True)
def sweep_calls() -> None:
    """Every minute: post bills that waited for the database, then close calls abandoned past their lease."""
    spool.drain()
    ledger.sweep()

"""Celery's door handle to the ledger's housekeeping."""

from __future__ import annotations

from celery import shared_task

from inference import ledger


@shared_task
def sweep_calls() -> None:
    """Close calls whose lease has run out: what was never sent is released, what was sent is unknown."""
    ledger.sweep()

"""The timetable's door handle to the watching."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from config.watch import alerts


@shared_task
def look() -> None:
    """Note what is wrong with the service, and mail what is to be told of it."""
    alerts.look(timezone.now())

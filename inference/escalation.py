"""Whether a piece of work may go to the strong model: for what the cheap one could not do, and seldom."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from inference.models import Call, Escalation, Purpose
from inference.reach import reachable

DAY = timedelta(hours=24)
ONE_IN = 50  # briefs of a day: at one in twenty the strong model would be a third of the bill
LOCK = 0x657363616C617465  # any number nobody else uses


def claim(work_key: str) -> bool:
    """Take one of the last day's places at the strong model for this work, one for each fifty briefs and the first.

    False where there is no stronger model, or no place left. Those who ask in the same moment are told one after the
    other. Work that has a place keeps it. Raises LedgerDown.
    """
    if settings.NUTGRAF_MODEL_STRONG == settings.NUTGRAF_MODEL_CHEAP:
        return False
    with reachable(), transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        taken = set(Escalation.objects.filter(at__gt=Now() - DAY).values_list("work_key", flat=True))
        if work_key not in taken:
            if len(taken) >= max(1, _briefs() // ONE_IN):
                return False
            Escalation.objects.create(work_key=work_key)
        return True


def _briefs() -> int:
    """How many briefs a model was asked for in the last day."""
    purposes = (Purpose.FACT_SHEET, Purpose.BRIEF)
    asked = Call.objects.filter(purpose__in=purposes, reserved_at__gt=Now() - DAY)
    return asked.values("work_key").distinct().count()

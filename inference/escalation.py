"""Whether a piece of work may go to the strong model: for what the cheap one could not do, and seldom."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import Now

from inference.models import Call, Purpose

DAY = timedelta(hours=24)
ONE_IN = 50  # briefs of a day, about: at one in twenty the strong model would be a third of the bill


def allowed() -> bool:
    """Whether one more brief of the last day may, and there is a stronger model at all. The first one always may.

    Those who ask in the same moment are told the same, so that there can be one more for each worker.
    """
    strong = settings.NUTGRAF_MODEL_STRONG
    if strong == settings.NUTGRAF_MODEL_CHEAP:
        return False
    purposes = (Purpose.FACT_SHEET, Purpose.BRIEF)
    found = Call.objects.filter(purpose__in=purposes, reserved_at__gt=Now() - DAY).aggregate(
        all=Count("work_key", distinct=True),
        raised=Count("work_key", distinct=True, filter=Q(model=strong)),
    )
    return bool(found["raised"] < max(1, found["all"] // ONE_IN))

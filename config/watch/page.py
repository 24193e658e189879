"""The page for those who run the service: what is due, what was given up, what came of the last hour, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.outage import unreachable
from config.watch import broker, seen
from config.watch.hour import Hour
from config.watch.models import Alert
from config.watch.seen import Seen
from config.watch.trouble import TITLES, duration
from config.watch.work import MOST, Kind, Waiting
from inference.disk import rooms
from users.staff import staff_only


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of work as it is shown; `address` leads to its rows in the admin, if these are there."""

    waiting: Waiting
    oldest: str
    limit: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """An alert in words; `since` or `ended` says whether it is on."""

    title: str
    words: str
    since: datetime | None
    ended: datetime | None
    told: datetime | None
    error: str


@never_cache
@staff_only
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    try:
        context = _context(seen.look(now), list(Alert.objects.exclude(seen_at=None).order_by("-seen_at")))
    except DatabaseError as error:
        if unreachable(error):
            raise
        return render(
            request, "watch/status.html", {"slow": True, "seconds": seen.LONGEST // 1000}, status=503
        )
    return render(request, "watch/status.html", context)


def _context(found: Seen, alerts: Sequence[Alert]) -> dict[str, Any]:
    oldest = max(found.waiting, key=lambda one: one.oldest)
    told = [_told(one) for one in alerts]
    return {
        "found": found,
        "rows": [_row(one) for one in found.waiting],
        "due": sum(one.due for one in found.waiting),
        "resting": sum(one.resting for one in found.waiting),
        "oldest": duration(oldest.oldest) if oldest.oldest else "",
        "oldest_of": oldest.kind.words,
        "longest": duration(found.digests.longest),
        "on": [one for one in told if one.since],
        "over": [one for one in told if not one.since],
        "outcomes": _outcomes(found.hour),
        "queues": broker.lately(),
        "disks": list(rooms()),
        "most": MOST,
    }


def _row(one: Waiting) -> Row:
    limit = duration(one.kind.limit.total_seconds())
    return Row(one, duration(one.oldest) if one.due else "", limit, _address(one.kind))


def _address(kind: Kind) -> str:
    if not admin.site.is_registered(kind.model):
        return ""
    meta = kind.model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def _told(row: Alert) -> Told:
    return Told(
        TITLES.get(row.kind, row.kind),
        row.words,
        row.since,
        row.ended_at,
        row.told_at,
        row.error if row.since else "",
    )


def _outcomes(hour: Hour) -> list[tuple[str, int, int]]:
    """What was done in the last hour: in words, how often it went well, and how often it did not."""
    calls = hour.calls
    answered = sum(calls.get(state, 0) for state in ("settled", "trued_up"))
    return [
        ("Sources looked at", hour.looks.get("ok", 0), hour.looks.get("failed", 0)),
        (
            "Briefs written, by a model and without",
            hour.briefs.get("model", 0),
            hour.briefs.get("extractive", 0),
        ),
        (
            "Mails sent; of two days, failed or unknown",
            hour.deliveries.get("sent", 0),
            sum(hour.troubled.values()),
        ),
        ("Calls answered, and not", answered, calls.get("released", 0) + calls.get("unknown", 0)),
    ]

"""Addresses whose mail comes back or is complained of: the digest is held, until its reader turns it on again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from users.models import MailEvent, ReportTally, Suppression, User

TAKEN_FOR = timedelta(days=30)  # after what a report tells of; providers try for days
CLOCKS = timedelta(days=1)  # by which a provider's clock may be ahead of ours
_HELD = Q(lifted_at=None)


def among(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses (lower case) that no digest goes to."""
    held = Suppression.objects.filter(_HELD, email__in=set(addresses))
    return set(held.values_list("email", flat=True))


def of(address: str) -> Suppression | None:
    """Why no digest goes to the address; None where it does."""
    return Suppression.objects.filter(_HELD, email=address.lower()).first()


def hold(address: str, kind: str, detail: str, happened_at: datetime) -> bool:
    """No digest goes there from now on. False when the reader has turned it on again since, it is held already, or the
    address is no reader's: then nothing of it is kept."""
    email = address.strip().lower()
    with transaction.atomic():
        if not User.objects.select_for_update(no_key=True).filter(email=email).exists():
            return False
        row, new = Suppression.objects.select_for_update().get_or_create(
            email=email, defaults={"kind": kind, "detail": detail[:300], "since": happened_at}
        )
        if new:
            return True
        if row.lifted_at is None or happened_at <= row.lifted_at:
            return False
        row.kind, row.detail, row.since, row.lifted_at = kind, detail[:300], happened_at, None
        row.save()
    return True


def lift(address: str) -> None:
    """The reader wants the digest again. What is reported of earlier holds it no more; what comes back anew does."""
    Suppression.objects.filter(_HELD, email=address.lower()).update(lifted_at=Now())


def forget(address: str) -> None:
    """The address belongs to nobody here any more."""
    Suppression.objects.filter(email=address.lower()).delete()


def forget_reports(now: datetime) -> None:
    """What tells a repetition is kept longer than a report is taken; of one that gives no time, for good."""
    known = MailEvent.objects.filter(happened_at__isnull=False)
    known.filter(received_at__lt=now - TAKEN_FOR - 2 * CLOCKS).delete()


def is_taken(happened_at: datetime | None, now: datetime) -> bool:
    """Whether a report of that time is acted on: not one that may have been forgotten."""
    return happened_at is None or now - TAKEN_FOR <= happened_at <= now + CLOCKS


def once(key: str, kind: str, happened_at: datetime | None) -> bool:
    """Whether a provider's report is the first of its `key`."""
    defaults = {"kind": kind, "happened_at": happened_at}
    return MailEvent.objects.get_or_create(key=key[:200], defaults=defaults)[1]


def count(provider: str, outcome: str) -> None:
    """One more of the provider's reports came to this end."""
    ReportTally.objects.bulk_create([ReportTally(provider=provider, outcome=outcome)], ignore_conflicts=True)
    ReportTally.objects.filter(provider=provider, outcome=outcome).update(count=F("count") + 1)


def report(key: str, address: str, kind: str, detail: str, happened_at: datetime | None) -> bool:
    """Act on a provider's report, once by its `key`. False when it was told before."""
    with transaction.atomic():
        new = once(key, kind, happened_at)
        if new:
            hold(address, kind, detail, happened_at or timezone.now())
    return new

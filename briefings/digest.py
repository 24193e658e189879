"""Each reader's edition by email at the reader's hour: what the tasks and `manage.py digest` call."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models.functions import Now

from briefings import correct, due, edition, letters, planning
from briefings.models import Delivery, Edition, State
from briefings.planning import queue_deliveries as queue_deliveries
from briefings.planning import queue_editions as queue_editions
from briefings.sending import Postman, claim
from users.models import Profile, User

ROUND = 200.0  # seconds that one task goes on sending


@dataclass
class Tally:
    """What one run of the digest did, by delivery."""

    due: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    unknown: int = 0
    lines: list[str] = field(default_factory=list)


def readers_due(now: datetime) -> Iterator[tuple[User, date]]:
    """Readers who want the email and whose local hour has come today, with that local date."""
    profiles = Profile.objects.filter(user__is_active=True, digest=True).select_related("user")
    for profile in profiles.iterator(chunk_size=2000):
        day = due.due_date(due.clock_of(profile), now)
        if day and profile.wants_mail(day):
            yield profile.user, day


def prepare(edition_id: str, now: datetime) -> Edition | None:
    """The edition filled and frozen, and its letter made; None where nothing was frozen."""
    row = edition.prepare(edition_id, now)
    if row and row.goes_at and row.reader.is_active and row.reader.profile.wants_mail(row.local_date):
        letters.make(row, now)
    return row


def delivery_for(row: Edition) -> Delivery:
    """The edition's email delivery, queued when it is new."""
    Delivery.objects.bulk_create([planning.new_delivery(row, Now())], ignore_conflicts=True)
    return Delivery.objects.get(edition=row, channel="email")


def deliver(delivery_id: int, now: datetime) -> Delivery | None:
    """Send one delivery. None when it is done, another worker has it, or it is gone with its reader.

    A row found half-sent is never sent again: the server may have taken it.
    """
    rows = claim([delivery_id])
    if not rows:
        return None
    with Postman(now) as postman:
        postman.carry(rows)
    return Delivery.objects.filter(pk=delivery_id).first()  # it went with a reader who left meanwhile


def deliver_due(now: datetime) -> int:
    """Send whatever is due, for some minutes at most; how many were claimed."""
    begun, claimed = time.monotonic(), 0
    with Postman(now) as postman:
        while time.monotonic() - begun < ROUND and (some := postman.batch()):
            claimed += some
    return claimed


def run(now: datetime, dry_run: bool = False) -> Tally:
    """Everything due at `now`, in the foreground: prepare, queue, send. `dry_run` writes and sends nothing."""
    tally = Tally()
    if not dry_run:
        correct.catch_up(now)
    for user, day in list(readers_due(now)):
        done = Delivery.objects.filter(edition__reader=user, edition__local_date=day).exclude(
            state=Delivery.State.QUEUED
        )
        if done.exists():
            continue
        tally.due += 1
        if dry_run:
            tally.lines.append(f"{user.email}: edition of {day}")
            continue
        _count(tally, _run_one(user, day, now))
    return tally


def _run_one(user: User, day: date, now: datetime) -> Delivery | None:
    row = edition.request(user, day)
    if row.state == State.QUEUED:
        prepared = edition.prepare(row.pk, now)
        if prepared is None:
            return None
        row = prepared
    delivery = delivery_for(row)
    return deliver(delivery.pk, now) or delivery


def _count(tally: Tally, row: Delivery | None) -> None:
    if row is None or row.state == Delivery.State.SKIPPED:
        tally.skipped += 1
    elif row.state == Delivery.State.SENT:
        tally.sent += 1
    elif row.state == Delivery.State.UNKNOWN:
        tally.unknown += 1
    else:
        tally.failed += 1
    if row is not None and row.error:
        tally.lines.append(f"{row.edition.reader.email}: {row.error}")

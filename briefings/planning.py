"""Plans who gets an edition and a mail, and when: the sweeps ask here, and only indexes are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from briefings import due, edition
from briefings.changing import TRANSACTION
from briefings.models import NOT_KNOWN, Delivery, Edition, State
from briefings.push import plan as pushes
from users import suppressed
from users.models import Profile

BATCH = 2000
MOST = 60_000  # readers or mails of one sweep; the next one goes on
LOOK_BACK = timedelta(days=1)
# Why what was planned did not go, by mail or push, as its row says.
UNWANTED = "the reader does not want it any more"
TOO_LATE = "too late: more than twelve hours after it could go"


def queue_editions(now: datetime) -> None:
    """A queued edition for every reader whose hour is near, by mail or not; again for one without real news so far."""
    for _ in range(MOST // BATCH):
        if _plan_batch(now) < BATCH:
            break
    recent = Q(prepared_at__gt=now - LOOK_BACK, prepared_at__lt=now - edition.AGAIN)
    bare = Edition.objects.filter(
        recent, bare=True, state=State.READY, deliveries=None, pushes=None, reader__is_active=True
    )
    for row in bare.select_related("reader__profile")[:BATCH]:
        edition.request(row.reader, row.local_date, ahead=True)


def queue_deliveries(now: datetime) -> None:
    """A queued delivery and pushes, as its reader wants, for every ready edition whose hour is not half a day past."""
    for _ in range(MOST // BATCH):
        if _queue_batch(now) < BATCH:
            break


def new_delivery(row: Edition, due_at: datetime | Now) -> Delivery:
    """The edition's email delivery, not stored yet. Its Message-ID never changes."""
    host = urlsplit(settings.NUTGRAF_URL).hostname or "localhost"
    return Delivery(
        edition=row, channel="email", message_id=make_msgid(domain=host), due_at=due_at, held_by=""
    )


def hour_of(row: Edition) -> datetime:
    """When (UTC) the edition's date has the reader's hour, by the reader's clock of now."""
    return due.moment(due.clock_of(row.reader.profile), row.local_date)


def could_go(row: Edition) -> datetime:
    """Its hour; for who signs up, or a service that comes back, after the hour: when the edition was asked for."""
    return max(hour_of(row), row.created_at)


def _plan_batch(now: datetime) -> int:
    """How many readers were planned; those another worker is planning are left to it."""
    with transaction.atomic():
        near = Profile.objects.filter(Q(slot_at__lte=now + due.AHEAD) | Q(slot_at=None))
        locked = near.select_for_update(skip_locked=True, of=("self",)).select_related("user")
        profiles = list(locked.order_by("slot_at")[:BATCH])
        plans = [(one, due.plan(due.clock_of(one), now, one.onboarded_at)) for one in profiles]
        due_now = [(one, made.due) for one, made in plans if made.due and one.user.is_active]
        if due_now:
            moment, changed = _moment()
            wanted = [_edition(one, slot, moment, changed) for one, slot in due_now]
            Edition.objects.bulk_create(wanted, ignore_conflicts=True)
        _see_to_mails_anew([one.user_id for one in profiles if one.slot_at is None], now)
        never = now + timedelta(days=36500)
        _note_slots([(one.pk, made.following.at if made.following else never) for one, made in plans])
    return len(profiles)


def _moment() -> tuple[datetime, int]:
    """The database's time and the number of its transaction, as values.

    Rows without an expression in them Django hands over as one array a column; else each value has a place of its own
    in the statement, which takes twice as long for all of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT statement_timestamp(), {TRANSACTION}")
        moment, number = cursor.fetchone()
        return moment, number


def _edition(profile: Profile, slot: due.Slot, moment: datetime, changed: int) -> Edition:
    return Edition(
        reader=profile.user,
        local_date=slot.day,
        role=profile.role,
        industry=profile.industry,
        round_up=profile.weekly,
        asked=False,
        bare=False,
        due_at=moment,
        goes_at=slot.at,
        changed=changed,
    )


def _see_to_mails_anew(readers: Sequence[int], now: datetime) -> None:
    """After a change of habits: what has not gone out yet is looked at again by the new ones."""
    waiting = Edition.objects.filter(
        reader__in=readers, deliveries=None, local_date__gte=now.date() - LOOK_BACK
    )
    waiting.update(goes_at=NOT_KNOWN)


def _note_slots(slots: Sequence[tuple[int, datetime]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE users_profile SET slot_at = found.slot_at FROM "
            "(SELECT unnest(%s::bigint[]) AS id, unnest(%s::timestamptz[]) AS slot_at) AS found "
            "WHERE users_profile.id = found.id",
            [[pk for pk, _ in slots], [at for _, at in slots]],
        )


def _queue_batch(now: datetime) -> int:
    with transaction.atomic():
        come = Edition.objects.filter(goes_at__lte=now, state=State.READY)
        locked = come.select_for_update(skip_locked=True, of=("self",)).select_related("reader__profile")
        rows = list(locked.order_by("goes_at")[:BATCH])
        hours = {row.pk: hour_of(row) for row in rows}
        early = [row for row in rows if hours[row.pk] > now]
        held = suppressed.among(row.reader.email for row in rows)
        wanted = [row for row in rows if hours[row.pk] <= now and _is_wanted(row, now)]
        mailed = [row for row in wanted if row.reader.profile.digest and row.reader.email not in held]
        if wanted:
            moment, _ = _moment()
            mails = [new_delivery(row, moment) for row in mailed]
            Delivery.objects.bulk_create(mails, ignore_conflicts=True)
            pushes.queue(wanted, moment)
        for row in early:
            row.goes_at = hours[row.pk]
        Edition.objects.bulk_update(early, ["goes_at"])
        seen_to = [row.pk for row in rows if hours[row.pk] <= now]
        Edition.objects.filter(pk__in=seen_to).update(goes_at=None)
    return len(rows)


def _is_wanted(row: Edition, now: datetime) -> bool:
    reader = row.reader
    in_time = now - could_go(row) <= due.LATE and row.local_date >= now.date() - timedelta(days=2)
    return reader.is_active and reader.profile.wants_edition(row.local_date) and in_time

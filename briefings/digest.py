"""Sends each reader's edition by email at the reader's hour: once, or visibly unknown."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from briefings import correct, digest_render, edition, sent
from briefings.due import AHEAD, Clock, coming_date, due_date
from briefings.models import Delivery, Edition, EditionItem, State
from ingest import own, work
from ingest.health import Health
from users import unsubscribe
from users.models import Profile, User

EXPIRES = timedelta(hours=12)
LEASE = timedelta(minutes=3)
SENT_BEFORE = "a note on disk says that it went before this database was restored; not sent again"
TRIES = 30  # with waits of up to half an hour: as long as a mail may be late
log = logging.getLogger("briefings.digest")


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
    for profile in _onboarded():
        if profile.digest and (day := due_date(_clock(profile), now)):
            yield profile.user, day


def queue_editions(now: datetime) -> None:
    """A queued edition for every reader whose hour is near, by mail or not; again for one without real news so far."""
    since = now.date() - timedelta(days=2)
    frozen = Edition.objects.filter(local_date__gte=since).annotate(filled=Exists(_items_of(OuterRef("pk"))))
    settled = set(
        frozen.filter(Q(filled=True, sample=False) | ~Q(state=State.READY)).values_list(
            "reader", "local_date"
        )
    )
    for profile in _onboarded():
        day = coming_date(_clock(profile), now, AHEAD)
        if day and (profile.user_id, day) not in settled:
            edition.request(profile.user, day, ahead=True)


def queue_deliveries(now: datetime) -> None:
    """A queued delivery for every ready edition whose reader's hour has come and is not half a day past."""
    waiting = Edition.objects.filter(
        state=State.READY,
        deliveries__isnull=True,
        local_date__gte=now.date() - timedelta(days=2),
        reader__is_active=True,
        reader__profile__digest=True,
    )
    for row in waiting.select_related("reader__profile"):
        profile = row.reader.profile
        if (
            row.local_date.isoweekday() in profile.days
            and _hour_of(row) <= now
            and now - _could_go(row) <= EXPIRES
        ):
            delivery_for(row)


def delivery_for(row: Edition) -> Delivery:
    """The edition's email delivery, queued when it is new. Its Message-ID never changes."""
    host = urlsplit(settings.NUTGRAF_URL).hostname or "localhost"
    delivery, _ = Delivery.objects.get_or_create(
        edition=row,
        channel="email",
        defaults={"message_id": make_msgid(domain=host), "due_at": Now()},
    )
    return delivery


def deliver(delivery_id: int, now: datetime) -> Delivery | None:
    """Send one delivery. None when it is done, another worker has it, or it is gone with its reader.

    A row found half-sent is never sent again: the server may have taken it.
    """
    row = work.claim(Delivery, delivery_id, LEASE, limit=TRIES)
    if row is None:
        return None
    if row.state == Delivery.State.SENDING:
        work.finish(row, state=Delivery.State.UNKNOWN, error="a worker died while sending; not sent again")
    elif sent.before(row):
        work.finish(row, state=Delivery.State.UNKNOWN, error=SENT_BEFORE)
    elif reason := _reason_not_to(row, now):
        work.finish(row, state=Delivery.State.SKIPPED, error=reason)
    else:
        _send(row, now)
    return Delivery.objects.filter(pk=row.pk).first()  # it went with a reader who left meanwhile


def _send(row: Delivery, now: datetime) -> None:
    connection = mail.get_connection()
    unread = own.unread(row.edition.reader_id, now)
    message = _message(row, connection, unread)
    try:
        # Before the row says that it is being sent: whatever fails up to here has sent nothing and may be tried again.
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        work.fail(row, f"the mail server cannot be reached: {error}", TRIES, **_state_after(row))
        return
    try:
        if _begin(row) and _noted(row) and _hand_over(row, message):
            own.told(row.edition.reader_id, [one.source.pk for one in unread], now)
    finally:
        connection.close()


def _noted(row: Delivery) -> bool:
    try:
        sent.note(row)
    except OSError as error:
        work.fail(row, f"that it goes cannot be noted: {error}", TRIES, **_state_after(row))
        return False
    return True


def _hand_over(row: Delivery, message: EmailMultiAlternatives) -> bool:
    """Whether the reader has it, as far as anybody knows."""
    try:
        message.send()
    except smtplib.SMTPSenderRefused as error:
        # About us, not about the reader: an operator can mend it.
        sent.take_back(row)
        work.fail(row, f"our sender address was refused: {error}", TRIES, **_state_after(row))
        return False
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        sent.take_back(row)
        _refused(row, error)
        return False
    except (smtplib.SMTPException, OSError) as error:
        # The line broke somewhere after we began: the server may have accepted the message.
        work.finish(row, state=Delivery.State.UNKNOWN, error=f"outcome unknown: {error}")
        log.error("delivery %s: outcome unknown: %s", row.pk, error)
    else:
        work.finish(row, state=Delivery.State.SENT, sent_at=timezone.now())
    return True


def _state_after(row: Delivery) -> dict[str, object]:
    """Queued again while there are tries left."""
    return {"state": Delivery.State.FAILED if row.attempt >= TRIES else Delivery.State.QUEUED}


def _begin(row: Delivery) -> bool:
    """Mark the row as being sent and commit, unless the reader has left or unsubscribed in the meantime."""
    with transaction.atomic():
        wants = Profile.objects.select_for_update().filter(
            user=row.edition.reader, digest=True, user__is_active=True
        )
        if not wants.exists():
            work.finish(row, state=Delivery.State.SKIPPED, error="the reader does not want it any more")
            return False
        owned = Delivery.objects.filter(
            pk=row.pk, attempt=row.attempt, state=Delivery.State.QUEUED, edition__state=State.READY
        )
        return owned.update(state=Delivery.State.SENDING) == 1


def _refused(row: Delivery, error: smtplib.SMTPException) -> None:
    codes = (
        [code for code, _ in error.recipients.values()]
        if isinstance(error, smtplib.SMTPRecipientsRefused)
        else [getattr(error, "smtp_code", 0)]
    )
    if all(400 <= code < 500 for code in codes):
        work.fail(row, f"refused for now: {error}", TRIES, **_state_after(row))
    else:
        work.finish(row, state=Delivery.State.FAILED, error=f"refused: {error}")


def _reason_not_to(row: Delivery, now: datetime) -> str:
    reader = row.edition.reader
    if not reader.is_active or not reader.profile.digest:
        return "the reader does not want it any more"
    if now - _could_go(row.edition) > EXPIRES:
        return "too late: more than twelve hours after it could go"
    if row.edition.sample and _had_the_sample(row):
        return "the bundled sample was mailed before; real news has not come in yet"
    return ""


def _hour_of(row: Edition) -> datetime:
    profile = row.reader.profile
    return datetime.combine(row.local_date, time(profile.hour, tzinfo=profile.time_zone))


def _could_go(row: Edition) -> datetime:
    """Its hour; for who signs up, or a service that comes back, after the hour: when the edition was asked for."""
    return max(_hour_of(row), row.created_at)


def _had_the_sample(row: Delivery) -> bool:
    earlier = Delivery.objects.filter(edition__reader=row.edition.reader, edition__sample=True)
    return earlier.exclude(pk=row.pk).filter(state__in=(Delivery.State.SENT, Delivery.State.UNKNOWN)).exists()


def _message(row: Delivery, connection: BaseEmailBackend, unread: Sequence[Health]) -> EmailMultiAlternatives:
    reader = row.edition.reader
    leave = settings.NUTGRAF_URL + unsubscribe.path(reader)
    made = digest_render.render(row.edition, leave, unread)
    message = EmailMultiAlternatives(
        subject=made.subject,
        body=made.text,
        to=[reader.email],
        headers={
            "Message-ID": row.message_id,
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )
    message.attach_alternative(made.html, "text/html")
    return message


def _onboarded() -> Iterator[Profile]:
    return Profile.objects.filter(user__is_active=True).select_related("user").iterator(chunk_size=2000)


def _items_of(edition_id: OuterRef) -> QuerySet[EditionItem]:
    return EditionItem.objects.filter(edition=edition_id)


def _clock(profile: Profile) -> Clock:
    return Clock(profile.time_zone, profile.hour, frozenset(profile.days))


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

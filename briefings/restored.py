"""After a database was restored: mails and pushes that may have gone since its backup are not sent again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q

from briefings import digest, due, edition
from briefings.models import Delivery, PushDelivery
from briefings.push import plan
from users.models import Profile, User

BACKUP = "this database was restored from a backup, and the mail may have gone since; not sent again"
OPEN = (Delivery.State.QUEUED, Delivery.State.SENDING)


def hold_mails(now: datetime) -> int:
    """Mark as unknown every mail whose hour has come and that the database does not know as gone, and every such push;
    how many mails.

    Not to be called where all notes of what went lie here (`briefings.sent.since`): they tell better, mail by mail.
    Editions are made and shown as ever.
    """
    for user, day in list(_come(now)):
        row = edition.request(user, day, ahead=True)
        if user.profile.wants_mail(day):
            digest.delivery_for(row)
        plan.queue([row])
    unknown = {"state": Delivery.State.UNKNOWN, "due_at": None, "lease_until": None, "held_by": ""}
    PushDelivery.objects.filter(state__in=OPEN).update(error=BACKUP, **unknown)
    return Delivery.objects.filter(state__in=OPEN).update(error=BACKUP, **unknown)


def _come(now: datetime) -> Iterator[tuple[User, date]]:
    """Readers whose hour has come, with its local date, as the planner would find them."""
    told = Profile.objects.filter(Q(digest=True) | Q(user__pushes__isnull=False), user__is_active=True)
    for profile in told.distinct().select_related("user").iterator():
        slot = due.plan(due.clock_of(profile), now, profile.onboarded_at).due
        if slot and slot.at <= now and profile.wants_edition(slot.day):
            yield profile.user, slot.day

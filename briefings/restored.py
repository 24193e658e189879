"""After a database was restored: mails that may have gone since its backup was taken are not sent again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from briefings import digest, due, edition
from briefings.models import Delivery
from users.models import Profile, User

BACKUP = "this database was restored from a backup, and the mail may have gone since; not sent again"
OPEN = (Delivery.State.QUEUED, Delivery.State.SENDING)


def hold_mails(now: datetime) -> int:
    """Mark as unknown every mail whose hour has come and that the database does not know as gone; how many.

    Not to be called where all notes of what went lie here (`briefings.sent.since`): they tell better, mail by mail.
    Editions are made and shown as ever.
    """
    for user, day in list(_come(now)):
        digest.delivery_for(edition.request(user, day, ahead=True))
    waiting = Delivery.objects.filter(state__in=OPEN)
    return waiting.update(
        state=Delivery.State.UNKNOWN, error=BACKUP, due_at=None, lease_until=None, held_by=""
    )


def _come(now: datetime) -> Iterator[tuple[User, date]]:
    """Readers whose hour has come, with its local date, as the planner would find them."""
    for profile in (
        Profile.objects.filter(user__is_active=True, digest=True).select_related("user").iterator()
    ):
        slot = due.plan(due.clock_of(profile), now, profile.onboarded_at).due
        if slot and slot.at <= now and profile.wants_mail(slot.day):
            yield profile.user, slot.day

"""Makes the mail of an edition before its hour and keeps it, so that sending is only sending."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from email.utils import formatdate

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef
from django.utils import timezone

from briefings import digest_render, mail_door
from briefings.feedback.models import Signal
from briefings.models import Correction, Edition, Letter
from ingest import own
from ingest.health import Health
from users import unsubscribe
from users.language import spoken_to
from users.models import User

STORING = timedelta(hours=1)  # more than there is between noticing what a source changed and having stored it


def current(editions: Collection[str]) -> dict[str, Letter]:
    """The letters of these editions, by edition, without any that was overtaken while it was made.

    Letters that are there when a correction is stored, or their reader mutes something or takes it back, go with it;
    one that was being made just then would stay.
    """
    told = Correction.objects.filter(
        brief__items__edition=OuterRef("pk"), noticed_at__gt=OuterRef("made_at") - STORING
    )
    muted = Signal.objects.filter(reader=OuterRef("edition__reader"), made_at__gt=OuterRef("made_at"))
    return Letter.objects.exclude(Exists(told) | Exists(muted)).in_bulk(editions)


def make(row: Edition, now: datetime) -> Letter:
    """The edition's letter, made anew. It knows neither an address nor a Message-ID: these come when it goes."""
    begun = timezone.now()
    with spoken_to(row.reader):
        unread = own.unread(row.reader_id, now)
    content = as_bytes(row.reader, rendered(row, unread))
    told = [one.source.pk for one in unread]
    letter, _ = Letter.objects.update_or_create(
        edition=row, defaults={"message": content, "told": told, "made_at": begun}
    )
    return letter


def rendered(row: Edition, unread: Sequence[Health] = ()) -> digest_render.Mail:
    """What the reader of the edition is to see, in the language they are spoken to."""
    leave = settings.NUTGRAF_URL + unsubscribe.path(row.reader)
    habits = settings.NUTGRAF_URL + unsubscribe.preferences_path(row.reader)
    with spoken_to(row.reader):
        return digest_render.render(row, leave, unread, habits)


def as_bytes(reader: User, made: digest_render.Mail) -> bytes:
    """The message with CR LF, without the headers that `addressed` adds."""
    leave = settings.NUTGRAF_URL + unsubscribe.path(reader)
    message = EmailMultiAlternatives(
        subject=made.subject,
        body=made.text,
        headers={
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Message-ID": "set when it goes",
            "Date": "set when it goes",
        },
    )
    message.attach_alternative(made.html, "text/html")
    whole = message.message()
    for header in ("Message-ID", "Date"):
        del whole[header]
    return bytes(whole.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own has a linesep


def addressed(content: bytes, to: str, message_id: str) -> bytes:
    """The message as it goes out."""
    head = f"Date: {formatdate()}\r\nMessage-ID: {message_id}\r\nTo: {mail_door.address(to)}\r\n"
    return head.encode("ascii") + content

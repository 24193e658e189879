"""A reader's latest edition as a mail to themselves, at once: to look at, and counted as no delivery."""

from __future__ import annotations

from dataclasses import replace
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from briefings import letters, mail_door
from briefings.mail_door import Closed, Line, Lost, Refused, Verdict
from briefings.models import Edition, State
from users.models import User

NOTHING_YET = gettext_noop(
    "You have no edition yet, so there is nothing to send. Your first one is made on the page of today."
)
AWAY = gettext_noop("We cannot send mail right now, and nothing was sent. Try again in a few minutes.")
UNKNOWN = gettext_noop(
    "The line broke while it went: it may have reached you or not. Look into your mailbox before you try again."
)
REFUSED = gettext_noop("The mail server refused it, and nothing was sent. It said: {words}")


def latest(user: User) -> Edition | None:
    """The reader's newest edition that is ready."""
    return Edition.objects.filter(reader=user, state=State.READY).order_by("-local_date").first()


def send(user: User) -> str:
    """Send it; what went wrong, in words for the reader, or nothing."""
    found = latest(user)
    if found is None:
        return gettext(NOTHING_YET)
    made = letters.rendered(found)
    marked = replace(made, subject=gettext("[Test] {subject}").format(subject=made.subject))
    message_id = make_msgid(domain=urlsplit(settings.NUTGRAF_URL).hostname or "localhost")
    return _go(user.email, letters.addressed(letters.as_bytes(user, marked), user.email, message_id))


def _go(to: str, content: bytes) -> str:
    """By the door of all mail: not while the server is left alone, in its turn, and what it says counts for all."""
    if mail_door.is_paused() or not mail_door.wait_for_turn():
        return gettext(AWAY)
    line = Line()
    try:
        line.open()
        line.send(to, content)
    except Refused as refused:
        if refused.verdict is Verdict.PAUSE:
            mail_door.failed(str(refused))
        return gettext(REFUSED).format(words=refused)
    except Closed as closed:
        mail_door.failed(str(closed))
        return gettext(AWAY)
    except Lost:
        return gettext(UNKNOWN)
    finally:
        line.close()
    mail_door.worked()
    return ""

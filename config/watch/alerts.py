"""Tells those who run the service by mail when something is wrong, once, and when it is over. The row decides.

Any number of timetables may look at the same moment: a mail is the work of a row, which one claims. One that was cut
off is sent again, since an alert told twice does less harm than one that nobody got.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.db.models.functions import Now

from briefings import mail_door
from briefings.letters import addressed
from briefings.mail_door import Closed, Line, Lost, Refused, Verdict
from config.watch import disks, seen, trouble
from config.watch.models import Alert
from config.watch.trouble import AWHILE, PATIENT, TITLES, Trouble
from ingest import work

log = logging.getLogger(__name__)
OVER = timedelta(minutes=15)  # without a sign of it: what comes and goes within is one trouble
LEASE = timedelta(minutes=3)
TRIES = 1000  # of one mail: a mail server may be away for days
AFRESH: dict[str, Any] = {"attempt": 0, "error": ""}  # another mail: what the last one took does not count


def look(now: datetime) -> None:
    """Note what is wrong, and what is no longer; then send what is to be told."""
    note(trouble.found(seen.look(now), disks.nearly_full()))
    send()


def note(troubles: Sequence[Trouble]) -> None:
    """Keep the rows: what began, goes on, and has been over for a while."""
    Alert.objects.bulk_create([Alert(kind=kind) for kind in TITLES], ignore_conflicts=True)
    for one in troubles:
        began = Alert.objects.filter(kind=one.kind, since=None)
        if began.update(since=Now(), ended_at=None):
            log.warning("%s: %s", TITLES[one.kind], one.words)
        Alert.objects.filter(kind=one.kind).update(words=one.words, seen_at=Now())
    over = Alert.objects.filter(since__isnull=False, seen_at__lt=Now() - OVER)
    for kind in list(over.values_list("kind", flat=True)):
        if over.filter(kind=kind).update(since=None, ended_at=Now(), due_at=None, got=[], **AFRESH):
            log.warning("%s: no longer", TITLES.get(kind, kind))
    _have_told()


def _have_told() -> None:
    """Make mails due: of what is on, each so many hours; an all-clear after a mail that said so."""
    if not settings.NUTGRAF_ALERT_MAIL:
        return
    idle = Alert.objects.filter(due_at=None)
    pause = timedelta(hours=settings.NUTGRAF_ALERT_HOURS)
    lasted = ~Q(kind__in=PATIENT) | Q(since__lt=Now() - AWHILE)
    idle.filter(lasted, Q(told_at=None) | Q(told_at__lt=Now() - pause), since__isnull=False).update(
        due_at=Now(), **AFRESH
    )
    idle.filter(since=None, clears=True).update(due_at=Now(), **AFRESH)


def send() -> None:
    """Send the mails that are due. While the mail server is left alone, they wait."""
    if not settings.NUTGRAF_ALERT_MAIL or mail_door.is_paused():
        return
    line = Line()
    try:
        for kind in work.due(Alert, len(TITLES)):
            if row := work.claim(Alert, kind, LEASE, TRIES):
                _tell(row, line)
    finally:
        line.close()


def _tell(row: Alert, line: Line) -> None:
    for address in settings.NUTGRAF_ALERT_MAIL:
        if address in row.got:
            continue
        error = _to(address, row, line)
        if error:
            log.warning("an alert cannot be mailed: %s", error)
            work.fail(row, error, TRIES, got=row.got)
            return
        row.got.append(address)
        Alert.objects.filter(pk=row.pk, attempt=row.attempt).update(got=row.got)
        if row.since:  # whoever else still gets it, and whatever became of the row meanwhile
            Alert.objects.filter(pk=row.pk).update(clears=True)
    if row.since:
        work.finish(row, got=[], told_at=Now())
    else:  # does not count against the pause: what begins again soon is told when that has passed
        work.finish(row, got=[], clears=False)


def _to(address: str, row: Alert, line: Line) -> str:
    """Why the mail did not go; empty where it went, will never go, or may have gone."""
    try:
        line.open()
        line.send(address, addressed(_message(row), address, make_msgid(domain=_host())))
    except Closed as error:
        mail_door.failed(str(error))
        return str(error)
    except Lost as error:
        log.warning("an alert may have gone or not: %s", error)
    except Refused as refused:
        if refused.verdict is Verdict.PAUSE:
            mail_door.failed(str(refused))
        if refused.verdict not in (Verdict.MAILBOX, Verdict.REFUSED):
            return str(refused)
        log.error("NUTGRAF_ALERT_MAIL: an address is refused: %s", refused)
    else:
        mail_door.worked()
    return ""


def _message(row: Alert) -> bytes:
    """With CR LF, without the headers that `addressed` adds."""
    title = TITLES.get(row.kind, row.kind)
    subject = f"{_host()}: {title.lower() if row.since else f'over: {title.lower()}'}"
    if row.since:
        body = f"{title}: {row.words}.\n\nSince {row.since:%-d %B %Y, %H:%M} UTC."
    else:
        body = f"This is over: {title.lower()}.\n\nIt was: {row.words}."
    body += f"\n\nHow things stand: {settings.NUTGRAF_URL}/status/\n"
    message = EmailMessage(
        subject, body, headers={"Auto-Submitted": "auto-generated", "Message-ID": "x", "Date": "x"}
    )
    whole = message.message()
    for header in ("Message-ID", "Date"):
        del whole[header]
    return bytes(whole.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own has a linesep


def _host() -> str:
    return urlsplit(settings.NUTGRAF_URL).hostname or "localhost"

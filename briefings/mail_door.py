"""The only door mail leaves by: speaks SMTP step by step, and knows when the server wants to be left alone.

Step by step, because a line that breaks before the message began has sent nothing, and one that breaks later may have.
"""

from __future__ import annotations

import re
import smtplib
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from enum import Enum, auto
from functools import lru_cache

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address
from django.db import connection as database
from django.db.models.functions import Now

from briefings.models import MailDoor

PER_CONNECTION = 100  # mails; many servers hang up after so many
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=5)
LONGEST_TURN = 5.0  # seconds that a worker waits for its turn
MAILBOX_CODES = (550, 551, 553)


class Closed(Exception):
    """Nothing left: the server cannot be reached, or hung up before the message began."""


class Lost(Exception):
    """The line broke after the message began: the server may have accepted it."""


class Verdict(Enum):
    AGAIN = auto()  # this mail, later
    PAUSE = auto()  # this mail later, and all others too: we are too fast, or the server is closing
    MAILBOX = auto()  # nothing gets to that address
    REFUSED = auto()  # this mail will never be taken
    OURS = auto()  # our sender is refused: an operator can mend it


class Refused(Exception):
    def __init__(self, code: int, words: bytes | str, stage: str) -> None:
        said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        super().__init__(f"{code} {said}")
        self.verdict = verdict(code, said, stage)


def verdict(code: int, words: str, stage: str) -> Verdict:
    """What a refusal means, by its code (RFC 5321), its enhanced code (RFC 3463) where it has one, and when it came.

    `stage` is "mail", "rcpt" or "data". A refusal for policy (5.7) is about us, and no reader's mailbox is held for it.
    """
    found = re.match(r"\s*[245]\.(\d{1,3})\.(\d{1,3})\b", words)
    subject, detail = (int(found[1]), int(found[2])) if found else (0, 0)
    if code == 421 or (code < 500 and (subject == 7 or re.search(r"rate|too many|throttl", words, re.I))):
        return Verdict.PAUSE
    if code < 500:
        return Verdict.OURS if stage == "mail" else Verdict.AGAIN
    if stage == "mail":
        return Verdict.OURS
    if found:
        return Verdict.MAILBOX if subject == 1 or (subject, detail) == (2, 1) else Verdict.REFUSED
    return Verdict.MAILBOX if stage == "rcpt" or code in MAILBOX_CODES else Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class Stored:
    """A message that was written before; Django's mailboxes ask it for its bytes."""

    content: bytes  # with CR LF

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        return self.content if linesep == "\r\n" else self.content.replace(b"\r\n", b"\n")

    def get_charset(self) -> None:
        return None


class StoredMail(EmailMessage):
    """A stored message on its way to one address."""

    def __init__(self, to: str, content: bytes) -> None:
        super().__init__(to=[to])
        self.content = content

    def message(self) -> Message:  # type: ignore[override]
        return Stored(self.content)  # type: ignore[return-value]  # all of it that a mailbox asks for


class Line:
    """A connection that is opened when it is needed and kept for the next mail."""

    def __init__(self) -> None:
        self.backend = mail.get_connection()
        self.sent = 0
        self.is_open = False

    def open(self) -> None:
        """Raises Closed."""
        if self.is_open and self.sent < PER_CONNECTION:
            return
        self.close()
        try:
            self.backend.open()
            smtp = getattr(self.backend, "connection", None)
            if isinstance(smtp, smtplib.SMTP):
                smtp.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Closed(f"the mail server cannot be reached: {error}") from error
        self.is_open, self.sent = True, 0

    def send(self, to: str, content: bytes) -> None:
        """Raises Refused, Closed or Lost; without any, the server has taken the message."""
        smtp = getattr(self.backend, "connection", None)
        self.sent += 1
        try:
            if isinstance(smtp, smtplib.SMTP):
                _by_steps(smtp, address(to), content)
            else:
                self.backend.send_messages([StoredMail(to, content)])
        except Refused as refused:
            if refused.verdict is Verdict.PAUSE:
                self.close()
            elif isinstance(smtp, smtplib.SMTP):
                with suppress(smtplib.SMTPException, OSError):
                    smtp.rset()
            raise
        except (Closed, Lost):
            self.close()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Lost(f"outcome unknown: {error}") from error

    def close(self) -> None:
        self.is_open = False
        with suppress(smtplib.SMTPException, OSError):
            self.backend.close()
        if hasattr(self.backend, "connection"):
            self.backend.connection = None


def address(to: str) -> str:
    """As a header and an envelope have it: ASCII, on one line."""
    return to if re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+", to) else sanitize_address(to, "utf-8")


@lru_cache(4)
def envelope_sender(sender: str) -> str:
    return sanitize_address(sender, "utf-8")


def _by_steps(smtp: smtplib.SMTP, to: str, content: bytes) -> None:
    options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
    try:
        _expect(smtp.mail(envelope_sender(settings.DEFAULT_FROM_EMAIL), options), (250,), "mail")
        _expect(smtp.rcpt(to), (250, 251), "rcpt")
        _expect(smtp.docmd("data"), (354,), "data")
    except (smtplib.SMTPException, OSError) as error:
        raise Closed(f"the mail server hung up: {error}") from error
    ending = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", content) + ending)
        answer = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Lost(f"outcome unknown: {error}") from error
    _expect(answer, (250,), "data")


def _expect(answer: tuple[int, bytes], wanted: tuple[int, ...], stage: str) -> None:
    code, words = answer
    if code not in wanted:
        raise Refused(code, words, stage)


def _row() -> MailDoor:
    return MailDoor.objects.get_or_create(server=_server())[0]


def _server() -> str:
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if settings.EMAIL_HOST else settings.EMAIL_BACKEND


def is_paused() -> bool:
    """Whether the server is to be left alone now, by the database's clock."""
    return MailDoor.objects.filter(server=_server(), paused_until__gt=Now()).exists()


def failed(error: str) -> timedelta:
    """All workers leave the server alone, twice as long each time; how long it is now."""
    row = _row()
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(row.failures, 10), LONGEST_PAUSE)
    free = MailDoor.objects.exclude(paused_until__gt=Now())  # those who found out together count once
    free.filter(pk=row.pk).update(failures=row.failures + 1, paused_until=Now() + pause, error=error[:2000])
    return pause


def worked() -> None:
    """The server takes mail again."""
    MailDoor.objects.filter(server=_server(), failures__gt=0).update(failures=0, paused_until=None, error="")


def turn() -> float | None:
    """Seconds to wait before the next mail, where the operator has set a rate; None: too long, come again later."""
    if not settings.EMAIL_PER_SECOND:
        return 0.0
    row, gap = _row(), 1 / settings.EMAIL_PER_SECOND
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE briefings_maildoor SET next_at = greatest(next_at, now()) + make_interval(secs => %s) "
            "WHERE server = %s AND coalesce(next_at, now()) < now() + make_interval(secs => %s) "
            "RETURNING extract(epoch FROM next_at - now())",
            [gap, row.server, LONGEST_TURN],
        )
        found = cursor.fetchone()
    return max(0.0, float(found[0]) - gap) if found else None


def wait_for_turn() -> bool:
    """Whether the next mail may go now; False when that would take too long."""
    wait = turn()
    if wait:
        time.sleep(wait)
    return wait is not None

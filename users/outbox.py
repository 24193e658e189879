"""The development mailbox: reads the mails that were written to files instead of being sent."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

# Django's file mailbox ends every message of a file with this line.
SEPARATOR = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One mail. `name` identifies it within the mailbox; `at` is when its file was written."""

    name: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    html: str


def mails() -> list[StoredMail]:
    """Every mail in the mailbox, newest first."""
    found = [mail for file in _files() for mail in _read(file)]
    return sorted(found, key=lambda mail: (mail.at, mail.name), reverse=True)


def mail(name: str) -> StoredMail | None:
    """The mail of that name, or None."""
    return next((mail for mail in mails() if mail.name == name), None)


def _files() -> Iterator[Path]:
    for pattern in ("*.eml", "*.log"):
        yield from Path(settings.MAILBOX).glob(pattern)


def _read(file: Path) -> Iterator[StoredMail]:
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    for number, raw in enumerate(file.read_bytes().split(SEPARATOR)):
        if raw.strip():
            message = email.message_from_bytes(raw.lstrip(b"\n"), policy=policy.default)
            yield _stored(f"{file.stem}-{number}", at, message)


def _stored(name: str, at: datetime, message: EmailMessage) -> StoredMail:
    return StoredMail(
        name=name,
        at=at,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""

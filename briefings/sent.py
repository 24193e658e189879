"""A note on disk of each mail and push before it goes, so that a database restored from a backup sends none again.

The row is the truth, but a restored one is yesterday's. Notes lie beside the database, not in it, with nobody's name,
and a mail that was refused takes its note back.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from pathlib import Path

from django.conf import settings

from briefings.models import Delivery, NoteFolder, PushDelivery

KEPT = timedelta(days=3)  # above the time that a mail may be late
SENT_BEFORE = "a note on disk says that it went before this database was restored; not sent again"
DIED = "a worker died while sending; not sent again"
WENT_DOWN = "the machine went down while it may have been sent; not sent again"
Row = Delivery | PushDelivery


class Noted(Enum):
    BEGUN = auto()
    WENT = auto()


def noted(row: Row) -> Noted | None:
    """How far this reader's mail of that date has come, as the note of it says; None where there is none."""
    try:
        return Noted.WENT if _note(row).stat().st_size else Noted.BEGUN
    except (FileNotFoundError, NotADirectoryError):
        return None


def left_by_the_dead(row: Row) -> tuple[Delivery.State, str] | None:
    """How a claimed row stands that an earlier worker had begun, and why; None where nothing of it can have gone.

    Its note tells how far that came, on the machine where the note was made.
    """
    found, unknown = noted(row), Delivery.State.UNKNOWN
    if found is Noted.WENT and row.held_by:
        return Delivery.State.SENT, ""
    if found:
        return unknown, DIED if row.held_by else SENT_BEFORE
    if row.state == Delivery.State.SENDING and row.held_by != place():
        return unknown, DIED
    if row.held_by and may_have_lost(row.held_by):
        return unknown, WENT_DOWN
    return None


def before(row: Row) -> bool:
    """Whether this reader's mail of that date has gone before, or may have."""
    return noted(row) is not None


def note(row: Row) -> None:
    """To be made before the first byte of the mail leaves. Raises OSError where it cannot be, and where there is one:
    of two workers who both think that it is theirs, the second one stops here.

    It outlives this process and the database at once, and the machine from `keep` on: a claim from before the machine
    went down is told by its `place`.
    """
    path = _note(row)
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        _forget_old(row.edition.local_date)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def went(row: Row) -> None:
    """The server has taken it."""
    with suppress(OSError):
        _note(row).write_bytes(b"+")


def keep(days: Iterable[date]) -> None:
    """Have the notes of these dates on the disk itself."""
    for day in days:
        with suppress(OSError):
            descriptor = os.open(_folder() / day.isoformat(), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def place() -> str:
    """Where notes are made: this folder, on this machine since it was last started."""
    return f"{_folder_name()}/{_boot()}"


def tell() -> None:
    """Have the database say that its mails are noted in this folder, so that its backups say it too."""
    name = _folder_name()
    if not NoteFolder.objects.filter(pk=1, name=name).exists():
        NoteFolder.objects.update_or_create(pk=1, defaults={"name": name})


def told() -> bool:
    """Whether the database says that its mails are noted in this folder, not in that of another installation."""
    return NoteFolder.objects.filter(pk=1, name=_folder_name()).exclude(name="").exists()


def since() -> datetime | None:
    """From when on (UTC) the mails that workers with this folder sent were noted in it; None where it has none."""
    with suppress(OSError):
        return datetime.fromtimestamp((_folder() / "name").stat().st_mtime, UTC)
    return None


def may_have_lost(earlier: str) -> bool:
    """Whether notes made at that `place` may be gone: the same folder, but the machine went down since."""
    folder, _, boot = earlier.partition("/")
    return folder == _folder_name() and boot != _boot()


def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return str(round(time.time() - time.monotonic(), -2))


def _folder_name() -> str:
    """A name that the folder keeps, whichever machine or container sees it."""
    file = _folder() / "name"
    with suppress(OSError):
        _folder().mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), file.open("x") as new:
            new.write(secrets.token_hex(8))
        return file.read_text()
    return ""


def take_back(row: Row) -> None:
    """The mail has certainly not gone."""
    with suppress(OSError):
        _note(row).unlink()


def _note(row: Row) -> Path:
    # A new installation counts its readers from one again: when they came tells them from those before.
    reader = row.edition.reader
    key = hashlib.sha256(f"{reader.pk} {reader.date_joined.isoformat()} {row.channel}".encode()).hexdigest()
    return _folder() / row.edition.local_date.isoformat() / key[:32]


def _folder() -> Path:
    return Path(settings.NUTGRAF_VAR) / "sent"


def _forget_old(day: date) -> None:
    for folder in _folder().iterdir():
        with suppress(ValueError):
            if date.fromisoformat(folder.name) < day - KEPT:
                shutil.rmtree(folder, ignore_errors=True)

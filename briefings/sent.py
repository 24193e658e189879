"""A note on disk of each mail before it goes, so that a database restored from a backup sends none of them again.

The row is the truth, but a restored one is yesterday's. Notes lie beside the database, not in it, with nobody's name,
and a mail that was refused takes its note back.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from briefings.models import Delivery

KEPT = timedelta(days=3)  # above the time that a mail may be late


def before(row: Delivery) -> bool:
    """Whether this reader's mail of that date has gone before, or may have."""
    return _note(row).exists()


def note(row: Delivery) -> None:
    """To be on disk before the first byte of the mail leaves. Raises OSError where it cannot be."""
    path = _note(row)
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        _forget_old(row.edition.local_date)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_back(row: Delivery) -> None:
    """The mail has certainly not gone."""
    with suppress(OSError):
        _note(row).unlink()


def _note(row: Delivery) -> Path:
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

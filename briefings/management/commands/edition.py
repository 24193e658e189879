"""`manage.py edition EMAIL`: a reader's edition of one local date."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from briefings import arguments, edition, plain_text, read
from briefings.models import Edition, State
from users.models import User

PATIENCE = 20.0  # seconds


class Command(BaseCommand):
    help = "Prepare (if need be) and print the reader's edition of a local date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--date", help="the reader's local date (default: today there)")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower(), profile__isnull=False).first()
        if user is None:
            raise arguments.usage(f"{email}: no reader with that address has finished onboarding")
        now = timezone.now()
        today = edition.local_date_of(user, now)
        day = arguments.day(options["date"], now + timedelta(days=1)) if options["date"] else today
        if day > today:
            raise arguments.usage(
                f"--date {day}: that day has not come yet for {email}; allowed are dates up to {today}"
            )
        row = _ready(edition.request(user, day), now)
        self._print(row, options["json"])

    def _print(self, row: Edition, as_json: bool) -> None:
        made = read.edition_document(row)
        if as_json:
            self.stdout.write(json.dumps(made, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(plain_text.edition(row, read.edition_documents(row), read.edition_notices(row)))


def _ready(row: Edition, now: datetime) -> Edition:
    """The edition once it is frozen: prepared here, or by the worker who is at it."""
    deadline = time.monotonic() + PATIENCE
    while row.state != State.READY:
        edition.prepare(row.pk, now)
        row.refresh_from_db()
        if row.state != State.READY and row.error:
            raise CommandError(f"the edition cannot be prepared: {row.error}")
        if row.state == State.QUEUED and time.monotonic() > deadline:
            raise CommandError(
                "nothing has been read yet, or a worker is busy with this edition; ask again in a moment"
            )
        if row.state == State.QUEUED:
            time.sleep(0.5)
    return row

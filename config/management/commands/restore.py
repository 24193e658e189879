"""`manage.py restore FILE`: a backup in place of what the database has, with nothing sent or spent a second time."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from briefings import restored, sent
from config import backup
from config.database import migrate_if_needed
from config.embedded import serves_us
from inference import hindsight
from inference.money import usd


class Command(BaseCommand):
    help = "Replace the database by the backup in FILE. Web, workers and beat have to be stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="although the database is not empty")
        parser.add_argument(
            "--moved",
            action="store_true",
            help="nothing has run since the backup was taken: mails go, and no money is held for what may be spent",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: object, file: Path, force: bool, moved: bool, **options: Any) -> None:
        try:
            taken = backup.taken_at(file.absolute())
            _refuse_a_live_one(force)
            backup.restore(file.absolute())
        except backup.CannotBackUp as error:
            raise CommandError(str(error)) from None
        migrate_if_needed()
        backup.analyze()
        now = timezone.now()
        unknown = 0 if moved or _notes_tell(taken) else restored.hold_mails(now)
        held = 0 if moved else hindsight.hold_the_rest(taken, now)
        sent.tell()
        backup.completed()
        result = {
            "taken_at": taken.isoformat(),
            **backup.holds(),
            "mails_unknown": unknown,
            "held_usd": usd(held),
        }
        self.stdout.write(json.dumps(result, indent=2) if options["json"] else _words(result))


def _refuse_a_live_one(force: bool) -> None:
    if others := backup.others():
        raise CommandError(f"{others} others use the database: stop web, workers and beat first")
    if (holds := backup.holds()) and not force:
        there = ", ".join(f"{count} {word}" for word, count in holds.items())
        raise CommandError(f"the database has {there}; --force replaces all of it")
    if (foreign := backup.foreign()) and not force:
        raise CommandError(
            f"the database has tables that are not ours: {', '.join(foreign)}; --force drops them"
        )


def _notes_tell(taken: datetime) -> bool:
    """Whether every mail since the backup has its note here: nobody sent any from another machine or folder."""
    since = sent.since()
    return serves_us() and sent.told() and since is not None and since < taken + timedelta(seconds=1)


def _words(result: dict[str, Any]) -> str:
    rows = ", ".join(f"{result.get(word, 0)} {word}" for word in ("readers", "articles", "calls"))
    return (
        f"The database is as it was at {result['taken_at']}: {rows}.\n"
        f"{result['mails_unknown']} mails may have gone since then and are not sent again;"
        f" ${result['held_usd']} may have been spent since then and is held."
    )

"""`manage.py backup FILE`: the whole database in one file, while everything goes on."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError

from briefings import sent
from config import backup


class Command(BaseCommand):
    help = "Write the whole database to FILE, as it stands at this moment. Whoever works goes on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace a file that is there")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: object, file: Path, force: bool, **options: Any) -> None:
        file, began = file.absolute(), time.monotonic()
        if file.exists() and not force:
            raise CommandError(f"{file} is there already; --force replaces it", returncode=2)
        try:
            backup.refuse_incomplete()
            with suppress(ProgrammingError):  # taken before an upgrade, whose migrations bring the table
                sent.tell()  # from here on this folder tells what went, should the backup be restored beside it
            backup.back_up(file)
        except backup.CannotBackUp as error:
            raise CommandError(str(error)) from None
        if (key := settings.NUTGRAF_VAR / "secret-key").is_file():
            self.stderr.write(f"Not in it: {key}, which links in mails and second steps of sign-in need.")
        if (key := settings.NUTGRAF_VAR / "push-key").is_file():
            self.stderr.write(f"Not in it: {key}, which the devices that are pushed to were registered for.")
        result = {
            "file": str(file),
            "bytes": file.stat().st_size,
            "seconds": round(time.monotonic() - began, 3),
        }
        words = f"{file}: {result['bytes']:,} bytes in {result['seconds']} s"
        self.stdout.write(json.dumps(result, indent=2) if options["json"] else words)

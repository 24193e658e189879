"""`manage.py digest`: send every digest that is due."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from briefings import arguments, digest


class Command(BaseCommand):
    help = "Prepare and send the daily emails that are due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="pretend it is this time (ISO 8601; UTC without an offset)")
        parser.add_argument("--dry-run", action="store_true", help="only count; write and send nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        now = arguments.moment(options["now"], timezone.now())
        tally = digest.run(now, dry_run=options["dry_run"])
        for line in tally.lines:
            self.stderr.write(line)
        counts = {name: getattr(tally, name) for name in ("due", "sent", "skipped", "failed", "unknown")}
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(", ".join(f"{number} {name}" for name, number in counts.items()))
        if tally.failed or tally.unknown:
            raise SystemExit(1)

"""`prune`: forgets news older than NUTGRAF_RETENTION_DAYS on which no brief rests, as workers do hourly."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from briefings import retention


class Command(BaseCommand):
    help = "Forget old news that no brief rests on. Can be stopped anywhere and repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="in place of NUTGRAF_RETENTION_DAYS")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would go")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: object, days: int | None, **options: Any) -> None:
        kept, least = settings.NUTGRAF_RETENTION_DAYS if days is None else days, settings.RETENTION_LEAST_DAYS
        if days is None and not kept:
            raise CommandError("NUTGRAF_RETENTION_DAYS is 0: everything is kept; give --days", returncode=2)
        if not least <= kept <= 36500:
            raise CommandError(f"--days {kept}: allowed are {least} to 36500", returncode=2)
        dry = options["dry_run"]
        gone = retention.forget_before(timezone.now() - timedelta(days=kept), dry=dry)
        if options["json"]:
            counts = {"stories": gone.stories, "articles": gone.articles, "characters": gone.characters}
            self.stdout.write(json.dumps({"days": kept, "dry_run": dry, **counts}, indent=2))
            return
        self.stdout.write(
            f"{gone.articles} articles with {gone.characters:,} characters, and {gone.stories} stories,"
            f" {'would be' if dry else 'are'} forgotten."
        )

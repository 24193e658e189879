"""`manage.py brief`: write (or reuse) and print what a reader of some role and industry would get."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from briefings import arguments, compose, edition, plain_text, read
from briefings.schemas import BriefDocument
from ingest.models import Story
from ingest.scope import EVERYBODY


class Command(BaseCommand):
    help = "Write (or reuse) and print the top stories as of a date for a role and industry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", required=True)
        parser.add_argument("--industry", required=True)
        parser.add_argument("--date", help="as the news stood at the end of that day, UTC (default: today)")
        parser.add_argument("--story", help="one story by its id")
        parser.add_argument("--top", type=int, default=5, help="how many stories, 1 to 20 (default: 5)")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        role, industry = arguments.role_and_industry(options["role"], options["industry"])
        now = timezone.now()
        if not 1 <= options["top"] <= 20:
            raise arguments.usage(f"--top {options['top']}: allowed are 1 to 20")
        given = options["date"]
        as_of = arguments.end_of(arguments.day(given, now), now)
        if options["story"]:
            documents = [_one(options["story"], role, industry, as_of if given else None)]
        else:
            made = edition.assemble(role, industry, "", as_of, options["top"])
            if made.waiting:
                raise CommandError("a worker is just writing one of these briefs; ask again in a moment")
            if not made.items:
                self.stderr.write(
                    "no story as of that date; `manage.py ingest` reads the sources that are due"
                )
            documents = [read.document(item.brief, item.lens) for item in made.items]
        self._print(documents, options["json"])

    def _print(self, documents: list[BriefDocument], as_json: bool) -> None:
        if as_json:
            self.stdout.write(
                json.dumps([d.model_dump(mode="json") for d in documents], ensure_ascii=False, indent=1)
            )
        elif documents:
            self.stdout.write("\n\n".join(plain_text.brief(document) for document in documents))
        else:
            self.stdout.write("No story worth telling as of that date.")


def _one(story_id: str, role: str, industry: str, as_of: datetime | None) -> BriefDocument:
    if not Story.objects.filter(EVERYBODY, pk=story_id).exists():
        latest = ", ".join(
            Story.objects.filter(EVERYBODY).order_by("-score").values_list("id", flat=True)[:5]
        )
        raise arguments.usage(
            f"--story {story_id!r}: no such story; `manage.py stories` lists them, e.g. {latest or 'none yet'}"
        )
    try:
        row = compose.brief_for(compose.material_of(story_id, as_of))
    except compose.NothingToWrite:
        raise arguments.usage(f"--story {story_id}: nothing of it was known by that date") from None
    try:
        brief = compose.ready_brief(story_id, as_of)
        lens = compose.ready_lens(brief, role, industry) if brief else None
    except compose.BeingWritten:
        raise CommandError("a worker is just writing this brief; ask again in a moment") from None
    if brief is None:
        row.refresh_from_db()
        raise CommandError(f"story {story_id}: {row.error or 'cannot be written'}")
    return read.document(brief, lens)

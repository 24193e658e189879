"""`stories`: the stories and their articles, the most important first; `stories split`: a wrong merge undone."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ingest.listing import Listed, listing
from ingest.split import split


class Command(BaseCommand):
    help = "List the stories, the most important first (importance before any reader is considered)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "split",
            nargs="*",
            metavar="split STORY ARTICLE...",
            help="give these articles of the story a story of their own, for good",
        )
        parser.add_argument(
            "--since", type=_moment, metavar="ISO", help="only stories with an article since then"
        )
        parser.add_argument("--limit", type=_positive, metavar="N", help="at most so many")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: object, **options: Any) -> None:
        if options["split"]:
            self._split(*options["split"], as_json=options["json"])
            return
        listed = listing(options["since"], options["limit"])
        if options["json"]:
            self.stdout.write(json.dumps(listed, indent=2, ensure_ascii=False))
            return
        for line in _lines(listed):
            self.stdout.write(line)

    def _split(self, action: str, story: str = "", *articles: str, as_json: bool) -> None:
        if action != "split" or not articles or not all(map(str.isdecimal, articles)):
            raise CommandError("stories: the one action is: split STORY ARTICLE...", returncode=2)
        try:
            fresh = split(story, [int(article) for article in articles])
        except ValueError as error:
            raise CommandError(f"stories split: {error}") from None
        self.stdout.write(json.dumps({"story": story, "new_story": fresh}) if as_json else fresh)


def _lines(listed: list[Listed]) -> Iterator[str]:
    if not listed:
        yield "No stories yet."
    for story in listed:
        sources = dict.fromkeys(article["source"] for article in story["articles"])
        yield f"{story['score']:6.2f}  {story['id']}  {story['title']}  ({', '.join(sources)})"


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{value!r} is no ISO date or time, like 2025-08-07 or 2025-08-07T12:00+02:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _positive(value: str) -> int:
    if not value.isdecimal() or int(value) == 0:
        raise argparse.ArgumentTypeError(f"{value!r} is no number from 1 on")
    return int(value)

"""`manage.py sources`: the feeds we read, and their health."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ingest import opml
from ingest.models import Source
from ingest.parse import ParseError
from ingest.refresh import Refreshed, refresh_many


class Command(BaseCommand):
    help = "List, add, import, export and check sources."
    requires_system_checks = []  # they load every page, and this serves none

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="list|add|import|export|check")
        listing = what.add_parser("list", help="all sources with their health")
        adding = what.add_parser("add", help="read these feeds from now on")
        adding.add_argument("urls", nargs="+", metavar="URL")
        taking = what.add_parser("import", help="add every feed of an OPML file")
        taking.add_argument("file", type=Path, metavar="FILE.opml")
        for one in (adding, taking):
            one.add_argument(
                "--any-topic", action="store_true", help="their items skip the AI-relevance gate"
            )
        what.add_parser("export", help="all sources as OPML on stdout")
        checking = what.add_parser("check", help="look at a feed (or all) now and tell its health")
        checking.add_argument("url", nargs="?", metavar="URL")
        for one in (listing, adding, taking, checking):
            one.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        getattr(self, f"_{what}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        sources = Source.objects.order_by("title", "url")
        if options["json"]:
            self.stdout.write(json.dumps([_health(one) for one in sources], indent=1))
            return
        for one in sources:
            state = "off" if not one.enabled else f"failing ({one.failures})" if one.failures else "well"
            self.stdout.write(
                f"{state:12} {_when(one.last_success_at):20} {one.title or '-'}  {one.url}  {one.error}"
            )

    def _add(self, options: dict[str, Any]) -> None:
        self._tell(opml.add([(url, "") for url in options["urls"]], options["any_topic"]), options)

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        try:
            feeds = opml.read(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=2) from None
        except (ParseError, opml.BadList) as error:
            raise CommandError(f"{path}: {error}") from None
        self._tell(opml.add(feeds, options["any_topic"]), options)

    def _tell(self, added: opml.Added, options: dict[str, Any]) -> None:
        if options["json"]:
            refused = [{"url": url, "error": words} for url, words in added.refused]
            self.stdout.write(
                json.dumps({"added": added.new, "known": added.known, "refused": refused}, indent=1)
            )
        else:
            self.stdout.write(f"{len(added.new)} sources added, {len(added.known)} were there already")
        for url, words in added.refused:
            self.stderr.write(f"{url}: {words}")
        if added.refused:
            raise SystemExit(1)

    def _export(self, options: dict[str, Any]) -> None:
        self.stdout.write(opml.write(Source.objects.exclude(sample=True).order_by("title", "url")), ending="")

    def _check(self, options: dict[str, Any]) -> None:
        url = options["url"]
        sources = Source.objects.filter(url=url) if url else Source.objects.filter(enabled=True)
        ids = list(sources.values_list("pk", flat=True))
        if url and not ids:
            raise CommandError(f"no source has the address {url!r}; `sources list` shows them", returncode=2)
        looks = refresh_many(ids, timezone.now(), force=True)
        if options["json"]:
            self.stdout.write(json.dumps([_health(one) for one in sources.order_by("url")], indent=1))
        else:
            self.stdout.writelines(f"{_outcome(look):50} {look.url}\n" for look in looks)
        if any(look.outcome == "failed" for look in looks):
            raise SystemExit(1)


def _outcome(look: Refreshed) -> str:
    words = {
        "fetched": f"well, {look.new} new entries",
        "not_modified": "well, nothing new",
        "failed": look.error,
    }
    return words.get(look.outcome, "another worker is looking at it, or it is off")


def _health(source: Source) -> dict[str, Any]:
    return {
        "url": source.url,
        "title": source.title,
        "kind": source.kind,
        "enabled": source.enabled,
        "any_topic": source.any_topic,
        "failures": source.failures,
        "error": source.error,
        "last_checked_at": _iso(source.last_checked_at),
        "last_success_at": _iso(source.last_success_at),
        "due_at": _iso(source.due_at),
        "articles": source.articles.count(),
    }


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _when(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else "never"

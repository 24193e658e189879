"""`manage.py sources`: the feeds we read, and their health."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ingest import add, catalogue, check, health, opml
from ingest.check import Answer
from ingest.health import Health
from ingest.models import Source
from ingest.parse import ParseError
from ingest.scope import EVERYBODY, PUBLIC


class Command(BaseCommand):
    help = "List, add, import, export and check sources."
    requires_system_checks = []  # they load every page, and this serves none

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(
            dest="what", required=True, metavar="list|add|import|export|check|catalogue"
        )
        listing = what.add_parser("list", help="all sources with their health")
        listing.add_argument(
            "--attention", action="store_true", help="only those that somebody should look at"
        )
        adding = what.add_parser(
            "add", help="read these from now on: feeds, or sites whose feed is looked for"
        )
        adding.add_argument("urls", nargs="+", metavar="URL")
        taking = what.add_parser("import", help="add every feed of an OPML file")
        taking.add_argument("file", type=Path, metavar="FILE.opml")
        for one in (adding, taking):
            one.add_argument(
                "--any-topic", action="store_true", help="their items skip the AI-relevance gate"
            )
        what.add_parser("export", help="all sources as OPML on stdout")
        what.add_parser("catalogue", help="add the shipped sources that are not there yet, as `up` does")
        checking = what.add_parser(
            "check", help="fetch a feed (or all) now and tell which answer; keeps nothing"
        )
        checking.add_argument("url", nargs="?", metavar="URL")
        for one in (listing, adding, taking, checking):
            one.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        getattr(self, f"_{what}")(options)

    def _catalogue(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{catalogue.load()} sources of the catalogue are new.")

    def _list(self, options: dict[str, Any]) -> None:
        found = health.of(Source.objects.filter(EVERYBODY).order_by("title", "url"), timezone.now())
        shown = [one for one in found if one.attention] if options["attention"] else found
        if options["json"]:
            self._print([_health(one) for one in shown])
        elif shown:
            self._table([_health_row(one) for one in shown])
        else:
            self.stdout.write(
                "no source needs attention" if found else "no sources yet; `sources add URL` adds one"
            )

    def _add(self, options: dict[str, Any]) -> None:
        outcome = add.add(options["urls"], options["any_topic"])
        for url, words in outcome.unreached:
            self.stderr.write(f"{url}: {words}; added as it is, and tried again later")
        for url, feeds in outcome.choices:
            self.stderr.write(f"{url} names {len(feeds)} feeds; add the one you want:")
            for feed in feeds:
                self.stderr.write(f"  {feed.url}  {feed.title} ({feed.format})")
        self._tell(outcome.added, options, outcome.choices)

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        try:
            feeds = opml.read(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=2) from None
        except (ParseError, opml.BadList) as error:
            raise CommandError(f"{path}: {error}") from None
        self._tell(opml.add(feeds, options["any_topic"]), options)

    def _tell(
        self,
        added: opml.Added,
        options: dict[str, Any],
        choices: Iterable[tuple[str, Sequence[Answer]]] = (),
    ) -> None:
        several = [{"url": url, "feeds": [_answer(feed) for feed in feeds]} for url, feeds in choices]
        if options["json"]:
            refused = [{"url": url, "error": words} for url, words in added.refused]
            self._print({"added": added.new, "known": added.known, "refused": refused, "choices": several})
        else:
            new, known = len(added.new), len(added.known)
            there = "was" if known == 1 else "were"
            self.stdout.write(f"{new} source{'s' * (new != 1)} added, {known} {there} there already")
        for url, words in added.refused:
            self.stderr.write(f"{url}: {words}")
        if added.refused or several:
            raise SystemExit(1)

    def _export(self, options: dict[str, Any]) -> None:
        mine = Source.objects.filter(PUBLIC.sources())
        self.stdout.write(opml.write(mine.order_by("kind", "title", "url")), ending="")

    def _check(self, options: dict[str, Any]) -> None:
        url = options["url"]
        known = Source.objects.filter(PUBLIC.sources(), enabled=True).order_by("title", "url")
        urls = [url] if url else list(known.values_list("url", flat=True))
        answers = check.look_at(urls, lambda answer: self.stderr.write(f"{answer.url}: {_verdict(answer)}"))
        answers.sort(key=lambda answer: bool(answer.error))
        if options["json"]:
            self._print([_answer(answer) for answer in answers])
        else:
            self._table([_answer_row(answer) for answer in answers])
        if any(answer.error for answer in answers):
            raise SystemExit(1)

    def _print(self, document: object) -> None:
        self.stdout.write(json.dumps(document, indent=1))

    def _table(self, rows: Sequence[Sequence[str]]) -> None:
        """Columns as wide as their widest cell, but for the last."""
        widths = [min(60, max(map(len, column))) for column in list(zip(*rows, strict=True))[:-1]]
        for row in rows:
            cells = [cell[:60].ljust(width) for cell, width in zip(row[:-1], widths, strict=True)]
            self.stdout.write("  ".join([*cells, row[-1]]).rstrip())


def _verdict(answer: Answer) -> str:
    return answer.error or f"{answer.format}, {answer.entries} entries"


def _answer_row(answer: Answer) -> list[str]:
    moved = f" (moved to {answer.moved_to})" if answer.moved_to else ""
    newest = f"newest {_when(answer.newest)}" if answer.newest else ""
    state = "failed" if answer.error else "well"
    return [
        state,
        "" if answer.error else _verdict(answer),
        newest,
        answer.title,
        answer.url,
        answer.error + moved,
    ]


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "url": answer.url,
        "answers": not answer.error,
        "error": answer.error,
        "format": answer.format,
        "title": answer.title,
        "entries": answer.entries,
        "newest": _iso(answer.newest),
        "moved_to": answer.moved_to,
    }


def _health_row(one: Health) -> list[str]:
    source = one.source
    return [
        one.state,
        f"read {_when(source.last_success_at)}",
        f"next {_when(source.due_at)}",
        f"{one.items_a_week:g} a week",
        source.title or "-",
        source.url,
        one.attention or source.error,
    ]


def _health(one: Health) -> dict[str, Any]:
    source = one.source
    return {
        "url": source.url,
        "title": source.title,
        "kind": source.kind,
        "enabled": source.enabled,
        "any_topic": source.any_topic,
        "state": one.state,
        "failures": source.failures,
        "error": source.error,
        "attention": one.attention,
        "last_checked_at": _iso(source.last_checked_at),
        "last_success_at": _iso(source.last_success_at),
        "due_at": _iso(source.due_at),
        "items_a_week": one.items_a_week,
        "articles": one.articles,
    }


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _when(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else "never"

"""`manage.py ingest`: refresh sources now, in the foreground, through stories."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ingest import catalogue
from ingest.models import Source
from ingest.run import Report, due_sources, ingest, report
from ingest.scope import EVERYBODY

FEW = 10  # sources named to somebody who asked for one that is not there


class Command(BaseCommand):
    help = "Refresh sources that are due, in the foreground, through stories."
    requires_system_checks = []  # they load every page, and this serves none

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--source", metavar="URL", help="this source only, due or not")
        which.add_argument("--all", action="store_true", help="all sources, due or not")
        which.add_argument("--sample", action="store_true", help="add and read the bundled sample edition")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        url, everything, sample = options["source"], options["all"], options["sample"]
        ids = _chosen(url) if url else _sample() if sample else _all() if everything else due_sources()
        run = ingest(ids, timezone.now(), bool(url or everything or sample), self.stderr.write)
        found = report(run)
        self.stdout.write(json.dumps(found, indent=1) if options["json"] else _words(found))
        if any(look.outcome == "failed" for look in run.refreshed):  # not for one entry that is no article
            raise SystemExit(1)


def _all() -> list[int]:
    return list(Source.objects.filter(enabled=True).order_by("pk").values_list("pk", flat=True))


def _sample() -> list[int]:
    catalogue.load_sample()
    return list(Source.objects.filter(sample=True, enabled=True).order_by("pk").values_list("pk", flat=True))


def _chosen(url: str) -> list[int]:
    ids = list(Source.objects.filter(url=url, enabled=True).values_list("pk", flat=True))
    if not ids:
        known = list(
            Source.objects.filter(EVERYBODY, enabled=True).order_by("url").values_list("url", flat=True)
        )
        more = [f"and {len(known) - FEW} more; `sources list` tells all"] if len(known) > FEW else []
        listed = "\n  ".join([*known[:FEW], *more]) or "none yet; `sources add URL` adds one"
        raise CommandError(f"no source has the address {url!r}; the sources are:\n  {listed}", returncode=2)
    return ids


def _words(found: Report) -> str:
    lines = [f"{name.replace('_', ' ')}: {value}" for name, value in found.items() if name != "failed"]
    return "\n".join(lines + [f"failed: {one['url']}: {one['error']}" for one in found["failed"]])

"""Adds the shipped sources: the catalogue of AI-industry feeds, and the bundled sample edition."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db.models.functions import Now

from ingest.models import Source
from ingest.scope import EVERYBODY

HERE = Path(__file__).resolve().parent


def load() -> int:
    """Add the catalogue's feeds that are not there yet, due at once; how many. Never changes what is there."""
    return _add(HERE / "catalogue.tsv", sample=False)


def load_sample() -> int:
    """Add the bundled sample feeds likewise; they are read like any other and labelled as sample."""
    return _add(HERE / "sample" / "sources.tsv", sample=True)


def _add(path: Path, sample: bool) -> int:
    with path.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    known = set(
        Source.objects.filter(EVERYBODY, url__in=[row["feed_url"] for row in rows]).values_list(
            "url", flat=True
        )
    )
    new = [_source(row, sample) for row in rows if row["feed_url"] not in known]
    Source.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _source(row: dict[str, str], sample: bool) -> Source:
    return Source(
        url=row["feed_url"],
        title=row["title"],
        site_url=row["site_url"],
        kind=row["kind"],
        language=row["language"],
        primary=row["primary"] == "yes",
        authority=float(row["authority"]),
        sample=sample,
        due_at=Now(),
    )

"""Adds the shipped sources: the catalogue of AI-industry feeds, and the bundled sample edition."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from django.db.models.functions import Now

from ingest.hosts import host_of
from ingest.models import Kind, Source
from ingest.scope import EVERYBODY

HERE = Path(__file__).resolve().parent
CATALOGUE = HERE / "catalogue.tsv"


def load() -> int:
    """Add the catalogue's feeds that are not there yet, due at once; how many. Never changes what is there."""
    return _add(CATALOGUE, sample=False)


def load_sample() -> int:
    """Add the bundled sample feeds likewise; they are read like any other and labelled as sample."""
    return _add(HERE / "sample" / "sources.tsv", sample=True)


def authority_of_community(url: str) -> float | None:
    """Of a feed at a host where anybody posts, that of the catalogue's least feed there; None for any other host."""
    host = _name(url)
    return next((least for name, least in _communities().items() if f".{host}".endswith(f".{name}")), None)


@cache
def _communities() -> dict[str, float]:
    least: dict[str, float] = {}
    for row in _rows(CATALOGUE):
        if row["kind"] == Kind.COMMUNITY:
            name = _name(row["feed_url"])
            least[name] = min(float(row["authority"]), least.get(name, 1.0))
    return least


def _name(url: str) -> str:
    return host_of(url).partition(":")[0].removeprefix("www.")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def _add(path: Path, sample: bool) -> int:
    rows = _rows(path)
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

"""Ingest of recorded feeds, clustering included, against feedparser reading the same bytes alone.

    bench/ingest.py [FOLDER]     prints JSON: seconds of each, their ratio, and whether it is within the limit of 3

Both are measured in the same run, one after the other for several rounds. The median of the rounds' ratios is judged:
what disturbs the machine then disturbs both. Seconds of processor (ingest's include the parsing children, not the
database) are told beside those on the clock. The feeds are served from loopback; the pages behind their links are not
there, which is part of it.
"""

from __future__ import annotations

import io
import ipaddress
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
LIMIT = 3.0
ROUNDS = 7


class Spent(NamedTuple):
    """Seconds on the clock, and of this process's processor."""

    wall: float
    processor: float


def main() -> int:
    from bench.corpus import CORPUS

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS / "feeds" / "2025-08"
    if not folder.is_dir():
        print(json.dumps({"skipped": f"no recorded feeds at {folder}; set NUTGRAF_CORPUS"}))
        return 0
    import django

    import tests.database  # noqa: F401  a database of its own, gone afterwards

    django.setup()
    return measure(folder)


def measure(folder: Path) -> int:
    from django.conf import settings
    from django.core.management import call_command

    from ingest import parse
    from tests.fakes.recorded import serve
    from tests.fakes.web_server import WebServer

    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    call_command("migrate", verbosity=0)
    bodies = [path.read_bytes() for path in sorted(folder.rglob("*.xml"))]
    alone, whole = [], []
    began = ended_children()
    with WebServer() as web:
        feeds = serve(web, folder)
        for _ in range(ROUNDS):
            alone.append(spent(lambda: feedparser_alone(bodies)))
            whole.append(ingest(feeds))
        parse.stop()  # so that the processor's time of the parsing children is known
    parsing = (ended_children() - began) / ROUNDS
    ratio = statistics.median(one.wall / other.wall for one, other in zip(whole, alone, strict=True))
    print(
        json.dumps(
            {**figures(alone, whole, parsing), "ratio": round(ratio, 2), "limit": LIMIT, **outcome()},
            indent=1,
        )
    )
    return 0 if ratio <= LIMIT else 1


def figures(alone: list[Spent], whole: list[Spent], parsing: float) -> dict[str, object]:
    pairs = list(zip(whole, alone, strict=True))
    busy = statistics.median(one.processor for one in whole) + parsing
    return {
        "feedparser_seconds": round(statistics.median(one.wall for one in alone), 3),
        "ingest_seconds": round(statistics.median(one.wall for one in whole), 3),
        "ingest_processor_seconds": round(busy, 3),
        "processor_ratio": round(busy / statistics.median(one.processor for one in alone), 2),
        "ratios": [round(one.wall / other.wall, 2) for one, other in pairs],
    }


def spent(work: Callable[[], object]) -> Spent:
    began, busy = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - began, time.process_time() - busy)


def ended_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def feedparser_alone(bodies: list[bytes]) -> None:
    import feedparser

    for body in bodies:
        feedparser.parse(io.BytesIO(body))


def ingest(feeds: list[str]) -> Spent:
    """From empty tables to stories."""
    from django.db import connection
    from django.utils import timezone

    from ingest import opml, run
    from ingest.models import Source
    from ingest.parse import Outline

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ingest_source, ingest_story CASCADE")
    opml.add([Outline(url, "") for url in feeds])
    ids = list(Source.objects.values_list("pk", flat=True))
    return spent(lambda: run.ingest(ids, timezone.now(), True, lambda _: None))


def outcome() -> dict[str, int]:
    from ingest.models import Article, Source, Story

    return {
        "sources": Source.objects.count(),
        "articles": Article.objects.count(),
        "stories": Story.objects.count(),
    }


if __name__ == "__main__":
    raise SystemExit(main())

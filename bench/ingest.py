"""Ingest of recorded feeds, clustering included, against feedparser reading the same bytes alone.

    bench/ingest.py [FOLDER]     prints JSON: seconds of each, their ratio, and whether it is within the limit of 3

Both are measured in the same run, several times in turn, and the best of each counts: the machine's noise is not what
is asked about. The feeds are served from loopback; the pages behind their links are not there, which is part of it.
"""

from __future__ import annotations

import io
import ipaddress
import json
import os
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
LIMIT = 3.0
ROUNDS = 3


def main() -> int:
    corpus = Path(os.environ.get("NUTGRAF_CORPUS") or PROJECT.parent / "shared" / "data")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else corpus / "feeds" / "2025-08"
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

    from tests.fakes.recorded import serve
    from tests.fakes.web_server import WebServer

    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    call_command("migrate", verbosity=0)
    bodies = [path.read_bytes() for path in sorted(folder.rglob("*.xml"))]
    alone, whole, found = [], [], {}
    with WebServer() as web:
        feeds = serve(web, folder)
        for _ in range(ROUNDS):
            alone.append(feedparser_alone(bodies))
            seconds, found = ingest(feeds)
            whole.append(seconds)
    ratio = min(whole) / min(alone)
    figures = {"feedparser_seconds": round(min(alone), 3), "ingest_seconds": round(min(whole), 3)}
    answer = {**figures, "ratio": round(ratio, 2), "limit": LIMIT, "within": ratio <= LIMIT, **found}
    print(json.dumps(answer, indent=1))
    return 0 if ratio <= LIMIT else 1


def feedparser_alone(bodies: list[bytes]) -> float:
    import feedparser

    began = time.perf_counter()
    for body in bodies:
        feedparser.parse(io.BytesIO(body))
    return time.perf_counter() - began


def ingest(feeds: list[str]) -> tuple[float, dict[str, object]]:
    """Seconds from empty tables to stories, and what came of it."""
    from django.db import connection
    from django.utils import timezone

    from ingest import opml, run
    from ingest.models import Source

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ingest_source, ingest_story CASCADE")
    opml.add([(url, "") for url in feeds])
    ids = list(Source.objects.values_list("pk", flat=True))
    began = time.perf_counter()
    report = run.report(run.ingest(ids, timezone.now(), True, lambda _: None))
    seconds = time.perf_counter() - began
    return seconds, {name: report[name] for name in ("sources", "articles_new", "stories_new", "failed")}


if __name__ == "__main__":
    raise SystemExit(main())

"""Many recorded feeds, cold and unchanged, beside the feed reader library `reader` and plain feedparser.

    bench/readers.py     prints JSON: entries a second of each cold, feeds a second of each warm, and their ratios

All in one run over the same feeds from a server in a process of its own: `reader` with the best of 1, 4 and 10 workers
into a database file; ours through the door, the guarded child and Postgres (`refresh`), and once more through pages,
relevance and stories (`ingest`). Limits: cold at least 1.5 times reader's entries a second, warm no slower.

Seconds of processor, of this process and all it started and of the database server, are told beside those on the clock:
on a machine that others use as well they are the fairer measure. The pages behind the links are not there; where even
their publishers' names cannot be looked up, ten seconds or more through stories are waiting for a name server.
"""

from __future__ import annotations

import io
import ipaddress
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
COLD_LIMIT, WARM_LIMIT = 1.5, 1.0
WORKERS = (1, 4, 10)
SETS = ("2025-08", "2026-08")


def main() -> int:
    from bench.corpus import CORPUS

    folders = [CORPUS / "feeds" / name for name in SETS]
    if not all(folder.is_dir() for folder in folders):
        print(json.dumps({"skipped": f"no recorded feeds at {CORPUS}; set NUTGRAF_CORPUS"}))
        return 0
    import django

    import tests.database  # noqa: F401  a database of its own, gone afterwards

    django.setup()
    bodies = [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.xml"))]
    with served(folders) as feeds:
        figures = {"feedparser": feedparser_alone(bodies), "reader": reader(feeds), "ours": ours(feeds)}
    cold = figures["ours"]["entries_per_second"] / figures["reader"]["entries_per_second"]
    warm = figures["ours"]["warm_feeds_per_second"] / figures["reader"]["warm_feeds_per_second"]
    ratios = {
        "cold_ratio": round(cold, 2),
        "cold_limit": COLD_LIMIT,
        "warm_ratio": round(warm, 2),
        "warm_limit": WARM_LIMIT,
    }
    print(json.dumps({"feeds": len(feeds), **figures, **ratios}, indent=1))
    return 0 if cold >= COLD_LIMIT and warm >= WARM_LIMIT else 1


@contextmanager
def served(folders: list[Path]) -> Iterator[list[str]]:
    """The feeds' addresses, served by a process of its own, so that nobody shares an interpreter with the server."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, folders), daemon=True)
    server.start()
    yield ours.recv()
    server.terminate()


def _serve(pipe: Connection, folders: list[Path]) -> None:
    from tests.fakes.web_server import WebServer

    with WebServer() as web:
        feeds = []
        for folder in folders:
            for path in sorted(folder.rglob("*.xml")):
                feeds.append(
                    web.put(
                        f"/{folder.name}/{path.relative_to(folder)}",
                        path.read_bytes(),
                        content_type="application/xml",
                    )
                )
        pipe.send(feeds)
        time.sleep(3600)


def feedparser_alone(bodies: list[bytes]) -> dict[str, float]:
    import feedparser

    began = time.perf_counter()
    entries = sum(len(feedparser.parse(io.BytesIO(body)).entries) for body in bodies)
    seconds = time.perf_counter() - began
    return {"seconds": round(seconds, 2), "entries_per_second": round(entries / seconds)}


def reader(feeds: list[str]) -> dict[str, float]:
    """The best of the numbers of workers, cold into an empty database file, then again with nothing changed."""
    return max(
        (_reader(feeds, workers) for workers in WORKERS), key=lambda figures: figures["entries_per_second"]
    )


def _reader(feeds: list[str], workers: int) -> dict[str, float]:
    import feedparser_sgmllib
    from reader import make_reader

    # This release of reader asks for the module under its old name.
    sys.modules.setdefault("sgmllib", feedparser_sgmllib)
    with tempfile.TemporaryDirectory() as folder:
        library = make_reader(f"{folder}/reader.sqlite")
        for feed in feeds:
            library.add_feed(feed)
        began, busy = time.perf_counter(), processor()
        library.update_feeds(workers=workers, scheduled=False)
        cold, busy = time.perf_counter() - began, processor() - busy
        entries = library.get_entry_counts().total
        began = time.perf_counter()
        library.update_feeds(workers=workers, scheduled=False)
        warm = time.perf_counter() - began
        library.close()
    return _figures(entries, len(feeds), cold, warm, busy) | {"workers": workers}


def ours(feeds: list[str]) -> dict[str, float]:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from ingest import opml, parse, refresh, run
    from ingest.models import Source
    from ingest.parse import Outline

    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    call_command("migrate", verbosity=0)

    def fresh() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ingest_source, ingest_story CASCADE")
        opml.add([Outline(url, "") for url in feeds])
        return list(Source.objects.values_list("pk", flat=True))

    refresh.refresh_many(
        fresh()[:4], timezone.now(), True
    )  # the parsing children are up before the clock starts
    ids = fresh()
    began, busy = time.perf_counter(), processor()
    looked = refresh.refresh_many(ids, timezone.now(), True)
    cold, busy = time.perf_counter() - began, processor() - busy
    began = time.perf_counter()
    again = refresh.refresh_many(ids, timezone.now(), True)
    warm = time.perf_counter() - began
    ids = fresh()
    began, whole = time.perf_counter(), processor()
    run.ingest(ids, timezone.now(), True, lambda _: None)
    through, whole = time.perf_counter() - began, processor() - whole
    parse.stop()
    entries = sum(each.new for each in looked)
    return _figures(entries, len(feeds), cold, warm, busy) | {
        "unchanged": sum(each.outcome == "not_modified" for each in again),
        "through_stories_seconds": round(through, 2),
        "through_stories_processor_seconds": round(whole, 2),
    }


def processor() -> float:
    """Seconds of processor of this process, of those it started that still run, and of the database server."""
    import psutil
    from django.db import connection

    ours = psutil.Process()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0]).parent()
    running = {one.pid: one for first in (ours, server) if first for one in (first, *first.children(True))}
    total = 0.0
    for one in running.values():
        with suppress(psutil.Error):
            times = one.cpu_times()
            total += times.user + times.system
    return total


def _figures(entries: int, feeds: int, cold: float, warm: float, busy: float) -> dict[str, float]:
    return {
        "entries": entries,
        "cold_seconds": round(cold, 2),
        "cold_processor_seconds": round(busy, 2),
        "entries_per_second": round(entries / cold),
        "warm_seconds": round(warm, 2),
        "warm_feeds_per_second": round(feeds / warm),
    }


if __name__ == "__main__":
    raise SystemExit(main())

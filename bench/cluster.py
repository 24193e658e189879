"""How long placing takes beside parsing: the 22 recorded feeds, feedparser's time for the same bytes as the measure.

.venv/bin/python bench/cluster.py [FEEDS]     prints JSON; needs the recorded feeds (NUTGRAF_CORPUS)
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import sys
import tempfile
import time
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import feedparser

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
CORPUS = Path(os.environ.get("NUTGRAF_CORPUS") or ROOT.parent / "shared" / "data")
NOW = datetime(2025, 9, 3, tzinfo=UTC)
Result = TypeVar("Result")
ALLOWED = 3.0  # ingest and placing together, in times of feedparser alone


def entries(folder: Path) -> tuple[float, list[tuple[str, Any]]]:
    """feedparser's seconds for the folder, and its entries with the feed they are from."""
    bodies = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.xml"))}
    began = time.perf_counter()
    parsed = {name: feedparser.parse(io.BytesIO(body)) for name, body in bodies.items()}
    seconds = time.perf_counter() - began
    return seconds, [(name, entry) for name, feed in parsed.items() for entry in feed.entries]


def store(found: list[tuple[str, Any]]) -> list[int]:
    """The entries as read articles, the way reading leaves them; untimed."""
    from django.utils.html import strip_tags

    from ingest.models import Article, Source, Stage

    names = dict.fromkeys(name for name, _ in found)
    sources = {name: Source.objects.create(url=f"https://{name}.example/", title=name) for name in names}
    made = []
    for number, (name, entry) in enumerate(found):
        when = entry.get("published_parsed") or entry.get("updated_parsed")
        content = entry.get("content") or [{"value": entry.get("summary", "")}]
        title = strip_tags(entry.get("title", "")).strip() or "Untitled"
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        made.append(
            Article(
                source=sources[name],
                identity=digest,
                content_hash=digest,
                url=entry.get("link", ""),
                canonical_url=entry.get("link", ""),
                title=title,
                text=f"{title}\n\n{strip_tags(content[0].get('value', ''))}".replace("\0", ""),
                happened_at=datetime.fromtimestamp(timegm(when), UTC) if when else NOW,
                stage=Stage.READ,
                due_at=NOW,
            )
        )
    return [article.pk for article in Article.objects.bulk_create(made)]


def timed(work: Callable[[], Result]) -> tuple[float, float, Result]:
    """Seconds on the clock, seconds of this process's processor, result."""
    began, busy = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - began, time.process_time() - busy, result


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS / "feeds" / "2025-08"
    if not folder.is_dir():
        print(f"no recorded feeds at {folder}; set NUTGRAF_CORPUS", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory(prefix="nutgraf-bench-") as var:
        return measure(folder, Path(var))


def measure(folder: Path, var: Path) -> int:
    var.chmod(0o755)
    os.environ["NUTGRAF_VAR"] = str(var)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from config.embedded import ensure_database

    ensure_database(var)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    from ingest.place import place
    from ingest.stories import candidates

    parse_seconds, found = entries(folder)
    ids = store(found)
    late = ids[-100:]
    first, busy, placed = timed(lambda: place(ids[:-100], NOW))
    second, _, _ = timed(lambda: place(late, NOW))
    asked, _, snapshots = timed(lambda: candidates(datetime(2025, 8, 8, tzinfo=UTC), timedelta(days=3)))
    print(
        json.dumps(
            {
                "entries": len(found),
                "feedparser_seconds": round(parse_seconds, 3),
                "place_seconds": round(first + second, 3),
                "place_cpu_seconds": round(busy, 3),
                "ratio": round((first + second) / parse_seconds, 3),
                "place_last_100_seconds": round(second, 3),
                "candidates_seconds": round(asked, 4),
                "candidates": len(snapshots),
                "placed": placed.placed,
                "copies": placed.copies,
                "off_topic": placed.off_topic,
                "stories": placed.stories_new,
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            },
            indent=1,
        )
    )
    return 0 if first + second <= ALLOWED * parse_seconds else 1


if __name__ == "__main__":
    sys.exit(main())

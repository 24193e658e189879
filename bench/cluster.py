"""How long placing takes beside parsing: the 22 recorded feeds, feedparser's time for the same bytes as the measure.

.venv/bin/python bench/cluster.py [FEEDS]           prints JSON; needs the recorded feeds (NUTGRAF_CORPUS)
.venv/bin/python bench/cluster.py --curve [MOST [PER_DAY]]
                                    milliseconds per article while 1,000 to MOST (100,000) lie in the archive, which
                                    grew by PER_DAY (250) articles a day

The archive's articles are stored as placing leaves them, with the bands, marks and vectors of their words, each a story
of its own; the last thousand before each point of the curve are placed like any, and so is what is timed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
import resource
import sys
import tempfile
import time
import zlib
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import feedparser

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.corpus import CORPUS  # noqa: E402

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


def store(found: list[tuple[str, Any]], any_topic: bool = False) -> list[int]:
    """The entries as read articles, the way reading leaves them; untimed."""
    from django.utils.html import strip_tags

    from ingest.models import Article, Source, Stage

    names = dict.fromkeys(name for name, _ in found)
    sources = {
        name: Source.objects.get_or_create(
            url=f"https://{name}.example/", defaults={"title": name, "any_topic": any_topic}
        )[0]
        for name in names
    }
    made = []
    for number, (name, entry) in enumerate(found):
        when = entry.get("published_parsed") or entry.get("updated_parsed")
        content = entry.get("content") or [{"value": entry.get("summary", "")}]
        title = strip_tags(entry.get("title", "")).strip() or "Untitled"
        digest = hashlib.sha256(f"{number} {entry.get('link')}".encode()).hexdigest()
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


BATCH = 500
PLACED = 1000  # articles before each point that were placed, not only stored
POLL, POLLS = 5, 20  # the measure: so many polls with so many new articles each
LEVEL = 2.0  # an article may cost so many times what it cost with the smallest archive


def curve(most: int = 100_000, per_day: int = 250) -> int:
    """Fill an archive at so many articles a day and place small polls on the way, which are timed."""
    from ingest.place import place

    found = varied(entries(CORPUS / "feeds" / "2025-08")[1])
    points: list[dict[str, float]] = []
    stored, marks = 0, iter([n for n in (1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000) if n <= most])
    mark = next(marks, None)
    while mark is not None:
        while stored < mark:
            ids = store(invented(found, stored, BATCH, per_day), any_topic=True)
            if stored < mark - PLACED:
                archive(ids)
            else:
                place(ids, NOW)
            stored += BATCH
        polls = [
            store(invented(found, stored + n * POLL, POLL, per_day), any_topic=True) for n in range(POLLS)
        ]
        served = server_seconds()
        took, busy, _ = timed(lambda polls=polls: [place(ids, NOW) for ids in polls])
        spent = {"ms": took, "cpu_ms": busy, "server_cpu_ms": server_seconds() - served}
        stored += POLL * POLLS
        per_article = {name: round(1000 * value / POLL / POLLS, 2) for name, value in spent.items()}
        points.append({"stored": mark, **per_article})
        print(points[-1], file=sys.stderr, flush=True)
        mark = next(marks, None)
    growth = round(points[-1]["ms"] / points[0]["ms"], 2)
    print(json.dumps({"per_day": per_day, "points": points, "growth": growth, "allowed": LEVEL}, indent=1))
    return 0 if growth <= LEVEL else 1


def varied(found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The entries without their mirrors, feeds mixed: a poll of copies alone would cost less than the next of none."""
    first: dict[str, tuple[str, Any]] = {}
    for name, entry in found:
        first.setdefault(entry.get("title", "").casefold(), (name, entry))
    mixed = list({entry.get("link"): (name, entry) for name, entry in first.values()}.values())
    random.Random(1).shuffle(mixed)
    return mixed


def archive(ids: list[int]) -> None:
    """Lay stored articles down as stories of their own, without looking for what they are like."""
    from ingest import bulk, cluster, duplicates
    from ingest.embed import LEXICAL, embed_grams
    from ingest.models import Article, Stage, public_id

    articles = list(Article.objects.filter(pk__in=ids))
    prints = [
        duplicates.fingerprint(a.pk, str(a.source_id), a.url, a.title, a.text[:5000], a.happened_at)
        for a in articles
    ]
    gists = [cluster.gist(a.title, a.text[:5000]) for a in articles]
    vectors = list(embed_grams([gist.whole for gist in gists]))
    stories = [public_id() for _ in articles]
    bulk.tell_stories(
        [
            bulk.Telling(
                story,
                a.title,
                NOW,
                a.happened_at,
                a.happened_at,
                1,
                1,
                0.5,
                False,
                LEXICAL,
                vector,
                False,
                None,
                True,
            )
            for story, a, vector in zip(stories, articles, vectors, strict=True)
        ]
    )
    bulk.settle_articles(
        [
            bulk.Outcome(
                a.pk,
                Stage.PLACED,
                1.0,
                "",
                LEXICAL,
                vector,
                one.bands,
                cluster.marks(gist, a.happened_at),
                None,
                story,
            )
            for a, one, gist, vector, story in zip(articles, prints, gists, vectors, stories, strict=True)
        ]
    )


def server_seconds() -> float:
    """Seconds of processor that our connection's process in the database server has taken."""
    import psutil
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        times = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return float(times.user + times.system)


def invented(found: list[tuple[str, Any]], start: int, count: int, per_day: int) -> list[tuple[str, Any]]:
    """Recorded entries with half their words made others, so that none is a copy, so many a day."""
    made = []
    for number in range(start, start + count):
        name, entry = found[number % len(found)]
        turn = number // len(found)
        at = NOW - timedelta(days=500) + timedelta(days=number / per_day)
        text = (entry.get("content") or [{"value": entry.get("summary", "")}])[0].get("value", "")[:3000]
        made.append(
            (
                name,
                {
                    "title": reworded(entry.get("title", ""), turn),
                    "link": f"{entry.get('link', '')}?{number}",
                    "summary": reworded(text, turn),
                    "published_parsed": at.timetuple(),
                },
            )
        )
    return made


def reworded(text: str, turn: int) -> str:
    """The text with half its words made others by an ending of letters: one of digits would make products of them."""
    ending = "".join(chr(ord("a") + int(digit)) for digit in str(turn)) if turn else ""
    return re.sub(
        r"[^\W\d]{4,}", lambda w: w[0] + ending if zlib.crc32(w[0].lower().encode()) % 2 else w[0], text
    )


def timed(work: Callable[[], Result]) -> tuple[float, float, Result]:
    """Seconds on the clock, seconds of this process's processor, result."""
    began, busy = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - began, time.process_time() - busy, result


def main() -> int:
    asked = sys.argv[1:2] == ["--curve"]
    folder = Path(sys.argv[1]) if sys.argv[1:] and not asked else CORPUS / "feeds" / "2025-08"
    if not folder.is_dir():
        print(json.dumps({"skipped": f"no recorded feeds at {folder}; set NUTGRAF_CORPUS"}))
        return 0
    with tempfile.TemporaryDirectory(prefix="nutgraf-bench-") as var:
        prepare(Path(var))
        return curve(*map(int, sys.argv[2:])) if asked else measure(folder)


def prepare(var: Path) -> None:
    """An empty database of its own."""
    var.chmod(0o755)
    os.environ["NUTGRAF_VAR"] = str(var)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from config.embedded import ensure_database

    ensure_database(var)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


def measure(folder: Path) -> int:
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

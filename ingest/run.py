"""One whole run of ingest in the foreground: refresh sources, read their articles, place them in stories."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.db.models import Q

from ingest import work
from ingest.look import Refreshed
from ingest.models import Article, PageRetry, Source, Stage
from ingest.place import Placed, place
from ingest.read import Read, read_many
from ingest.reembed import catch_up
from ingest.refresh import refresh_many
from ingest.reread import reread_many

BATCH = 5_000
OWN = "a reader's own source"


class Failure(TypedDict):
    url: str
    error: str


class Report(TypedDict):
    """What `manage.py ingest --json` prints."""

    sources: int
    fetched: int
    not_modified: int
    failed: list[Failure]
    articles_new: int
    articles_updated: int
    duplicates: int
    off_topic: int
    stories_new: int
    stories_updated: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """What happened in each part of a run; `revised` articles got the text of a page that could not be read before."""

    refreshed: list[Refreshed]
    read: Read
    revised: int
    placed: Placed
    seconds: float


def due_sources() -> list[int]:
    """Keys of the sources to look at now."""
    return [int(str(pk)) for pk in work.due(Source, BATCH, Q(enabled=True))]


def ingest(source_ids: Sequence[int], now: datetime, force: bool, say: Callable[[str], None]) -> Run:
    """Refresh the sources (`force`: also those not due), then bring every article that is due to rest."""
    with _nothing_old_collected():
        return _ingest(source_ids, now, force, say)


@contextmanager
def _nothing_old_collected() -> Iterator[None]:
    """Thousands of new objects at once look like garbage to Python, which would then walk all of Django for cycles."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _ingest(source_ids: Sequence[int], now: datetime, force: bool, say: Callable[[str], None]) -> Run:
    began = time.monotonic()
    refreshed = refresh_many(source_ids, now, force)
    say(f"looked at {len(refreshed)} sources: {sum(one.new for one in refreshed)} new articles")
    read = Read()
    while ids := _due_articles(Stage.NEW):
        more = read_many(ids, now)
        read.add(more)
        say(f"read {len(read.read)} articles, {read.pages} from their pages")
        if not more.read:
            break  # what is left is another worker's
    revised = reread_many([int(str(pk)) for pk in work.due(PageRetry, BATCH)], now)
    placed = place_due(now)
    say(f"placed {placed.placed} articles in stories")
    if (changed := catch_up()).articles:
        say(f"embedded {changed.articles} articles by {changed.tag}")
    return Run(refreshed, read, len(revised), placed, time.monotonic() - began)


def place_due(now: datetime, at_once: int = BATCH) -> Placed:
    """Place every article that is due for it, so many at once; what others are placing is left to them."""
    total = Placed()
    while ids := _due_articles(Stage.READ, at_once):
        more = place(ids, now)
        if more == Placed():
            break
        total += more
    return total


def _due_articles(stage: Stage, limit: int = BATCH) -> list[int]:
    return [int(str(pk)) for pk in work.due(Article, limit, Q(stage=stage))]


def _private(source_ids: Sequence[int]) -> set[int]:
    """Those of the sources that are readers' own: nobody else is told their addresses, nor words that may name them."""
    owned = Source.objects.filter(pk__in=source_ids).exclude(owner=None)
    return set(owned.values_list("pk", flat=True))


def report(run: Run) -> Report:
    """The run in numbers; an entry that could not become an article is a named failure of its feed."""
    looks = run.refreshed
    private = _private([one.source_id for one in looks if one.outcome == "failed" or one.unusable])
    said = [
        (one, one.code if one.source_id in private else one.error) for one in looks if one.outcome == "failed"
    ]
    said += [(one, words) for one in looks for words in one.unusable]
    failed: list[Failure] = [
        {"url": OWN if one.source_id in private else one.url, "error": words} for one, words in said
    ]
    return {
        "sources": len(looks),
        "fetched": sum(one.outcome == "fetched" for one in looks),
        "not_modified": sum(one.outcome == "not_modified" for one in looks),
        "failed": failed,
        "articles_new": sum(one.new for one in looks),
        "articles_updated": sum(one.updated for one in looks) + run.revised,
        "duplicates": sum(one.repeated + one.copies for one in looks) + run.placed.copies,
        "off_topic": run.placed.off_topic,
        "stories_new": run.placed.stories_new,
        "stories_updated": run.placed.stories_updated,
        "seconds": round(run.seconds, 3),
    }

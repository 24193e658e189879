"""Celery's door handles to ingest: ids in, one call, safe to repeat; sweeps find what lost messages left behind."""

from __future__ import annotations

from datetime import timedelta

from celery import Task, shared_task
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from inference import disk
from ingest import hosts, place, read, reembed, refresh, reread, work
from ingest.models import Article, PageRetry, Source, Stage

SOURCES_PER_TASK = 200
ILL_PER_TASK = 32  # as many as a process asks at once: where all of them hang it is held for one deadline
ARTICLES_PER_TASK = 100
SOURCES_PER_SWEEP = 2000
ARTICLES_PER_SWEEP = 1000
LOOKED_OVER = 20_000  # rows among which a sweep finds hosts enough
# Those that failed last time wait so long for each other: a batch takes as long as its slowest.
TOGETHER = timedelta(minutes=3)
SUSPECT = 2  # attempts that ended without a word
NUDGE_SECONDS = 60  # by then later sweeps have said the same again


@shared_task
def sweep_sources() -> None:
    """Nudge a refresh for every source that is due, while there is room for what they bring."""
    if disk.full():
        return
    sound = Q(enabled=True, attempt__lt=SUSPECT, failures=0)
    _nudge(refresh_sources, _due(Source, SOURCES_PER_SWEEP, sound), SOURCES_PER_TASK)
    ill = Q(enabled=True, attempt__lt=SUSPECT, failures__gt=0)
    if work.claimable(Source, ill & Q(due_at__lte=Now() - TOGETHER)).exists():
        _nudge(refresh_sources, _due(Source, SOURCES_PER_SWEEP, ill), ILL_PER_TASK)
    # What may have taken workers down is looked at alone: it must not bring those of its batch to rest with it.
    _nudge(refresh_sources, _due(Source, SOURCES_PER_SWEEP, Q(enabled=True, attempt__gte=SUSPECT)), 1)


@shared_task
def sweep_articles() -> None:
    """Nudge reading and placing for every article that is due; no pages are read while there is no room for them."""
    if not disk.full():
        _nudge(read_articles, _due(Article, ARTICLES_PER_SWEEP, Q(stage=Stage.NEW)), ARTICLES_PER_TASK)
    read = work.due(Article, ARTICLES_PER_SWEEP, Q(stage=Stage.READ))
    _nudge(place_articles, [int(str(pk)) for pk in read], ARTICLES_PER_TASK)


@shared_task
def sweep_pages() -> None:
    """Nudge another try of every page whose time has come."""
    if disk.full():
        return
    waiting = work.claimable(PageRetry).values_list("pk", "article__url")[:LOOKED_OVER]
    _nudge(reread_pages, hosts.fair(waiting, ARTICLES_PER_SWEEP), ARTICLES_PER_TASK)


def _due(model: type[Source] | type[Article], limit: int, which: Q) -> list[int]:
    """Rows whose host is to be asked."""
    waiting = work.claimable(model, which).values_list("pk", "url")[:LOOKED_OVER]
    return hosts.fair(waiting, limit)


def _nudge(task: Task[[list[int]], None], ids: list[int], size: int) -> None:
    for start in range(0, len(ids), size):
        task.apply_async((ids[start : start + size],), expires=NUDGE_SECONDS)


@shared_task
def embed_articles() -> None:
    if not reembed.at_work():
        reembed.catch_up(seconds=100)


@shared_task
def refresh_sources(ids: list[int]) -> None:
    refresh.refresh_many(ids, timezone.now())
    sweep_articles()


@shared_task
def read_articles(ids: list[int]) -> None:
    read.read_many(ids, timezone.now())
    place.place(ids, timezone.now())


@shared_task
def place_articles(ids: list[int]) -> None:
    place.place(ids, timezone.now())


@shared_task
def reread_pages(ids: list[int]) -> None:
    place.place(reread.reread_many(ids, timezone.now()), timezone.now())

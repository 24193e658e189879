"""Celery's door handles to ingest: ids in, one call, safe to repeat; sweeps find what lost messages left behind."""

from __future__ import annotations

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from ingest import place, read, refresh, work
from ingest.models import Article, Source, Stage

SOURCES_PER_TASK = 20
ARTICLES_PER_TASK = 100
SOURCES_PER_SWEEP = 500
ARTICLES_PER_SWEEP = 1000


@shared_task
def sweep_sources() -> None:
    """Nudge a refresh for every source that is due."""
    ids = [int(str(pk)) for pk in work.due(Source, SOURCES_PER_SWEEP, Q(enabled=True))]
    for start in range(0, len(ids), SOURCES_PER_TASK):
        refresh_sources.delay(ids[start : start + SOURCES_PER_TASK])


@shared_task
def sweep_articles() -> None:
    """Nudge reading and placing for every article that is due."""
    for stage, task in ((Stage.NEW, read_articles), (Stage.READ, place_articles)):
        ids = [int(str(pk)) for pk in work.due(Article, ARTICLES_PER_SWEEP, Q(stage=stage))]
        for start in range(0, len(ids), ARTICLES_PER_TASK):
            task.delay(ids[start : start + ARTICLES_PER_TASK])


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

"""Keeps the rows that say which topics a story tells of."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from briefings import select
from briefings.models import Brief, State
from briefings.topics.models import StoryTopic, TopicsRead
from briefings.topics.named import Named, topics_of
from ingest import stories
from ingest.models import Story

NEWS = timedelta(days=7)


def due(now: datetime | None = None) -> QuerySet[Story]:
    """The stories whose topics are to be read, the latest first: those with a brief, and what is worth telling.

    With `now`, of what was not briefed only the last days' news.
    """
    known = TopicsRead.objects.filter(story=OuterRef("pk"), version__gte=OuterRef("version"))
    briefed = Exists(Brief.objects.filter(story=OuterRef("pk"), state=State.READY))
    worth = Q(score__gte=select.WORTH_TELLING) | Q(owner__isnull=False)
    if now:
        worth &= Q(last_at__gte=now - NEWS)
    return Story.objects.filter(briefed | worth).exclude(Exists(known)).order_by("-last_at", "pk")


def link(story_id: str) -> bool:
    """Read the story's topics as it stands now and keep them in place of those it had. False where it is gone."""
    version = Story.objects.filter(pk=story_id).values_list("version", flat=True).first()
    if version is None:
        return False
    material = stories.material(story_id)
    found = topics_of(material) if material and material.articles else []
    try:
        with transaction.atomic():
            _keep(story_id, version, found)
    except IntegrityError:  # the story went meanwhile
        return False
    return True


def _keep(story_id: str, version: int, found: list[Named]) -> None:
    TopicsRead.objects.get_or_create(story_id=story_id, defaults={"version": 0})
    # Of two workers the second waits here, and the one that read a later version has the last word.
    row = TopicsRead.objects.select_for_update().get(story_id=story_id)
    if row.version > version:
        return
    StoryTopic.objects.filter(story=story_id).delete()
    StoryTopic.objects.bulk_create(
        StoryTopic(story_id=story_id, key=one.key, name=one.name, kind=one.kind, rank=rank)
        for rank, one in enumerate(found)
    )
    TopicsRead.objects.filter(pk=row.pk).update(version=version)


def forget() -> int:
    """Have the topics of all stories read anew, as after a change of the rules. How many that are."""
    return TopicsRead.objects.filter(version__gt=0).update(version=F("version") * 0)

"""The list of stories as `manage.py stories` prints it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from ingest.models import Article, Stage, Story
from ingest.scope import PUBLIC, SAMPLE


class ListedArticle(TypedDict):
    id: int
    url: str
    title: str
    source: str
    published_at: str | None
    duplicate_of: int | None


class Listed(TypedDict):
    """A story as `manage.py stories --json` prints it; times are ISO 8601 with offset."""

    id: str
    title: str
    score: float
    first_seen: str
    articles: list[ListedArticle]
    origins: int


def listing(since: datetime | None = None, limit: int | None = None) -> list[Listed]:
    """The stories by importance, with all their articles in order of time; two queries.

    `since` leaves out those whose last article is older. The bundled sample shows only while there is nothing real.
    """
    found = Story.objects.filter(articles__stage=Stage.PLACED).distinct().order_by("-score", "-last_at", "id")
    if since is not None:
        found = found.filter(last_at__gte=since)
    told = list(found.filter(PUBLIC.stories())[:limit]) or list(found.filter(SAMPLE.stories())[:limit])
    articles = _listed_articles([story.id for story in told])
    return [
        Listed(
            id=story.id,
            title=story.title,
            score=story.score,
            first_seen=story.first_seen.isoformat(),
            articles=articles[story.id],
            origins=story.origins,
        )
        for story in told
    ]


def _listed_articles(story_ids: Sequence[str]) -> dict[str, list[ListedArticle]]:
    rows = (
        Article.objects.filter(story_id__in=story_ids)
        .order_by("happened_at", "id")
        .values_list("story_id", "id", "url", "title", "source__title", "published_at", "duplicate_of_id")
    )
    found: dict[str, list[ListedArticle]] = defaultdict(list)
    for story, key, url, title, source, published, original in rows:
        found[str(story)].append(
            ListedArticle(
                id=key,
                url=url,
                title=title,
                source=source,
                published_at=published.isoformat() if published else None,
                duplicate_of=original,
            )
        )
    return found

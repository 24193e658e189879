"""What is stored already near newly read articles: possible originals, and the articles of the days around."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from ingest import cluster, duplicates
from ingest.models import Article, Stage
from ingest.scope import Scope
from ingest.work import among

OPENING = 5000  # characters of an article that looking for copies needs
_LEAD = 1200  # and that grouping needs


def originals(
    prints: Sequence[duplicates.Print], scope: Scope
) -> tuple[list[duplicates.Print], dict[int, str]]:
    """Placed articles that share a band or the canonical URL with one of the prints, and their stories.

    Only the weeks around the prints are looked at, however long the archive.
    """
    rows = (
        Article.objects.filter(among(_sharing(prints)), scope.articles(), stage=Stage.PLACED)
        .annotate(opening=Left("text", OPENING))
        .values_list("id", "source_id", "canonical_url", "title", "opening", "happened_at", "story_id")
    )
    found, stories = [], {}
    for key, source, url, title, text, at, story in rows:
        found.append(duplicates.fingerprint(key, str(source), url, title, text, at))
        stories[key] = str(story)
    return found, stories


def _sharing(prints: Sequence[duplicates.Print]) -> list[int]:
    bands = {band for item in prints for band in item.bands}
    spans = _spans(sorted(item.at for item in prints), duplicates.WINDOW)
    with connection.cursor() as cursor:
        # A hashed look at the bands of the weeks around. Asking a GIN index for thirty thousand bands at once took
        # six times as long, most of it in the index's list of pending entries.
        cursor.execute(
            "SELECT a.id FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS span(since, until)"
            " JOIN ingest_article a ON a.stage = 'placed' AND a.happened_at BETWEEN since AND until"
            " CROSS JOIN unnest(a.bands) AS band WHERE band = ANY(%s::bigint[])"
            " UNION SELECT id FROM ingest_article WHERE stage = 'placed' AND canonical_url = ANY(%s)",
            [
                [since for since, _ in spans],
                [until for _, until in spans],
                sorted(bands),
                sorted({item.url for item in prints} - {""}),
            ],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def neighbours(times: Iterable[datetime], scope: Scope) -> list[cluster.Item]:
    """The independent placed articles within the clustering window of any of `times`, with their stories."""
    rows = (
        _around(_spans(sorted(times), cluster.WINDOW), scope)
        .annotate(opening=Left("text", _LEAD))
        .values_list("id", "source_id", "title", "opening", "happened_at", "story_id")
    )
    return [
        cluster.Item(key, str(source), title, cluster.gist(title, text), at, str(story))
        for key, source, title, text, at, story in rows
    ]


def crowd(since: datetime, until: datetime, scope: Scope) -> dict[date, int]:
    """How many independent placed articles each day has, for weighing what `neighbours` would bring."""
    days = _around([(since, until)], scope).values_list("happened_at__date").annotate(Count("id"))
    return dict(days)


def _around(spans: Sequence[tuple[datetime, datetime]], scope: Scope) -> QuerySet[Article]:
    if not spans:
        return Article.objects.none()
    within = Q()
    for since, until in spans:
        within |= Q(happened_at__range=(since, until))
    return Article.objects.filter(within, scope.articles(), stage=Stage.PLACED)


def _spans(times: Sequence[datetime], reach: timedelta) -> list[tuple[datetime, datetime]]:
    """The times' surroundings, those that touch made one."""
    spans: list[tuple[datetime, datetime]] = []
    for at in times:
        if spans and at - reach <= spans[-1][1]:
            spans[-1] = (spans[-1][0], at + reach)
        else:
            spans.append((at - reach, at + reach))
    return spans

"""What is stored already near newly read articles: possible originals, and the articles of the days around."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left

from ingest import cluster, duplicates
from ingest.models import Article, Source, Stage
from ingest.scope import Scope
from ingest.work import among
from users.kept import Kept

_Row = tuple[int, str, bool]  # an article's key, where it is written, and whether its source is primary

OPENING = 5000  # characters of an article that looking for copies needs
_FEW = 100  # arriving articles, for whose bands the index is asked

# The index answers for a few articles. One band at a time and behind OFFSET 0, so that the planner takes it in place of
# the index of times or of the whole table, of which it thinks too well when it is asked for many bands.
_FEW_SHARING = """
    SELECT a.id FROM unnest(%(bands)s::bigint[]) AS wanted(band)
    CROSS JOIN LATERAL (SELECT id, stage, happened_at FROM ingest_article WHERE bands @> ARRAY[band] OFFSET 0) AS a
    JOIN unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) AS span(since, until)
      ON a.stage = 'placed' AND a.happened_at BETWEEN since AND until
    UNION SELECT id FROM ingest_article WHERE stage = 'placed' AND canonical_url = ANY(%(urls)s)
"""
# Asked for thirty thousand bands at once it takes longer than a hashed look at all the bands of the weeks around.
_MANY_SHARING = """
    SELECT a.id FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) AS span(since, until)
    JOIN ingest_article a ON a.stage = 'placed' AND a.happened_at BETWEEN since AND until
    WHERE EXISTS (SELECT FROM unnest(a.bands) AS band WHERE band = ANY(%(bands)s::bigint[]))
    UNION SELECT id FROM ingest_article WHERE stage = 'placed' AND canonical_url = ANY(%(urls)s)
"""

_LEAD = 1200  # and that grouping needs

_ALL = 1500  # stored articles of the days around that are all compared with,
_WORTH, _MOST = 12, 6000  # and for a great many arriving so many each, about 10 KB of memory apiece
_LATEST = 400  # where there are more, so many of them,
_ALIKE = 40  # so many for each arriving article,
_MEMBERS = 20  # and so many of each one's story


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
        cursor.execute(
            _FEW_SHARING if len(prints) <= _FEW else _MANY_SHARING,
            {
                "since": [since for since, _ in spans],
                "until": [until for _, until in spans],
                "bands": sorted(bands),
                "urls": sorted({item.url for item in prints} - {""}),
            },
        )
        return [int(row[0]) for row in cursor.fetchall()]


def neighbours(
    arriving: Sequence[cluster.Item], scope: Scope, few: int = _ALL, latest: int = _LATEST
) -> list[cluster.Item]:
    """The independent placed articles that may tell of the same events, with their stories.

    All within the clustering window of any of the arriving, while they are `few` enough to compare with. Else the
    `latest`, which tell what is common these days, and for each of the arriving those that share most of its marks,
    with the articles of their stories. What this costs grows with the arriving, not with the stored.
    """
    around = _around(_spans(sorted(item.at for item in arriving), cluster.WINDOW), scope)
    few = max(few, min(_MOST, _WORTH * len(arriving)))
    rows = _as_written(around.order_by("-happened_at"), few + 1)
    if len(rows) > few:
        alike = Article.objects.filter(among(_sharing_marks(arriving, scope)), stage=Stage.PLACED)
        rows = [*rows[:latest], *_as_written(alike)]
    return list(_items.of(rows, _read).values())


# The next poll compares with the articles of the same days, about 25 KB each.
_items: Kept[_Row, cluster.Item] = Kept(3000)


def _as_written(articles: QuerySet[Article], most: int | None = None) -> list[_Row]:
    """What an item of each depends on: a row that is written anew lies in another place, by another transaction."""
    written = RawSQL("ingest_article.xmin::text || ingest_article.ctid::text", [])
    rows = articles.annotate(written=written).values_list("pk", "written", "source_id")[:most]
    primary = set(Source.objects.filter(primary=True).values_list("pk", flat=True))
    return [(pk, place, source in primary) for pk, place, source in rows]


def _read(rows: Collection[_Row]) -> dict[_Row, cluster.Item]:
    wanted = {pk: (pk, written, primary) for pk, written, primary in rows}
    found = (
        Article.objects.filter(among(list(wanted)))
        .annotate(opening=Left("text", _LEAD))
        .values_list("id", "source_id", "url", "title", "opening", "happened_at", "story_id")
    )
    return {
        wanted[key]: cluster.item(
            key, str(source), title, text, at, cluster.house(url, wanted[key][2]), str(story)
        )
        for key, source, url, title, text, at, story in found
    }


def _sharing_marks(arriving: Sequence[cluster.Item], scope: Scope) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH alike AS (
                SELECT DISTINCT c.story_id, n.since, n.until
                FROM unnest(%(marks)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[])
                       AS n(marks, since, until)
                CROSS JOIN LATERAL (
                    SELECT a.story_id
                    FROM unnest(n.marks::int[]) AS wanted(mark)
                    CROSS JOIN LATERAL (
                        SELECT id, story_id, source_id, stage, happened_at FROM ingest_article
                        WHERE marks @> ARRAY[mark] OFFSET 0) AS a
                    WHERE a.stage = 'placed' AND a.happened_at BETWEEN n.since AND n.until
                      AND (SELECT s.sample = %(sample)s AND s.owner_id IS NOT DISTINCT FROM %(owner)s::bigint
                           FROM ingest_source s WHERE s.id = a.source_id)
                    GROUP BY a.id, a.story_id, a.happened_at
                    ORDER BY count(*) DESC, a.happened_at DESC
                    LIMIT %(most)s) AS c)
            SELECT DISTINCT m.id FROM alike
            CROSS JOIN LATERAL (
                SELECT a.id
                FROM (SELECT id, stage, happened_at FROM ingest_article
                      WHERE story_id = alike.story_id OFFSET 0) AS a
                WHERE a.stage = 'placed' AND a.happened_at BETWEEN alike.since AND alike.until
                ORDER BY a.happened_at DESC LIMIT %(members)s) AS m
            """,
            {
                "marks": [
                    "{" + ",".join(map(str, cluster.marks_around(item.gist, item.at))) + "}"
                    for item in arriving
                ],
                "since": [item.at - cluster.WINDOW for item in arriving],
                "until": [item.at + cluster.WINDOW for item in arriving],
                "most": _ALIKE,
                "members": _MEMBERS,
                "sample": scope.sample,
                "owner": scope.owner,
            },
        )
        return [int(row[0]) for row in cursor.fetchall()]


def _around(spans: Sequence[tuple[datetime, datetime]], scope: Scope) -> QuerySet[Article]:
    if not spans:
        return Article.objects.none()
    within = Q()
    for since, until in spans:
        within |= Q(happened_at__range=(since, until))
    return Article.objects.filter(within, _within(scope), stage=Stage.PLACED)


def _within(scope: Scope) -> RawSQL:
    """`scope.articles()` that the planner cannot turn into reading all that its sources ever published."""
    return RawSQL(
        """(SELECT s.sample = %s AND s.owner_id IS NOT DISTINCT FROM %s::bigint
            FROM ingest_source s WHERE s.id = ingest_article.source_id)""",
        [scope.sample, scope.owner],
        output_field=BooleanField(),
    )


def _spans(times: Sequence[datetime], reach: timedelta) -> list[tuple[datetime, datetime]]:
    """The times' surroundings, those that touch made one."""
    spans: list[tuple[datetime, datetime]] = []
    for at in times:
        if spans and at - reach <= spans[-1][1]:
            spans[-1] = (spans[-1][0], at + reach)
        else:
            spans.append((at - reach, at + reach))
    return spans

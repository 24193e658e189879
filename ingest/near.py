"""What is stored already near newly read articles: possible originals, and the articles of the days around."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from ingest import cluster, duplicates
from ingest.headline import told
from ingest.kept import Kept
from ingest.models import Article, Stage
from ingest.scope import Scope
from ingest.terms import Gist
from ingest.work import among

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
    keys = list(around.order_by("-happened_at").values_list("pk", flat=True)[: few + 1])
    if len(keys) > few:
        keys = [*keys[:latest], *_sharing_marks(arriving, scope)]
    return _items(Article.objects.filter(among(keys), scope.articles(), stage=Stage.PLACED))


class _Stored(NamedTuple):
    pk: int
    revision: int
    content_hash: str
    source: int
    primary: bool
    url: str
    title: str
    at: datetime
    story: str

    @property
    def house(self) -> str:
        return cluster.house(self.url, self.primary)

    @property
    def wording(self) -> Hashable:
        """Equal for rows whose gists are equal."""
        return self.pk, self.revision, self.content_hash, self.title, self.house


# The next poll compares with the articles of the same days; about 20 KB each.
_gists: Kept[Gist] = Kept(3000)


def _items(articles: QuerySet[Article]) -> list[cluster.Item]:
    rows = [_Stored(*row) for row in articles.values_list(*_STORED)]
    gists = _gists.of([row.wording for row in rows], lambda unknown: _read(rows, unknown))
    return [
        cluster.Item(
            row.pk, str(row.source), told(row.title), gists[row.wording], row.at, row.story, row.house
        )
        for row in rows
        if row.wording in gists  # else it was removed meanwhile
    ]


_STORED = (
    "id",
    "revision",
    "content_hash",
    "source_id",
    "source__primary",
    "url",
    "title",
    "happened_at",
    "story_id",
)


def _read(rows: Sequence[_Stored], wanted: Collection[Hashable]) -> dict[Hashable, Gist]:
    unread = {row.pk: row for row in rows if row.wording in wanted}
    texts = Article.objects.filter(among(list(unread))).values_list("id", Left("text", _LEAD))
    return {unread[pk].wording: cluster.gist(unread[pk].title, text, unread[pk].house) for pk, text in texts}


def _sharing_marks(arriving: Sequence[cluster.Item], scope: Scope) -> set[int]:
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
                SELECT a.id FROM ingest_article a
                WHERE a.story_id = alike.story_id AND a.stage = 'placed'
                  AND a.happened_at BETWEEN alike.since AND alike.until
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
        return {int(row[0]) for row in cursor.fetchall()}


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

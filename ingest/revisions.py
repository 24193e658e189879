"""An article's text as it stood, by revision or by moment, and what changed since.

A revision's passages are not stored: cutting its text again gives the same ones.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from ingest.edits import Difference, difference
from ingest.models import Article, Revision
from ingest.work import among


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier text of an article; it starts with the title."""

    article: int
    revision: int
    title: str
    text: str


def as_of(articles: Collection[int], moment: datetime) -> dict[int, Earlier]:
    """The texts that stood at `moment` (aware), of those of the articles that have been edited since."""
    rows = Revision.objects.filter(among(articles, "article_id"), replaced_at__gt=moment)
    return {
        one.article: one for one in _earlier(rows.order_by("-number"))
    }  # the first one after `moment` remains


def numbered(wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], Earlier]:
    """The texts of articles in earlier revisions, by article and revision, as far as they are stored."""
    if not wanted:
        return {}
    articles, numbers = {article for article, _ in wanted}, {number for _, number in wanted}
    found = _earlier(Revision.objects.filter(among(articles, "article_id"), number__in=numbers))
    return {key: one for one in found if (key := (one.article, one.revision)) in wanted}


def _earlier(rows: QuerySet[Revision]) -> list[Earlier]:
    return [Earlier(*row) for row in rows.values_list("article_id", "number", "title", "text")]


def changed_since(article: int, revision: int) -> Difference | None:
    """What edits did to the article's text after `revision`; None when either text is no longer stored.

    An article that waits for its page to be read again has only the text of its feed for now.
    """
    row = Article.objects.filter(pk=article).values_list("revision", "text").first()
    if row is None:
        return None
    if row[0] == revision:
        return Difference()
    before = numbered({(article, revision)}).get((article, revision))
    return difference(before.text, row[1]) if before else None

"""An article's text as it stood, by revision or by moment.

A revision's passages are not stored: cutting its text again gives the same ones.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

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


def first(articles: Collection[int]) -> dict[int, Earlier]:
    """The first texts of those of the articles that have been edited, as far as they are stored."""
    if not articles:
        return {}
    rows = Revision.objects.filter(among(articles, "article_id")).order_by("article_id", "number")
    return {one.article: one for one in _earlier(rows.distinct("article_id"))}


def _earlier(rows: QuerySet[Revision]) -> list[Earlier]:
    return [Earlier(*row) for row in rows.values_list("article_id", "number", "title", "text")]


def now(articles: Collection[int], held: bool = False) -> dict[int, int]:
    """The present revisions of the articles that are stored; `held`: none is edited before this transaction ends."""
    rows = Article.objects.filter(among(articles)).order_by("pk")
    rows = rows.select_for_update(of=("self",), no_key=True) if held else rows
    return dict(rows.values_list("pk", "revision"))

"""What the relevance gate kept out, for anybody who wants to know."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ingest.models import Article, Stage
from ingest.scope import PUBLIC, Scope

DAYS = 7


def filtered(reader: int, now: datetime) -> QuerySet[Article]:
    """The last days' articles that were no AI news, the newest first, with their source at hand.

    Those of the reader's own sources are among them, and of nobody else's. `relevance_reason` says why in words.
    """
    seen = PUBLIC.articles() | Scope(owner=reader).articles()
    recent = Article.objects.filter(
        seen, stage=Stage.OFF_TOPIC, happened_at__gt=now - timedelta(days=DAYS), happened_at__lte=now
    )
    told = recent.only("title", "url", "relevance_reason", "happened_at", "source__title", "source__url")
    return told.select_related("source").order_by("-happened_at", "-pk")

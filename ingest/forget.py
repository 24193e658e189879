"""Forgets what old articles said, and keeps what their feeds call them.

A feed may go on naming an article for years: one without a row would come back as today's news. So a row stays, without
text, passages, vectors and earlier texts, in stage `forgotten`. Who may be forgotten is for those above to say.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from ingest.models import Stage, Story

# What it weighed stays: what reading a whole day would have cost is told by it (`briefings.spent`).
_STRIP = """
    UPDATE ingest_article SET stage = %s, characters = length(text), text = '', feed_text = '', author = '',
        page_error = '', relevance = NULL, relevance_reason = '', embedder = '', vector = NULL, bands = '{}',
        marks = '{}', addressing = 0, text_from_page = false, duplicate_of_id = NULL, story_id = NULL,
        due_at = NULL, lease_until = NULL, attempt = 0, error = ''
    WHERE id = ANY(%s) RETURNING characters
"""
_BESIDE = (
    "DELETE FROM ingest_passage WHERE article_id = ANY(%s)",
    "DELETE FROM ingest_revision WHERE article_id = ANY(%s)",
    "DELETE FROM ingest_pageretry WHERE article_id = ANY(%s)",
    "DELETE FROM ingest_split WHERE article_id = ANY(%s)",
    "DELETE FROM ingest_split WHERE other_id = ANY(%s)",
)


def articles(ids: Sequence[int]) -> int:
    """Forget what these articles said; how many characters of text that were. In the caller's transaction."""
    with connection.cursor() as cursor:
        for statement in _BESIDE:
            cursor.execute(statement, [list(ids)])
        cursor.execute(_STRIP, [Stage.FORGOTTEN, list(ids)])
        return sum(characters for (characters,) in cursor.fetchall())


def stories(ids: Sequence[str]) -> None:
    """Delete these stories. An article that came to one meanwhile is placed anew."""
    Story.objects.filter(pk__in=ids).delete()

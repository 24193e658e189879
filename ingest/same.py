"""Whether a story is still told as it was: a mark of all that it is told from, which changes with any of it.

A mark is asked for before what it stands for is read, so what is kept under it is never older than it says. It rests
on where rows stand (`users.prepared.Mark` says how long that holds), of sources on what they are called and count for.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from ingest.models import Stage

Told = tuple[str, str]  # a story, and the mark of what it is told from

# A row that is written anew lies in another place, by another transaction. Of sources only what is told counts: their
# rows are written at each look. An edit after the moment asked about gives the number of the text that stood then.
_MARKS = """
    SELECT story.id, story.xmin::text || story.ctid::text || md5(string_agg(
        concat_ws(' ', article.id, article.xmin::text, article.ctid::text, coalesce(edit.number, 0),
            source.kind, source.authority, source."primary", source.title),
        chr(10) ORDER BY article.id))
    FROM ingest_article AS article
    JOIN ingest_story AS story ON story.id = article.story_id
    JOIN ingest_source AS source ON source.id = article.source_id
    LEFT JOIN LATERAL (
        SELECT min(number) AS number FROM ingest_revision
        WHERE article_id = article.id AND replaced_at > %s
    ) AS edit ON article.revision > 1
    WHERE article.story_id IN ({stories}) AND article.stage = ANY(%s) AND article.happened_at <= %s
    GROUP BY story.id
"""
_EVER = "infinity"


def marks(
    stories: Collection[str] | QuerySet[Any, Any],
    as_of: datetime | None = None,
    stages: Collection[str] = (Stage.PLACED, Stage.COPY),
) -> list[Told]:
    """Of those of the stories that `ingest.tell.members` finds, asked the same: as they stood at `as_of` (aware)."""
    if isinstance(stories, QuerySet):
        inner, given = stories.query.sql_with_params()
    else:
        inner, given = "SELECT unnest(%s::text[])", (list(stories),)
    moment = as_of or _EVER
    with connection.cursor() as cursor:
        cursor.execute(_MARKS.format(stories=inner), [moment, *given, list(stages), moment])
        found: list[Told] = cursor.fetchall()
    return found

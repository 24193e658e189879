"""Which old news may be forgotten: what no brief rests on. Everything else is kept, and so is the whole ledger.

A story that was ever written up stays as it is, with all its articles and their copies: whatever shows the brief (an
edition, a share, a saved one, a conversation, a correction) shows its passages too.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from briefings.models import NOT_KNOWN
from ingest import forget

STORIES, ARTICLES = 200, 500  # that one transaction forgets

# OFFSET 0 has Postgres find the few articles of a story or an original first. Else it may, where its statistics are
# old, join all articles with each other for every story, or look for briefs once for each pair of them.
# An article that came lately is new here, however old it is; one that somebody works on is left alone.
_BUSY = """({a}.first_seen >= %(before)s OR {a}.happened_at >= %(before)s OR coalesce({a}.lease_until >= now(), false)
    OR EXISTS (SELECT FROM briefings_brief WHERE articles @> jsonb_build_array(jsonb_build_array({a}.id))))"""
_STORIES = f"""
    SELECT s.id, s.last_at FROM ingest_story s
    WHERE s.last_at < %(before)s AND NOT s.sample
      AND NOT EXISTS (SELECT FROM briefings_brief b WHERE b.story_id = s.id)
      AND NOT EXISTS (SELECT FROM (SELECT * FROM ingest_article WHERE story_id = s.id OFFSET 0) a
                      WHERE {_BUSY.format(a="a")})
      AND NOT EXISTS (SELECT FROM (SELECT id FROM ingest_article WHERE story_id = s.id OFFSET 0) a,
                      LATERAL (SELECT story_id FROM ingest_article WHERE duplicate_of_id = a.id OFFSET 0) c
                      WHERE c.story_id IS DISTINCT FROM s.id)
"""  # noqa: S608 - words of ours
# Off topic, or laid down before they had a place; and copies of such.
_ARTICLES = f"""
    SELECT a.id, a.happened_at FROM ingest_article a JOIN ingest_source ON ingest_source.id = a.source_id
    WHERE a.happened_at < %(before)s AND a.stage <> 'forgotten' AND NOT sample
      AND a.story_id IS NULL AND a.due_at IS NULL AND NOT {_BUSY.format(a="a")}
      AND NOT EXISTS (SELECT FROM (SELECT * FROM ingest_article WHERE duplicate_of_id = a.id OFFSET 0) c
                      WHERE c.story_id IS NOT NULL OR {_BUSY.format(a="c")})
"""  # noqa: S608
_STORIES_AFTER = " AND (s.last_at, s.id) > (%(at)s, %(key)s) ORDER BY s.last_at, s.id LIMIT %(most)s"
_ARTICLES_AFTER = " AND (a.happened_at, a.id) > (%(at)s, %(key)s) ORDER BY a.happened_at, a.id LIMIT %(most)s"


@dataclass
class Forgotten:
    """What went, or would go; `done` is False where time ran out before everything had."""

    stories: int = 0
    articles: int = 0
    characters: int = 0
    done: bool = True


def forget_before(before: datetime, seconds: float | None = None, dry: bool = False) -> Forgotten:
    """Forget what happened, and came here, before that moment (aware) and no brief rests on; `dry` only counts it.

    A few hundred rows a transaction, for no more than so many seconds; what is left is for the next time.
    """
    gone = Forgotten()
    until = None if seconds is None else time.monotonic() + seconds
    for story_keys in _batches(_STORIES, _STORIES_AFTER, before, "", STORIES):
        if _late(until):
            gone.done = False
            return gone
        _forget_stories(story_keys, before, dry, gone)
    for keys in _batches(_ARTICLES, _ARTICLES_AFTER, before, 0, ARTICLES):
        if _late(until):
            gone.done = False
            return gone
        _forget_articles(keys, before, dry, gone)
    return gone


def _late(until: float | None) -> bool:
    return until is not None and time.monotonic() > until


def _batches(query: str, after: str, before: datetime, key: Any, most: int) -> Iterator[list[Any]]:
    """The keys of what is old, the oldest first, each looked at once."""
    at = NOT_KNOWN.replace(year=1)
    while True:
        rows = _ask(query + after, before, at=at, key=key, most=most)
        if not rows:
            return
        key, at = rows[-1]
        yield [pk for pk, _ in rows]


def _forget_stories(keys: list[str], before: datetime, dry: bool, gone: Forgotten) -> None:
    with transaction.atomic():
        if not dry:
            # A brief or an article that refers to one of them waits for this lock, and is looked for once it is ours.
            _ask(
                "SELECT id FROM ingest_story WHERE id = ANY(%(keys)s) ORDER BY id FOR UPDATE",
                before,
                keys=keys,
            )
        ours = [key for key, _ in _ask(f"{_STORIES} AND s.id = ANY(%(keys)s)", before, keys=keys)]
        told = _ask(
            "SELECT id, length(text) FROM ingest_article WHERE story_id = ANY(%(keys)s)", before, keys=ours
        )
        if not dry:
            forget.articles([pk for pk, _ in told])
            forget.stories(ours)
    gone.stories += len(ours)
    gone.articles += len(told)
    gone.characters += sum(length for _, length in told)


def _forget_articles(keys: list[int], before: datetime, dry: bool, gone: Forgotten) -> None:
    with transaction.atomic():
        if not dry:
            _ask(
                "SELECT id FROM ingest_article WHERE id = ANY(%(keys)s) ORDER BY id FOR UPDATE",
                before,
                keys=keys,
            )
        ours = [key for key, _ in _ask(f"{_ARTICLES} AND a.id = ANY(%(keys)s)", before, keys=keys)]
        told = _ask("SELECT length(text) FROM ingest_article WHERE id = ANY(%(keys)s)", before, keys=ours)
        if not dry:
            forget.articles(ours)
    gone.articles += len(ours)
    gone.characters += sum(length for (length,) in told)


def _ask(query: str, before: datetime, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"before": before, **values})
        return list(cursor.fetchall())

"""Many rows changed by one statement: what placing found out about articles, and stories as they now stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, cast
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from django.db import connection
from pgvector import Vector
from pgvector.psycopg.vector import register_vector_info
from psycopg import BaseConnection, Connection, Cursor
from psycopg.types import TypeInfo

from ingest.scope import Scope
from users.kept import Kept

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where an article came to rest; `vector` None and `story` empty for one off topic."""

    article: int
    stage: str
    relevance: float
    reason: str
    embedder: str = ""
    vector: Floats | None = None
    bands: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()
    duplicate_of: int | None = None
    story: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """A story's row as its articles make it; `material` says whether something new was told."""

    story: str
    title: str
    first_seen: datetime
    happened_at: datetime
    last_at: datetime
    origins: int
    pickup: int
    authority: float
    primary: bool
    embedder: str
    vector: Floats | None
    sample: bool
    owner: int | None
    material: bool


def settle_articles(outcomes: Sequence[Outcome]) -> None:
    """Write the outcomes; the articles' work is done."""
    _execute(
        """
        UPDATE ingest_article a
        SET stage = o.stage, relevance = o.relevance, relevance_reason = o.reason, embedder = o.embedder,
            vector = o.vector, bands = o.bands::bigint[], marks = o.marks::int[], duplicate_of_id = o.duplicate_of,
            story_id = nullif(o.story, ''), due_at = NULL, lease_until = NULL, attempt = 0, error = ''
        FROM unnest(%b::bigint[], %b::text[], %b::float8[], %b::text[], %b::text[], %b::vector[], %b::text[],
                    %b::text[], %b::bigint[], %b::text[])
          AS o(id, stage, relevance, reason, embedder, vector, bands, marks, duplicate_of, story)
        WHERE a.id = o.id
        """,
        [
            [o.article for o in outcomes],
            [o.stage for o in outcomes],
            [o.relevance for o in outcomes],
            [o.reason for o in outcomes],
            [o.embedder for o in outcomes],
            [None if o.vector is None else Vector(o.vector) for o in outcomes],
            ["{" + ",".join(map(str, o.bands)) + "}" for o in outcomes],
            ["{" + ",".join(map(str, o.marks)) + "}" for o in outcomes],
            [o.duplicate_of for o in outcomes],
            [o.story for o in outcomes],
        ],
    )


def adopt_copies(articles: Sequence[int]) -> None:
    """Copies belong to their original's story: those among `articles`, and those of an original among them.

    Copies are found while reading as well, before the original has a story or long after. Safe to repeat.
    """
    if not articles:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ingest_article c SET story_id = o.story_id
            FROM ingest_article o
            WHERE c.id IN (SELECT unnest(%s::bigint[])
                           UNION SELECT id FROM ingest_article WHERE duplicate_of_id = ANY(%s))
              AND c.duplicate_of_id = o.id AND c.stage = 'copy' AND c.story_id IS DISTINCT FROM o.story_id
            """,
            [list(articles), list(articles)],
        )


def tell_stories(tellings: Sequence[Telling]) -> None:
    """Add the new stories and bring the others up to date; a version grows only where something is material."""
    _execute(
        """
        INSERT INTO ingest_story AS s
          (id, title, first_seen, happened_at, last_at, version, origins, pickup, authority, "primary", score, novelty,
           embedder, vector, sample, owner_id)
        SELECT t.id, t.title, t.first_seen, t.happened_at, t.last_at, 1, t.origins, t.pickup, t.authority, t."primary",
               0, 1, t.embedder, t.vector, t.sample, t.owner
        FROM unnest(%b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[], %b::int[],
                    %b::int[], %b::float8[], %b::bool[], %b::text[], %b::vector[], %b::bool[], %b::bigint[])
          AS t(id, title, first_seen, happened_at, last_at, origins, pickup, authority, "primary", embedder, vector,
               sample, owner)
        ON CONFLICT (id) DO UPDATE SET
          title = excluded.title, happened_at = excluded.happened_at, last_at = excluded.last_at,
          version = s.version + (s.id = ANY(%b::text[]))::int,
          origins = excluded.origins, pickup = excluded.pickup, authority = excluded.authority,
          "primary" = excluded."primary", embedder = excluded.embedder, vector = excluded.vector
        """,
        [
            [t.story for t in tellings],
            [t.title for t in tellings],
            [t.first_seen for t in tellings],
            [t.happened_at for t in tellings],
            [t.last_at for t in tellings],
            [t.origins for t in tellings],
            [t.pickup for t in tellings],
            [t.authority for t in tellings],
            [t.primary for t in tellings],
            [t.embedder for t in tellings],
            [None if t.vector is None else Vector(t.vector) for t in tellings],
            [t.sample for t in tellings],
            [t.owner for t in tellings],
            [t.story for t in tellings if t.material],
        ],
    )


@dataclass(frozen=True, slots=True)
class Recent:
    """A story's vector by the embedder that made it, and when the story began."""

    story: str
    embedder: str
    vector: Floats
    happened_at: datetime


_COMPARED = 2000
_Row = tuple[str, str]
# Each poll asks for the same stories, 2 KB apiece.
_recent: Kept[_Row, Recent] = Kept(2 * _COMPARED)


def recent(since: datetime, until: datetime, scope: Scope) -> list[Recent]:
    """The stories of the scope that began between the two, the latest where there are very many."""
    with connection.cursor() as cursor:
        # A row that is written anew lies in another place, by another transaction.
        cursor.execute(
            """
            SELECT id, xmin::text || ctid::text FROM ingest_story
            WHERE happened_at BETWEEN %s AND %s AND sample = %s AND owner_id IS NOT DISTINCT FROM %s::bigint
              AND vector IS NOT NULL
            ORDER BY happened_at DESC LIMIT %s
            """,
            [since, until, scope.sample, scope.owner, _COMPARED],
        )
        return list(_recent.of(cursor.fetchall(), _read).values())


def _read(rows: Collection[_Row]) -> dict[_Row, Recent]:
    wanted = dict(rows)
    with _binary_cursor() as cursor:
        cursor.execute(
            "SELECT id, embedder, vector, happened_at FROM ingest_story WHERE id = ANY(%b) AND vector IS NOT NULL",
            [list(wanted)],
            binary=True,
        )
        return {
            (story, wanted[story]): Recent(story, embedder, vector.to_numpy(), at)
            for story, embedder, vector, at in cursor.fetchall()
        }


def vectors(articles: Sequence[int]) -> dict[int, tuple[str, Floats]]:
    """The embedder and vector of each of the articles that has one."""
    with _binary_cursor() as cursor:
        cursor.execute(
            "SELECT id, embedder, vector FROM ingest_article WHERE id = ANY(%b) AND vector IS NOT NULL",
            [list(articles)],
            binary=True,
        )
        return {key: (embedder, vector.to_numpy()) for key, embedder, vector in cursor.fetchall()}


def rank(ranked: Sequence[tuple[str, float, float]]) -> None:
    """Write each story's novelty and score."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ingest_story s SET novelty = r.novelty, score = r.score
            FROM unnest(%s::text[], %s::float8[], %s::float8[]) AS r(id, novelty, score) WHERE s.id = r.id
            """,
            [list(column) for column in zip(*ranked, strict=True)] or [[], [], []],
        )


def keep_vectors(articles: Sequence[tuple[int, int]], embedder: str, vectors: Sequence[Floats]) -> int:
    """Write the vectors of the articles, given by key and revision, that are placed and unchanged. How many were."""
    return _execute(
        """
        UPDATE ingest_article a
        SET embedder = o.embedder, vector = o.vector, due_at = NULL, lease_until = NULL, attempt = 0, error = ''
        FROM unnest(%b::bigint[], %b::int[], %b::text[], %b::vector[]) AS o(id, revision, embedder, vector)
        WHERE a.id = o.id AND a.revision = o.revision AND a.stage = 'placed'
        """,
        [
            [key for key, _ in articles],
            [revision for _, revision in articles],
            [embedder for _ in articles],
            [Vector(vector) for vector in vectors],
        ],
    )


def turn_stories(stories: Sequence[tuple[str, str, Floats | None]]) -> None:
    """Write the stories' vectors, given by key, embedder and vector; nothing else of them changes."""
    _execute(
        """
        UPDATE ingest_story s SET embedder = o.embedder, vector = o.vector
        FROM unnest(%b::text[], %b::text[], %b::vector[]) AS o(id, embedder, vector) WHERE s.id = o.id
        """,
        [
            [key for key, _, _ in stories],
            [embedder for _, embedder, _ in stories],
            [None if vector is None else Vector(vector) for _, _, vector in stories],
        ],
    )


def _execute(statement: LiteralString, columns: list[list[object]]) -> int:
    if not columns[0]:
        return 0
    # Django's cursors write values into the statement as text; half a million floats a batch go in binary.
    with _binary_cursor() as cursor:
        return cursor.execute(statement, columns).rowcount


@contextmanager
def _binary_cursor() -> Iterator[Cursor[Any]]:
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        # Known to this cursor only: registered on the connection, Django would be handed other types as well.
        register_vector_info(cast("BaseConnection[Any]", cursor), _vector_type(connection.connection))
        yield cursor


_vector_types: WeakKeyDictionary[Connection[Any], TypeInfo] = WeakKeyDictionary()


def _vector_type(connected: Connection[Any]) -> TypeInfo:
    if connected not in _vector_types:
        found = TypeInfo.fetch(connected, "vector")
        if found is None:
            raise LookupError("the database has no vectors; run migrate")
        _vector_types[connected] = found
    return _vector_types[connected]

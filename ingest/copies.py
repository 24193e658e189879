"""Sets aside articles that are the same item as one we have, through another source or link, as they are stored."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from ingest.bulk import adopt_copies
from ingest.decide import SUBSTANCE, Candidate, copies
from ingest.models import Stage
from ingest.scope import Scope

# Arrays, because a feed brings hundreds of links, and a parameter for each takes longer than the search.
_SAME = """
    SELECT a.id, a.source_id, a.canonical_url, a.content_hash, a.title, length(a.feed_text), s."primary", a.stage
    FROM ingest_article a JOIN ingest_source s ON s.id = a.source_id
    WHERE (a.canonical_url = ANY(%s) OR a.content_hash = ANY(%s)) AND a.stage <> ALL(%s)
      AND s.sample = %s AND s.owner_id IS NOT DISTINCT FROM %s
"""


def originals(arriving: Sequence[Candidate], scope: Scope) -> dict[int, int]:
    """Which articles are copies, each with the one that counts: those about to be stored, and stored ones of
    the same scope.

    A stored article that has no place in a story yet and tells less than one arriving is set aside here and now. Two
    workers that store the two at the same moment do not see each other; placing compares texts again.
    """
    mine = {one.pk for one in arriving}
    found = copies([*arriving, *_stored(arriving, mine, scope)])
    _set_aside({pk: best for pk, best in found.items() if pk not in mine})
    return found


def _stored(arriving: Sequence[Candidate], mine: set[int], scope: Scope) -> list[Candidate]:
    links = list({one.canonical_url for one in arriving} - {""})
    contents = [one.content_hash for one in arriving if one.size >= SUBSTANCE]
    with connection.cursor() as cursor:
        cursor.execute(_SAME, [links, contents, [Stage.COPY, Stage.FORGOTTEN], scope.sample, scope.owner])
        return [_candidate(*row) for row in cursor.fetchall() if row[0] not in mine]


def _candidate(  # one row of the query above
    pk: int, source: int, link: str, contents: str, title: str, size: int, primary: bool, stage: str
) -> Candidate:
    settled = stage in (Stage.PLACED, Stage.OFF_TOPIC)
    return Candidate(pk, source, link, contents, title, size, primary, settled)


def _set_aside(found: dict[int, int]) -> None:
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ingest_article a
            SET stage = %s, duplicate_of_id = c.best, due_at = NULL, lease_until = NULL, attempt = 0, error = ''
            FROM unnest(%s::bigint[], %s::bigint[]) AS c(id, best)
            WHERE a.id = c.id AND a.stage IN (%s, %s)
            """,
            [Stage.COPY, list(found), list(found.values()), Stage.NEW, Stage.READ],
        )
    adopt_copies(list(found))

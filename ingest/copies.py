"""Sets aside articles that are the same item as one we have, through another source or link, as they are stored."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Length

from ingest.decide import SUBSTANCE, Candidate, copies
from ingest.models import Article, Stage


def originals(arriving: Sequence[Candidate]) -> dict[int, int]:
    """Which articles are copies, each with the one that counts: those about to be stored, and stored ones.

    A stored article that has no place in a story yet and tells less than one arriving is set aside here and now. Two
    workers that store the two at the same moment do not see each other; placing compares texts again.
    """
    mine = {one.pk for one in arriving}
    found = copies([*arriving, *_stored(arriving, mine)])
    _set_aside({pk: best for pk, best in found.items() if pk not in mine})
    return found


def _stored(arriving: Sequence[Candidate], mine: set[int]) -> list[Candidate]:
    links = {one.canonical_url for one in arriving} - {""}
    contents = {one.content_hash for one in arriving if one.size >= SUBSTANCE}
    rows = Article.objects.filter(Q(canonical_url__in=links) | Q(content_hash__in=contents))
    rows = rows.exclude(stage=Stage.COPY).annotate(size=Length("feed_text"))
    columns = ("pk", "source", "canonical_url", "content_hash", "title", "size", "source__primary", "stage")
    return [_candidate(*row) for row in rows.values_list(*columns) if row[0] not in mine]


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

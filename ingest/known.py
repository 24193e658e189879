"""What is stored already of the items that feeds name now, asked for many sources at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from ingest.decide import Draft, Known
from ingest.models import Source

# One join for each way to know an item again: for any of several, the planner would read a whole table.
_SAME = """
    SELECT a.source_id, a.id, a.identity, a.guid, a.canonical_url, a.content_hash, a.title, a.published_at
    FROM ingest_article a WHERE a.id IN (
        SELECT o.id FROM unnest(%s::bigint[], %s::text[]) AS w(source, identity)
          JOIN ingest_article o ON o.source_id = w.source AND o.identity = w.identity
        UNION ALL
        SELECT o.id FROM unnest(%s::bigint[], %s::text[]) AS w(source, contents)
          JOIN ingest_article o ON o.source_id = w.source AND o.content_hash = w.contents
        UNION ALL
        SELECT o.id FROM unnest(%s::bigint[], %s::text[]) AS w(source, link)
          JOIN ingest_article o ON o.source_id = w.source AND o.canonical_url = w.link
        UNION ALL
        SELECT o.id FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) AS w(source, at, title)
          JOIN ingest_article o ON o.source_id = w.source AND o.happened_at = w.at AND o.title = w.title
    )
    ORDER BY a.id
"""


def known(found: Sequence[tuple[Source, Sequence[Draft]]]) -> dict[int, list[Known]]:
    """By source, its articles that one of its drafts might be: by identity, content, link, or time and title."""
    # A source that was never read has none.
    drafts = [(source.pk, one) for source, some in found if source.last_success_at for one in some]
    stored: dict[int, list[Known]] = defaultdict(list)
    if not drafts:
        return stored
    names = [(pk, name) for pk, one in drafts for name in {one.identity, one.second}]
    contents = [(pk, one.content_hash) for pk, one in drafts]
    links = [(pk, one.canonical_url) for pk, one in drafts if one.canonical_url]
    dated = [(pk, one.happened_at, one.title) for pk, one in drafts if one.published_at == one.happened_at]
    columns = [
        [row[place] for row in rows]
        for rows, width in ((names, 2), (contents, 2), (links, 2), (dated, 3))
        for place in range(width)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SAME, columns)
        for source, *row in cursor.fetchall():
            stored[source].append(Known(*row))
    return stored

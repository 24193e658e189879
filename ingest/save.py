"""Writes what was decided: new articles, changed articles, and their passages, many at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from ingest.addressed import count
from ingest.bulk import adopt_copies
from ingest.copies import originals
from ingest.decide import Candidate, Draft, Known, newest
from ingest.edits import is_edit
from ingest.extract import wants_page
from ingest.insert import defaults, insert, reserve_keys
from ingest.models import Article, Passage, Revision, Source, Stage
from ingest.passages import compose, spans
from ingest.scope import Scope

PAGES_PER_LOOK = (
    100  # a feed may hold its whole archive; only the newest entries are worth a visit to its server
)
SKEW = timedelta(minutes=5)  # the database's clock decides what is due, and may be a little behind ours
ARCHIVED = f"not read: only the newest {PAGES_PER_LOOK} entries of one look at a feed have their pages read"


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A draft about to be stored under its key; `near`: whether it is among the newest of its look."""

    pk: int
    source: Source
    draft: Draft
    near: bool

    def candidate(self) -> Candidate:
        draft = self.draft
        size = len(draft.feed_text)
        return Candidate(
            self.pk,
            self.source.pk,
            draft.canonical_url,
            draft.content_hash,
            draft.title,
            size,
            self.source.primary,
            settled=False,
        )


def add(found: Sequence[tuple[Source, Sequence[Draft]]], now: datetime) -> Counter[int]:
    """Store each source's drafts as its articles with what their feed says; how many copies that sets aside, by the
    source's key.

    What needs its page read next is NEW; the rest is READ at once.
    """
    arriving = _numbered(found)
    if not arriving:
        return Counter()
    best, copies = _originals(arriving)
    rows = [_row(one, best.get(one.pk), now) for one in arriving]
    usual = defaults(Article, rows[0])
    insert(Article, ([*row.values(), *usual.values()] for row in rows), [*rows[0], *usual])
    write_passages((row["id"], row["text"]) for row in rows)
    adopt_copies([row["id"] for row in rows if row["duplicate_of"]])
    return copies


def _numbered(found: Sequence[tuple[Source, Sequence[Draft]]]) -> list[_Arrival]:
    count = sum(len(drafts) for _, drafts in found)
    keys = iter(reserve_keys(Article, count) if count else ())
    near = {source.pk: newest(drafts, PAGES_PER_LOOK) for source, drafts in found}
    return [
        _Arrival(next(keys), source, draft, draft.identity in near[source.pk])
        for source, drafts in found
        for draft in drafts
    ]


def _originals(arriving: Sequence[_Arrival]) -> tuple[dict[int, int], Counter[int]]:
    """Which article counts in place of each that is a copy, and how many copies each source brought to light."""
    best: dict[int, int] = {}
    copies: Counter[int] = Counter()
    scopes: dict[Scope, list[_Arrival]] = defaultdict(list)
    for one in arriving:
        scopes[one.source.scope].append(one)
    for scope, together in scopes.items():
        found = originals([one.candidate() for one in together], scope)
        sources = {one.pk: one.source.pk for one in together}
        first = together[0].source.pk
        copies.update(sources.get(pk, sources.get(original, first)) for pk, original in found.items())
        best |= found
    return best, copies


def _row(one: _Arrival, original: int | None, now: datetime) -> dict[str, Any]:
    source, draft, near = one.source, one.draft, one.near
    text = draft.feed_text
    page = wants_page(draft.url, text) and not source.sample
    stage = Stage.COPY if original else Stage.NEW if page and near else Stage.READ
    return {
        "id": one.pk,
        "source": source.pk,
        "identity": draft.identity,
        "guid": draft.guid,
        "url": draft.url,
        "canonical_url": draft.canonical_url,
        "title": draft.title,
        "author": draft.author,
        "language": source.language,
        "published_at": draft.published_at,
        "first_seen": now,
        "happened_at": draft.happened_at,
        "content_hash": draft.content_hash,
        "feed_text": text,
        "text": compose(draft.title, draft.paragraphs),
        "addressing": count((draft.title, *draft.paragraphs)),
        "page_error": ARCHIVED if page and not near else "",
        "stage": stage.value,
        "duplicate_of": original,
        "due_at": None if original else now - SKEW,
    }


def write_passages(texts: Iterable[tuple[int, str]]) -> None:
    """The passages of articles that have none, given their keys and texts."""
    rows = ((pk, number, start, end) for pk, text in texts for number, (start, end) in enumerate(spans(text)))
    insert(Passage, rows, ("article", "number", "start", "end"))


def rewrite_passages(texts: Sequence[tuple[int, str]]) -> None:
    """The passages of articles whose text has changed."""
    Passage.objects.filter(article__in=[pk for pk, _ in texts]).delete()
    write_passages(texts)


def change(changed: Sequence[tuple[Known, Draft]], now: datetime) -> set[int]:
    """Give articles the new text of their feed, keep the old as a revision, and send them through every step again.

    Keys of those there were to change: what the feed only tells shorter than before stays as it is.
    """
    if not changed:
        return set()
    drafts = {known.pk: draft for known, draft in changed}
    kept = Article.objects.filter(pk__in=drafts).exclude(stage=Stage.FORGOTTEN)
    stored = kept.select_for_update().order_by("pk")
    articles = [one for one in stored if is_edit(one.title, one.feed_text, drafts[one.pk])]
    Revision.objects.bulk_create(
        Revision(
            article=one,
            number=one.revision,
            title=one.title,
            text=one.text,
            from_page=one.text_from_page,
            replaced_at=now,
        )
        for one in articles
    )
    for article in articles:
        _apply(article, drafts[article.pk], now)
    Article.objects.bulk_update(articles, _CHANGED, batch_size=200)
    rewrite_passages([(article.pk, article.text) for article in articles])
    return {article.pk for article in articles}


def rename(renamed: Sequence[tuple[Known, Draft]]) -> None:
    """Let articles go by the guid and link that their feed has for them now, so that it finds them next time."""
    if not renamed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ingest_article a
            SET identity = r.identity, guid = r.guid,
                url = CASE r.url WHEN '' THEN a.url ELSE r.url END,
                canonical_url = CASE r.canonical_url WHEN '' THEN a.canonical_url ELSE r.canonical_url END
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
              AS r(id, identity, guid, url, canonical_url)
            WHERE a.id = r.id
            """,
            [
                [known.pk for known, _ in renamed],
                [draft.identity for _, draft in renamed],
                [draft.guid for _, draft in renamed],
                [draft.url for _, draft in renamed],
                [draft.canonical_url for _, draft in renamed],
            ],
        )


_CHANGED = (
    "title",
    "author",
    "url",
    "canonical_url",
    "published_at",
    "content_hash",
    "feed_text",
    "text",
    "text_from_page",
    "addressing",
    "page_error",
    "revision",
    "stage",
    "due_at",
    "lease_until",
    "attempt",
    "error",
    "embedder",
    "vector",
    "bands",
)


def _apply(article: Article, draft: Draft, now: datetime) -> None:
    article.title, article.author = draft.title, draft.author
    article.url = draft.url or article.url
    article.canonical_url = draft.canonical_url or article.canonical_url
    article.published_at, article.content_hash = draft.published_at, draft.content_hash
    article.feed_text = draft.feed_text
    article.text = compose(draft.title, draft.paragraphs)
    article.addressing = count((draft.title, *draft.paragraphs))
    article.text_from_page, article.page_error = False, ""
    article.revision += 1
    if article.stage != Stage.COPY:  # the article that counts is edited by its own source
        article.stage, article.due_at = Stage.NEW, now - SKEW
    # New text, new attempts; a reader of the old text finds another revision, and leaves its result out.
    article.attempt, article.lease_until, article.error = 0, None, ""
    article.embedder, article.vector, article.bands = "", None, []

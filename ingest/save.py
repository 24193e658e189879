"""Writes what was decided: new articles, changed articles, and their passages, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Now

from ingest.decide import Draft, Known, newest
from ingest.furniture import is_teaser
from ingest.models import Article, Passage, Revision, Source, Stage
from ingest.passages import compose, spans

PAGES_PER_LOOK = (
    100  # a feed may hold its whole archive; only the newest entries are worth a visit to its server
)
SKEW = timedelta(minutes=5)  # the database's clock decides what is due, and may be a little behind ours
ARCHIVED = f"not read: only the newest {PAGES_PER_LOOK} entries of one look at a feed have their pages read"


def add(source: Source, drafts: Sequence[Draft], now: datetime) -> None:
    """Store drafts as articles of `source` with what their feed says; reading their pages is their next step."""
    near = newest(drafts, PAGES_PER_LOOK)
    articles = [_article(source, draft, draft.identity in near, now) for draft in drafts]
    Article.objects.bulk_create(articles, batch_size=1000)
    write_passages((article.pk, article.text) for article in articles)


def _article(source: Source, draft: Draft, near: bool, now: datetime) -> Article:
    return Article(
        source=source,
        identity=draft.identity,
        guid=draft.guid,
        url=draft.url,
        canonical_url=draft.canonical_url,
        title=draft.title,
        author=draft.author,
        language=source.language,
        published_at=draft.published_at,
        first_seen=now,
        happened_at=draft.happened_at,
        content_hash=draft.content_hash,
        feed_text=draft.feed_text,
        text=compose(draft.title, list(draft.paragraphs)),
        page_error="" if near or not is_teaser(draft.paragraphs) else ARCHIVED,
        stage=Stage.NEW,
        due_at=now - SKEW,
    )


def write_passages(texts: Iterable[tuple[int, str]]) -> None:
    """The passages of articles that have none, given their keys and texts."""
    Passage.objects.bulk_create(
        Passage(article_id=pk, number=number, start=start, end=end)
        for pk, text in texts
        for number, (start, end) in enumerate(spans(text))
    )


def rewrite_passages(texts: Sequence[tuple[int, str]]) -> None:
    """The passages of articles whose text has changed."""
    Passage.objects.filter(article__in=[pk for pk, _ in texts]).delete()
    write_passages(texts)


def change(changed: Sequence[tuple[Known, Draft]], now: datetime) -> None:
    """Give articles the new text of their feed, keep the old as a revision, and send them through every step again."""
    if not changed:
        return
    drafts = {known.pk: draft for known, draft in changed}
    articles = list(Article.objects.select_for_update().filter(pk__in=drafts).order_by("pk"))
    Revision.objects.bulk_create(
        Revision(article=one, number=one.revision, title=one.title, text=one.text, replaced_at=now)
        for one in articles
    )
    for article in articles:
        _apply(article, drafts[article.pk])
    Article.objects.bulk_update(articles, _CHANGED, batch_size=200)
    Article.objects.filter(pk__in=drafts).update(due_at=Now(), lease_until=None, attempt=0, error="")
    rewrite_passages([(article.pk, article.text) for article in articles])


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
    "page_error",
    "revision",
    "stage",
    "duplicate_of",
    "embedder",
    "vector",
    "bands",
)


def _apply(article: Article, draft: Draft) -> None:
    article.title, article.author = draft.title, draft.author
    article.url, article.canonical_url = draft.url, draft.canonical_url
    article.published_at, article.content_hash = draft.published_at, draft.content_hash
    article.feed_text = draft.feed_text
    article.text = compose(draft.title, list(draft.paragraphs))
    article.text_from_page, article.page_error = False, ""
    article.revision += 1
    article.stage, article.duplicate_of = Stage.NEW, None
    article.embedder, article.vector, article.bands = "", None, []

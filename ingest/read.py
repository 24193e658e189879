"""The step from NEW to READ: sets copies aside, reads the pages behind teasers, and makes text and passages final.

A page that cannot be read is recorded on its article and harms nothing: the feed's own text stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Length, Now

from ingest import decide, work
from ingest.extract import page_refusal
from ingest.furniture import is_teaser
from ingest.models import Article, Stage
from ingest.pages import Page, Run, read_pages
from ingest.passages import compose
from ingest.plain import BREAK
from ingest.save import rewrite_passages

LEASE = timedelta(minutes=10)
CHUNK = 200  # articles whose pages are in memory at once


@dataclass
class Read:
    """What a run of reading did: keys of articles now READ, and counts."""

    read: list[int] = field(default_factory=list)
    copies: int = 0
    pages: int = 0
    page_errors: int = 0


def read_article(article_id: int, now: datetime) -> Read:
    """Read one NEW article if it is due; same contract as `read_many`."""
    return read_many([article_id], now)


def read_many(ids: Sequence[int], now: datetime) -> Read:
    """Bring NEW articles that are due to READ (or COPY) and make their next step due. Safe to repeat."""
    done = Read()
    articles = _claim(ids)
    copies = _set_copies_aside(articles)
    done.copies = len(copies)
    left = [one for one in articles if one.pk not in copies]
    wanted = {one.pk for one in left if _wants_page(one)}
    _finish([one for one in left if one.pk not in wanted], done)
    run = Run()
    waiting = sorted((one for one in left if one.pk in wanted), key=lambda one: one.happened_at, reverse=True)
    for start in range(0, len(waiting), CHUNK):
        chunk = waiting[start : start + CHUNK]
        _take_pages(chunk, read_pages([(one.pk, one.url) for one in chunk], run), done)
        _finish(chunk, done)
    return done


def _claim(ids: Sequence[int]) -> list[Article]:
    return work.claim_many(Article, Q(pk__in=ids, stage=Stage.NEW), LEASE)


def _wants_page(article: Article) -> bool:
    link = article.url.startswith(("http://", "https://"))
    teaser = is_teaser(article.feed_text.split(BREAK) if article.feed_text else [])
    return link and teaser and not article.page_error and article.attempt <= work.MAX_ATTEMPTS


def _set_copies_aside(articles: Sequence[Article]) -> dict[int, int]:
    """Mark what is the same item as another article; the keys of those among `articles`, with the one that counts."""
    if not articles:
        return {}
    found = decide.copies(_candidates(articles))
    for best, pks in _grouped(found).items():
        Article.objects.filter(pk__in=pks, stage__in=(Stage.NEW, Stage.READ)).update(
            stage=Stage.COPY, duplicate_of=best, due_at=None, lease_until=None, error=""
        )
    mine = {one.pk for one in articles}
    return {pk: best for pk, best in found.items() if pk in mine}


def _grouped(found: dict[int, int]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for pk, best in found.items():
        groups[best].append(pk)
    return groups


def _candidates(articles: Sequence[Article]) -> list[decide.Candidate]:
    links = {one.canonical_url for one in articles} - {""}
    contents = {one.content_hash for one in articles if len(one.feed_text) >= decide.SUBSTANCE}
    rows = Article.objects.filter(Q(canonical_url__in=links) | Q(content_hash__in=contents))
    rows = rows.exclude(stage=Stage.COPY).annotate(size=Length("feed_text"))
    columns = ("pk", "source", "canonical_url", "content_hash", "title", "size", "source__primary", "stage")
    return [_candidate(*row) for row in rows.values_list(*columns)]


def _candidate(  # one row of the query above
    pk: int, source: int, link: str, contents: str, title: str, size: int, primary: bool, stage: str
) -> decide.Candidate:
    settled = stage in (Stage.PLACED, Stage.OFF_TOPIC)
    return decide.Candidate(pk, source, link, contents, title, size, primary, settled)


def _take_pages(articles: Sequence[Article], pages: Sequence[Page], done: Read) -> None:
    """Give each article its page's text where that is the article, else the reason why not."""
    by_key = {page.pk: page for page in pages}
    errors: dict[str, list[int]] = defaultdict(list)
    rewritten = []
    for article in articles:
        page = by_key[article.pk]
        if page.text is None:
            errors[page.error].append(article.pk)
        elif refusal := page_refusal(article.title, article.feed_text, page.text):
            errors[refusal].append(article.pk)
        else:
            _apply(article, page)
            rewritten.append(article)
    done.pages += len(rewritten)
    done.page_errors += len(articles) - len(rewritten)
    for words, pks in errors.items():
        Article.objects.filter(pk__in=pks, stage=Stage.NEW).update(page_error=words)
    _store(rewritten)


def _apply(article: Article, page: Page) -> None:
    assert page.text is not None  # noqa: S101 - the caller has looked
    article.text = compose(article.title, list(page.text.paragraphs))
    article.text_from_page = True
    article.author = article.author or page.text.author


def _store(articles: Sequence[Article]) -> None:
    with transaction.atomic():
        # Only what is still ours: an edit that came meanwhile has sent the article back to be read again.
        ours = set(
            Article.objects.select_for_update()
            .filter(pk__in=[one.pk for one in articles], stage=Stage.NEW)
            .values_list("pk", "attempt")
        )
        kept = [one for one in articles if (one.pk, one.attempt) in ours]
        Article.objects.bulk_update(kept, ("text", "text_from_page", "author"), batch_size=100)
        rewrite_passages([(one.pk, one.text) for one in kept])


def _finish(articles: Sequence[Article], done: Read) -> None:
    """READ, and due for being placed; the stage is the fence against an attempt that lost its lease."""
    by_attempt: dict[int, list[int]] = defaultdict(list)
    for one in articles:
        by_attempt[one.attempt].append(one.pk)
    for attempt, pks in by_attempt.items():
        mine = Article.objects.filter(pk__in=pks, stage=Stage.NEW, attempt=attempt)
        mine.update(stage=Stage.READ, due_at=Now(), lease_until=None, attempt=0, error="")
    done.read += [one.pk for one in articles]

"""The step from NEW to READ: reads the pages behind teasers and makes text and passages final.

A page that cannot be read is recorded on its article and harms nothing: the feed's own text stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from ingest import work
from ingest.addressed import count
from ingest.extract import page_refusal, wants_page
from ingest.models import Article, Source, Stage
from ingest.pages import Page, Wanted
from ingest.passages import compose
from ingest.reread import remember
from ingest.save import rewrite_passages
from ingest.visit import visit

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 2  # a page whose reading took our worker down twice is left alone
_NEEDED = ("source", "url", "title", "author", "feed_text", "happened_at", "page_error", "revision")


@dataclass
class Read:
    """What a run of reading did: keys of articles now READ, and counts."""

    read: list[int] = field(default_factory=list)
    pages: int = 0
    page_errors: int = 0

    def add(self, more: Read) -> None:
        self.read += more.read
        self.pages += more.pages
        self.page_errors += more.page_errors


def read_many(ids: Sequence[int], now: datetime) -> Read:
    """Bring NEW articles that are due to READ and make their next step due. Safe to repeat."""
    done = Read()
    articles = _claim(ids)
    wanted, full = _split(articles)
    _finish(full, done)
    feeds = dict(Source.objects.filter(pk__in={one.source_id for one in wanted}).values_list("pk", "url"))
    waiting = {one.pk: one for one in sorted(wanted, key=lambda one: one.happened_at, reverse=True)}
    wishes = [
        Wanted(one.pk, one.url, one.title, one.author, feeds[one.source_id]) for one in waiting.values()
    ]
    with closing(visit(wishes, now, lambda keys: [work.put_back(waiting[pk]) for pk in keys])) as visited:
        for pages in visited:
            _take_pages([(waiting[page.pk], page) for page in pages], done)
    return done


def _claim(ids: Sequence[int]) -> list[Article]:
    return work.claim_many(Article, work.among(ids) & Q(stage=Stage.NEW), LEASE, _NEEDED)


def _split(articles: Sequence[Article]) -> tuple[list[Article], list[Article]]:
    """Those whose page is to be read, and those that are complete as their feed gave them."""
    wanted: list[Article] = []
    full: list[Article] = []
    for one in articles:
        page = one.attempt <= MOST_ATTEMPTS and wants_page(one.url, one.feed_text)
        (wanted if page else full).append(one)
    return wanted, full


def _take_pages(read: Sequence[tuple[Article, Page]], done: Read) -> None:
    """Give each article its page's text where that is the article, else the reason why not."""
    rewritten = []
    for article, page in read:
        article.page_error = page.error or page_refusal(article.title, article.feed_text, page.text)
        if page.text is not None and not article.page_error:
            article.text = compose(article.title, page.text.paragraphs)
            article.addressing = count((article.title, *page.text.paragraphs))
            article.text_from_page = True
            rewritten.append(article)
    done.pages += len(rewritten)
    done.page_errors += len(read) - len(rewritten)
    _store(rewritten)
    remember([page for _, page in read])
    _finish([article for article, _ in read], done)


def _store(articles: Sequence[Article]) -> None:
    if not articles:
        return
    with transaction.atomic():
        # Only what is still ours: an edit that came meanwhile has sent the article back to be read again.
        ours = set(
            Article.objects.select_for_update()
            .filter(pk__in=[one.pk for one in articles], stage=Stage.NEW)
            .values_list("pk", "attempt", "revision")
        )
        kept = [one for one in articles if (one.pk, one.attempt, one.revision) in ours]
        Article.objects.bulk_update(kept, ("text", "text_from_page", "addressing"), batch_size=100)
        rewrite_passages([(one.pk, one.text) for one in kept])


def _finish(articles: Sequence[Article], done: Read) -> None:
    """READ, and due for being placed.

    Stage and attempt are the fence against a reader that lost its lease, the revision against one of an older text.
    """
    if not articles:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        work.hurry()
        cursor.execute(
            """
            UPDATE ingest_article a
            SET stage = %s, page_error = r.page_error, due_at = now(), lease_until = NULL, attempt = 0, error = ''
            FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[]) AS r(id, attempt, revision, page_error)
            WHERE a.id = r.id AND a.stage = %s AND a.attempt = r.attempt AND a.revision = r.revision
            RETURNING a.id
            """,
            [
                Stage.READ,
                [one.pk for one in articles],
                [one.attempt for one in articles],
                [one.revision for one in articles],
                [one.page_error for one in articles],
                Stage.NEW,
            ],
        )
        done.read += [key for (key,) in cursor.fetchall()]

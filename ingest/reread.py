"""Reads pages again that could not be read: an article whose page comes after all gets its text as a revision.

Until then, and for good when the page stays away, the article has the text of its feed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from ingest import schedule, work
from ingest.addressed import count
from ingest.extract import page_refusal
from ingest.models import Article, PageRetry, Revision, Stage
from ingest.pages import Page, Wanted
from ingest.passages import compose
from ingest.save import SKEW, rewrite_passages
from ingest.visit import visit

LEASE = timedelta(minutes=10)
ON_ITS_WAY = timedelta(minutes=5)  # an article that is just being read or placed is left alone for so long
AT_REST = (Stage.PLACED, Stage.OFF_TOPIC)


def remember(pages: Sequence[Page]) -> None:
    """Note, of articles whose pages have just been asked for the first time, which are worth another try, and when."""
    waits = [(page, schedule.page_again(1, page.retry_after, page.pk)) for page in pages if page.passing]
    with transaction.atomic(), connection.cursor() as cursor:
        work.hurry()
        PageRetry.objects.filter(work.among([page.pk for page in pages if not page.passing])).delete()
        cursor.execute(
            """
            INSERT INTO ingest_pageretry (article_id, tries, due_at, attempt, error)
            SELECT r.id, 1, now() + r.wait, 0, r.error
            FROM unnest(%s::bigint[], %s::interval[], %s::text[]) AS r(id, wait, error)
            ON CONFLICT (article_id) DO UPDATE
            SET tries = 1, due_at = excluded.due_at, lease_until = NULL, attempt = 0, error = excluded.error
            """,
            [[page.pk for page, _ in waits], [wait for _, wait in waits], [page.error for page, _ in waits]],
        )


def reread_many(ids: Sequence[int], now: datetime) -> list[int]:
    """Try the pages of these articles again, where that is due; keys of those that were revised, to be placed anew."""
    retries = {row.pk: row for row in work.claim_many(PageRetry, work.among(ids), LEASE)}
    articles = list(Article.objects.select_related("source").filter(work.among(list(retries)), _waiting()))
    _leave(retries, {one.pk for one in articles})
    taken = {one.pk: one for one in articles}
    wanted = [Wanted(one.pk, one.url, one.title, one.author, one.source.url) for one in articles]
    revised: list[int] = []
    with closing(visit(wanted, now, lambda keys: [work.put_back(retries[pk]) for pk in keys])) as visited:
        for pages in visited:
            revised += [page.pk for page in pages if _settle(retries[page.pk], taken[page.pk], page, now)]
    return revised


def _waiting() -> Q:
    return Q(stage__in=AT_REST, text_from_page=False)  # due or not: a placed one is only due to be embedded


def _leave(retries: dict[int, PageRetry], taken: set[int]) -> None:
    """An article under way comes to rest soon; for one that has its page, or is a copy, there is nothing to read."""
    left = set(retries) - taken
    moving = set(
        Article.objects.filter(pk__in=left, due_at__isnull=False, text_from_page=False).values_list(
            "pk", flat=True
        )
    )
    for pk in moving:
        work.finish(retries[pk], ON_ITS_WAY, error=retries[pk].error)
    PageRetry.objects.filter(pk__in=left - moving).delete()


def _settle(retry: PageRetry, article: Article, page: Page, now: datetime) -> bool:
    """Whether the article has the text of its page now."""
    words = page.error or page_refusal(article.title, article.feed_text, page.text)
    if page.text is not None and not words:
        return _revise(article, compose(article.title, page.text.paragraphs), now)
    wait = schedule.page_again(retry.tries + 1, page.retry_after, article.pk) if page.passing else None
    if wait is not None:
        work.finish(retry, wait, tries=retry.tries + 1, error=words)
        return False
    Article.objects.filter(pk=article.pk, revision=article.revision).update(page_error=words)
    retry.delete()
    return False


def _revise(article: Article, text: str, now: datetime) -> bool:
    with transaction.atomic():
        PageRetry.objects.filter(pk=article.pk).delete()
        rows = Article.objects.select_for_update().filter(
            _waiting(), pk=article.pk, revision=article.revision
        )
        if not rows:  # its feed has edited it meanwhile, and sent it round again
            return False
        Revision.objects.create(
            article=article,
            number=article.revision,
            title=article.title,
            text=article.text,
            from_page=False,
            replaced_at=now,
        )
        rows.update(
            text=text,
            text_from_page=True,
            addressing=count(text.split("\n\n")),
            page_error="",
            revision=article.revision + 1,
            stage=Stage.READ,
            due_at=now - SKEW,
            lease_until=None,
            attempt=0,
            error="",
            embedder="",
            vector=None,
            bands=[],
        )
        rewrite_passages([(article.pk, text)])
    return True

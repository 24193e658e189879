"""The recipe of one look at a feed: claim, fetch, parse, decide, save; no transaction is open while it fetches."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from ingest import decide, schedule, work
from ingest.fetch import Fetched, FetchError, fetch
from ingest.matching import compare
from ingest.models import Article, Source
from ingest.parse import ParsedFeed, ParseError, parse_feed
from ingest.save import add, change, rename

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
AT_ONCE = 8

Outcome = Literal["fetched", "not_modified", "failed", "busy"]


@dataclass(frozen=True)
class Refreshed:
    """What one look at a source brought, counted in entries of the feed.

    `repeated` entries came twice in it; `copies` articles, new or stored before, were set aside as the same item as
    another; `unusable` names each entry that could not become an article.
    `busy` means that another worker has the source, or that it was not due; one that was given up has `failed`.
    """

    source_id: int
    url: str
    outcome: Outcome
    error: str = ""
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    copies: int = 0
    unusable: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Look:
    """What came over the network: a feed, an unchanged answer (`feed` is None), or a failure in plain words."""

    fetched: Fetched | None = None
    feed: ParsedFeed | None = None
    body_hash: str = ""
    code: str = ""
    words: str = ""
    retry_after: float | None = None


@dataclass
class _Batch:
    sources: list[Source] = field(default_factory=list)
    others: list[Refreshed] = field(default_factory=list)


def refresh(source_id: int, now: datetime, force: bool = False) -> Refreshed:
    """Look at one source now if it is due (`force`: even if not); its failure is stored on it and raised nowhere."""
    return refresh_many([source_id], now, force)[0]


def refresh_many(ids: Sequence[int], now: datetime, force: bool = False) -> list[Refreshed]:
    """Look at several sources, fetching side by side and saving one after the other; same contract as `refresh`."""
    batch = _claim(ids, force)
    results = list(batch.others)
    if len(batch.sources) == 1:
        return [*results, _settle(batch.sources[0], lambda: _look(batch.sources[0]), now)]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch") as pool:
        looks = {pool.submit(_look, source): source for source in batch.sources}
        results += [_settle(looks[done], done.result, now) for done in as_completed(looks)]
    return results


def _claim(ids: Sequence[int], force: bool) -> _Batch:
    if force:
        Source.objects.filter(pk__in=ids, enabled=True, attempt__lt=work.POISON).update(due_at=Now())
    batch = _Batch(sources=work.claim_many(Source, Q(pk__in=ids, enabled=True), LEASE))
    taken = {source.pk for source in batch.sources}
    batch.others = [_left_alone(source) for source in Source.objects.filter(pk__in=set(ids) - taken)]
    return batch


def _left_alone(source: Source) -> Refreshed:
    if source.enabled and source.due_at is None and source.error:
        return Refreshed(source.pk, source.url, "failed", error=source.error)
    return Refreshed(source.pk, source.url, "busy")


def _look(source: Source) -> _Look:
    """Fetch and parse; touches no database, so that it may run in a thread."""
    try:
        fetched = fetch(source.url, etag=source.etag, last_modified=source.last_modified)
        if fetched.status == 304:
            return _Look(fetched, body_hash=source.body_hash)
        body_hash = decide.body_hash(fetched.body)
        if body_hash == source.body_hash:
            return _Look(fetched, body_hash=body_hash)
        return _Look(fetched, parse_feed(fetched.body, fetched.url, fetched.content_type), body_hash)
    except FetchError as error:
        return _Look(code=error.code, words=error.words, retry_after=error.retry_after)
    except ParseError as error:
        return _Look(code=error.code, words=error.words)


def _settle(source: Source, look: Callable[[], _Look], now: datetime) -> Refreshed:
    """Save a look, whatever it holds: what one feed brings about harms no other of its batch."""
    try:
        return _save(source, look(), now)
    except work.MISHAPS as error:
        logger.exception("the look at %s could not be saved", source.url)
        words = f"what this feed holds could not be stored ({work.mishap(error)})"
        return _failed(source, _Look(code="unstorable", words=words), now)


def _save(source: Source, look: _Look, now: datetime) -> Refreshed:
    if look.fetched is None:
        return _failed(source, look, now)
    with transaction.atomic():
        work.hurry()
        result = _not_modified(source) if look.feed is None else _take(source, look.feed, now)
        if not work.finish(source, schedule.after_success().wait, **_healthy(source, look, now)):
            transaction.set_rollback(True)
            return Refreshed(source.pk, source.url, "busy")
    return result


def _not_modified(source: Source) -> Refreshed:
    return Refreshed(source.pk, source.url, "not_modified")


def _healthy(source: Source, look: _Look, now: datetime) -> dict[str, object]:
    assert look.fetched is not None  # noqa: S101 - the caller has judged
    changes: dict[str, object] = {
        "last_checked_at": now,
        "last_success_at": now,
        "failures": 0,
        "body_hash": look.body_hash,
    }
    if look.fetched.status == 200:
        changes |= {"etag": look.fetched.etag, "last_modified": look.fetched.last_modified}
    if look.feed is not None:  # a source added by its address alone learns its name from the feed
        changes |= {
            "title": source.title or look.feed.title,
            "site_url": source.site_url or look.feed.site_url,
        }
    return changes


def _take(source: Source, feed: ParsedFeed, now: datetime) -> Refreshed:
    reading = decide.read(feed.items, now)
    plan = compare(reading.drafts, _known(source, reading.drafts))
    rename(plan.renamed)
    edited = change(plan.changed, now)
    copies = add(source, plan.new, now)
    return Refreshed(
        source.pk,
        source.url,
        "fetched",
        new=len(plan.new),
        updated=edited,
        unchanged=plan.unchanged + len(plan.changed) - edited,
        repeated=reading.repeated,
        copies=copies,
        unusable=(*reading.unusable, *_left_out(feed)),
    )


def _left_out(feed: ParsedFeed) -> list[str]:
    if not feed.left_out:
        return []
    return [
        f"{feed.left_out} older entries left out: only the newest {len(feed.items):,} of a feed are read at once"
    ]


def _known(source: Source, drafts: Sequence[decide.Draft]) -> list[decide.Known]:
    if source.last_success_at is None:
        return []
    same = Q(identity__in={name for draft in drafts for name in (draft.identity, draft.second)})
    same |= Q(content_hash__in=[draft.content_hash for draft in drafts])
    same |= Q(canonical_url__in={draft.canonical_url for draft in drafts} - {""})
    dated = [draft for draft in drafts if draft.published_at == draft.happened_at]
    same |= Q(happened_at__in={one.happened_at for one in dated}, title__in={one.title for one in dated})
    rows = Article.objects.filter(same, source=source).order_by("pk")
    columns = ("pk", "identity", "guid", "canonical_url", "content_hash", "title", "published_at")
    return [decide.Known(*row) for row in rows.values_list(*columns)]


def _failed(source: Source, look: _Look, now: datetime) -> Refreshed:
    failures = source.failures + 1
    gone_since = source.last_checked_at if look.code == "gone" and source.error == look.words else None
    then = schedule.after_failure(look.code, failures, look.retry_after, gone_since, now)
    changes: dict[str, object] = {"error": look.words, "failures": failures}
    if gone_since is None:  # while a feed stays gone, this keeps the time it was first found gone
        changes["last_checked_at"] = now
    if then.disable:
        changes["enabled"] = False
    if not work.finish(source, then.wait, **changes):
        return Refreshed(source.pk, source.url, "busy")
    return Refreshed(source.pk, source.url, "failed", error=look.words)

"""The recipe of one look at a feed: claim, fetch, parse, decide, save; no transaction is open while it fetches."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from ingest import decide, health, hosts, moves, schedule, unchanged, work
from ingest.asks import Asks
from ingest.fetch import Fetched, FetchError, fetch
from ingest.matching import compare
from ingest.models import Article, Source
from ingest.parse import ParsedFeed, ParseError, parse_feed
from ingest.plain import storable
from ingest.save import add, change, rename

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
LAST_START = 200.0  # seconds after the claim; a look ends before its task is stopped and its lease lapses
AT_ONCE = 32  # most of them wait for a server
TOGETHER = 500  # sources claimed at once

Outcome = Literal["fetched", "not_modified", "failed", "busy"]


@dataclass(frozen=True)
class Refreshed:
    """What one look at a source brought, counted in entries of the feed.

    `repeated` entries came twice in it; `copies` articles, new or stored before, were set aside as the same item as
    another; `unusable` names each entry that could not become an article.
    `busy` means that another worker has the source or its host, that it was not due, or that its turn did not come in
    time; one that was given up has `failed`. `error` may name what was fetched, `code` never does.
    """

    source_id: int
    url: str
    outcome: Outcome
    error: str = ""
    code: str = ""
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


def refresh(source_id: int, now: datetime, force: bool = False) -> Refreshed:
    """Look at one source now if it is due (`force`: even if not); its failure is stored on it and raised nowhere."""
    return refresh_many([source_id], now, force)[0]


def refresh_many(
    ids: Sequence[int], now: datetime, force: bool = False, seconds: float = LAST_START
) -> list[Refreshed]:
    """Look at several sources, fetching side by side and saving one after the other; same contract as `refresh`.

    `force` also passes by the courtesy that only one process asks a host at a time. After `seconds`, no look is begun:
    what is left stays due.
    """
    results: list[Refreshed] = []
    for start in range(0, len(ids), TOGETHER):
        some = ids[start : start + TOGETHER]
        sources = _claim(some, force)
        taken = {source.pk for source in sources}
        results += [_left_alone(one) for one in Source.objects.filter(pk__in=set(some) - taken)]
        results += _look_at(sources, now, force, seconds)
    return results


def _claim(ids: Sequence[int], force: bool) -> list[Source]:
    if force:
        Source.objects.filter(pk__in=ids, enabled=True, attempt__lt=work.POISON).update(due_at=Now())
    return work.claim_many(Source, Q(pk__in=ids, enabled=True), LEASE)


def _look_at(sources: Sequence[Source], now: datetime, force: bool, seconds: float) -> list[Refreshed]:
    until = time.monotonic() + seconds
    # What failed the last time waits for what did not: a host that hangs holds its own well feeds up least.
    named = [(hosts.host_of(one.url), one) for one in sorted(sources, key=lambda one: one.failures > 0)]
    with hosts.lent(set() if force else {host for host, _ in named}) as ours:
        jobs = [(host, one) for host, one in named if force or host in ours]
        results = [_not_now(one) for host, one in named if not force and host not in ours]
        line = hosts.Line(jobs, partial(_look, until))
        for done in line.run(AT_ONCE):
            results += _settle_all(done, now)
    return results


def _not_now(source: Source) -> Refreshed:
    work.put_back(source)
    return Refreshed(source.pk, source.url, "busy")


def _left_alone(source: Source) -> Refreshed:
    if source.enabled and source.due_at is None and source.error:
        return Refreshed(source.pk, source.url, "failed", error=source.error, code="given_up")
    return Refreshed(source.pk, source.url, "busy")


def _look(until: float, source: Source, host_is_free: hosts.Free) -> _Look:
    """Fetch and parse, unless it is too late to begin; touches no database, so that it may run in a thread."""
    if time.monotonic() > until:
        host_is_free(asked=False)
        return _Look(code="late")
    try:
        fetched = fetch(source.url, etag=source.etag, last_modified=source.last_modified)
        host_is_free()
        return _read(source, fetched)
    except FetchError as error:
        return _Look(code=error.code, words=error.words, retry_after=error.retry_after)
    except ParseError as error:
        return _Look(code=error.code, words=error.words)


def _read(source: Source, fetched: Fetched) -> _Look:
    if fetched.status == 304:
        return _Look(fetched, body_hash=source.body_hash)
    body_hash, light = decide.body_hash(fetched.body), replace(fetched, body=b"")
    if body_hash == source.body_hash:
        return _Look(light, body_hash=body_hash)
    return _Look(light, parse_feed(fetched.body, fetched.url, fetched.content_type), body_hash)


def _settle_all(done: Sequence[tuple[Source, Future[_Look]]], now: datetime) -> list[Refreshed]:
    """Save looks: those that found nothing new together, any other by itself."""
    quiet = {source.pk: one for source, look in done if (one := _unchanged(source, look, now))}
    results = [_settle(source, look.result, now) for source, look in done if source.pk not in quiet]
    ours = unchanged.store(list(quiet.values()), now)
    return results + [
        Refreshed(pk, one.source.url, "not_modified" if pk in ours else "busy") for pk, one in quiet.items()
    ]


def _unchanged(source: Source, look: Future[_Look], now: datetime) -> unchanged.Unchanged | None:
    found = None if look.exception() else look.result()
    if found is None or found.fetched is None or found.feed or found.fetched.moved_to or source.moved_to:
        return None
    known = source if found.fetched.status == 304 else found.fetched
    rhythm, asks = _pace(source, None, 0, now)
    wait = schedule.after_success(rhythm, asks, found.fetched.fresh_for, now, source.pk).wait
    return unchanged.Unchanged(source, wait, known.etag, known.last_modified)


def _settle(source: Source, look: Callable[[], _Look], now: datetime) -> Refreshed:
    """Save a look, whatever it holds: what one feed brings about harms no other of its batch."""
    try:
        found = look()
        return _not_now(source) if found.code == "late" else _save(source, found, now)
    except work.MISHAPS as error:
        # The traceback ends in the database's words, which may repeat whole rows.
        logger.error("the look at %s could not be saved", _name(source), exc_info=source.owner_id is None)
        words = f"what this feed holds could not be stored ({work.mishap(error)})"
        return _failed(source, _Look(code="unstorable", words=words), now)


def _save(source: Source, look: _Look, now: datetime) -> Refreshed:
    if look.fetched is None:
        return _failed(source, look, now)
    with transaction.atomic():
        work.hurry()
        result = _not_modified(source) if look.feed is None else _take(source, look.feed, now)
        rhythm, asks = _pace(source, look.feed, result.new, now)
        wait = schedule.after_success(rhythm, asks, look.fetched.fresh_for, now, source.pk).wait
        if not work.finish(source, wait, **_healthy(source, look, rhythm, asks, now)):
            transaction.set_rollback(True)
            return Refreshed(source.pk, source.url, "busy")
    return result


def _not_modified(source: Source) -> Refreshed:
    return Refreshed(source.pk, source.url, "not_modified")


def _pace(source: Source, feed: ParsedFeed | None, new: int, now: datetime) -> tuple[schedule.Rhythm, Asks]:
    """How often the feed publishes and what it asks for: as it says now, else as it said last."""
    if feed is None:
        asks = Asks(source.ttl, tuple(source.skip_hours), tuple(source.skip_days))
        return schedule.Rhythm(source.publishes_every, source.newest_at), asks
    dates = [item.published or item.updated for item in feed.items]
    rhythm = schedule.rhythm([when for when in dates if when and when >= decide.EARLIEST], now)
    if rhythm.newest is None:  # without dates, what came is as old as the look that found it
        rhythm = schedule.Rhythm(None, now if new else source.newest_at)
    return rhythm, feed.asks


def _healthy(
    source: Source, look: _Look, rhythm: schedule.Rhythm, asks: Asks, now: datetime
) -> dict[str, object]:
    assert look.fetched is not None  # noqa: S101 - the caller has judged
    changes: dict[str, object] = {
        "last_checked_at": now,
        "last_success_at": now,
        "failures": 0,
        "told_at": None,
        "body_hash": look.body_hash,
        "publishes_every": rhythm.gap,
        "newest_at": rhythm.newest,
        "ttl": asks.ttl,
        "skip_hours": list(asks.skip_hours),
        "skip_days": list(asks.skip_days),
    }
    if look.fetched.status == 200:
        changes |= {"etag": look.fetched.etag, "last_modified": look.fetched.last_modified}
    if look.feed is not None:  # a source added by its address alone learns its name from the feed
        changes |= {
            "title": source.title or look.feed.title,
            "site_url": source.site_url or look.feed.site_url,
        }
    return changes | _moved(source, look.fetched.moved_to, now)


def _moved(source: Source, to: str, now: datetime) -> dict[str, object]:
    """What is now known of where the source has moved to; its new address, once that is certain."""
    before = None
    if source.moved_to and source.moved_since:
        before = moves.Move(source.moved_to, source.moved_since, source.moved_looks)
    move = moves.note(before, to if storable(to) else "", now)
    if move is None:
        return {"moved_to": "", "moved_since": None, "moved_looks": 0}
    # Where that address is a source already, this one goes on being led there: two names for one feed do no harm.
    if moves.settled(move, now) and not Source.objects.filter(url=move.to, owner=source.owner_id).exists():
        logger.info("%s has moved%s", _name(source), "" if source.owner_id else f" to {move.to}")
        return {"url": move.to, "moved_to": "", "moved_since": None, "moved_looks": 0}
    return {"moved_to": move.to, "moved_since": move.since, "moved_looks": move.looks}


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
    failures = 1 if look.code in schedule.UNREACHED and _cut_off(now) else source.failures + 1
    gone_since = source.last_checked_at if look.code == "gone" and source.error == look.words else None
    then = schedule.after_failure(look.code, failures, look.retry_after, gone_since, now, source.pk)
    changes: dict[str, object] = {"error": look.words, "failures": failures}
    if gone_since is None:  # while a feed stays gone, this keeps the time it was first found gone
        changes["last_checked_at"] = now
    if then.disable:
        changes["enabled"] = False
    if lost := _lost(source, failures, then.disable, look.words, now):
        changes["told_at"] = now
    if not work.finish(source, then.wait, **changes):
        return Refreshed(source.pk, source.url, "busy")
    if lost:
        logger.error("%s needs attention: %s", source.url, lost)
    return Refreshed(source.pk, source.url, "failed", error=look.words, code=look.code)


def _name(source: Source) -> str:
    """What the log calls it: nobody but its reader is told the address of an own source."""
    return f"own source {source.pk}" if source.owner_id else source.url


def _lost(source: Source, failures: int, given_up: bool, words: str, now: datetime) -> str:
    """What the operator is told, once, of a source that cannot be read; a reader's own is told to that reader."""
    if source.owner_id is not None or source.told_at is not None:
        return ""
    then = copy(source)
    then.enabled, then.failures, then.error = not given_up, failures, words
    return health.unread(then, now)


def _cut_off(now: datetime) -> bool:
    """Nobody answers lately, so it may well be us: sources are looked at as soon as ever when we are back."""
    lately = Q(last_success_at__gt=now - schedule.INTERVAL, sample=False)
    return not Source.objects.filter(lately).exists()

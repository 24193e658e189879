"""The recipe of looks at feeds: claim, fetch, parse, decide, save; no transaction is open while they fetch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from copy import copy
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q
from django.db.models.functions import Now

from ingest import health, hosts, schedule, unchanged, work
from ingest.look import Look, Refreshed, look
from ingest.models import Source
from ingest.take import named, pace, take

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
LAST_START = 200.0  # seconds after the claim; a look ends before its task is stopped and its lease lapses
AT_ONCE = 32  # most of them wait for a server
TOGETHER = 500  # sources claimed at once


def refresh(source_id: int, now: datetime, force: bool = False) -> Refreshed:
    """Look at one source now if it is due (`force`: even if not); its failure is stored on it and raised nowhere."""
    return refresh_many([source_id], now, force)[0]


def refresh_many(
    ids: Sequence[int], now: datetime, force: bool = False, seconds: float = LAST_START
) -> list[Refreshed]:
    """Look at several sources, fetching side by side and saving together what has come; same contract as `refresh`.

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
    known = [(hosts.host_of(one.url), one) for one in sorted(sources, key=lambda one: one.failures > 0)]
    with hosts.lent(set() if force else {host for host, _ in known}) as ours:
        jobs = [(host, one) for host, one in known if force or host in ours]
        results = [_not_now(one) for host, one in known if not force and host not in ours]
        line = hosts.Line(jobs, partial(look, until))
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


def _settle_all(done: Sequence[tuple[Source, Future[Look]]], now: datetime) -> list[Refreshed]:
    """Save looks: together those that found nothing new, and those that may have; any other by itself."""
    quiet = {source.pk: one for source, came in done if (one := _unchanged(source, came, now))}
    rest = [(source, came) for source, came in done if source.pk not in quiet]
    results = _take([(source, came.result()) for source, came in rest if _answered(came)], now)
    results += [_settle(source, came.result, now) for source, came in rest if not _answered(came)]
    ours = unchanged.store(list(quiet.values()), now)
    return results + [
        Refreshed(pk, one.source.url, "not_modified" if pk in ours else "busy") for pk, one in quiet.items()
    ]


def _answered(came: Future[Look]) -> bool:
    return came.exception() is None and came.result().fetched is not None


def _unchanged(source: Source, came: Future[Look], now: datetime) -> unchanged.Unchanged | None:
    found = None if came.exception() else came.result()
    if found is None or found.fetched is None or found.feed or found.fetched.moved_to or source.moved_to:
        return None
    known = source if found.fetched.status == 304 else found.fetched
    rhythm, asks = pace(source, None, 0, now)
    wait = schedule.after_success(rhythm, asks, found.fetched.fresh_for, now, source.pk).wait
    return unchanged.Unchanged(source, wait, known.etag, known.last_modified)


def _take(looks: Sequence[tuple[Source, Look]], now: datetime) -> list[Refreshed]:
    """Save looks that were answered; where that fails, each by itself: what one feed brings about harms no other."""
    try:
        return take(looks, now) if looks else []
    except work.MISHAPS as error:
        if len(looks) > 1:
            return [result for one in looks for result in _take([one], now)]
        return [_unstorable(looks[0][0], error, now)]


def _settle(source: Source, found: Callable[[], Look], now: datetime) -> Refreshed:
    """Save a look that brought nothing, for whatever reason."""
    try:
        come = found()
    except work.MISHAPS as error:
        return _unstorable(source, error, now)
    return _not_now(source) if come.code == "late" else _failed(source, come, now)


def _unstorable(source: Source, error: Exception, now: datetime) -> Refreshed:
    # The traceback ends in the database's words, which may repeat whole rows.
    logger.error("the look at %s could not be saved", named(source), exc_info=source.owner_id is None)
    words = f"what this feed holds could not be stored ({work.mishap(error)})"
    return _failed(source, Look(code="unstorable", words=words), now)


def _failed(source: Source, found: Look, now: datetime) -> Refreshed:
    failures = 1 if found.code in schedule.UNREACHED and _cut_off(now) else source.failures + 1
    gone_since = source.last_checked_at if found.code == "gone" and source.error == found.words else None
    then = schedule.after_failure(found.code, failures, found.retry_after, gone_since, now, source.pk)
    changes: dict[str, object] = {"error": found.words, "failures": failures}
    if gone_since is None:  # while a feed stays gone, this keeps the time it was first found gone
        changes["last_checked_at"] = now
    if then.disable:
        changes["enabled"] = False
    if lost := _lost(source, failures, then.disable, found.words, now):
        changes["told_at"] = now
    if not work.finish(source, then.wait, **changes):
        return Refreshed(source.pk, source.url, "busy")
    if lost:
        logger.error("%s needs attention: %s", source.url, lost)
    return Refreshed(source.pk, source.url, "failed", error=found.words, code=found.code)


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

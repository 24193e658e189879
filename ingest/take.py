"""Stores what looks at feeds brought, and what they tell of their sources: many looks in a few statements."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from ingest import decide, moves, schedule, work
from ingest.asks import Asks
from ingest.known import known
from ingest.look import Look, Refreshed
from ingest.matching import compare
from ingest.models import Source
from ingest.parse import ParsedFeed
from ingest.plain import storable
from ingest.save import add, change, rename

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Answer:
    """A look that was answered, what was read in it, and what to do with that: nothing where it brought no feed."""

    source: Source
    look: Look
    reading: decide.Reading
    plan: decide.Plan


def take(looks: Sequence[tuple[Source, Look]], now: datetime) -> list[Refreshed]:
    """Store looks that were answered, all of them or none; one of work.MISHAPS when that cannot be.

    A source that another attempt has by now is left to it.
    """
    readings = [decide.read(look.feed.items if look.feed else (), now) for _, look in looks]
    with transaction.atomic():
        work.hurry()
        held = work.held([source for source, _ in looks])
        ours = [(*pair, read) for pair, read in zip(looks, readings, strict=True) if pair[0].pk in held]
        stored = known([(source, read.drafts) for source, _, read in ours])
        answers = [
            _Answer(source, look, read, compare(read.drafts, stored[source.pk]))
            for source, look, read in ours
        ]
        rename([pair for one in answers for pair in one.plan.renamed])
        edited = change([pair for one in answers for pair in one.plan.changed], now)
        copies = add([(one.source, one.plan.new) for one in answers], now)
        _finish(answers, now)
    lost = [Refreshed(source.pk, source.url, "busy") for source, _ in looks if source.pk not in held]
    return lost + [_told(one, edited, copies) for one in answers]


def _told(one: _Answer, edited: Collection[int], copies: Counter[int]) -> Refreshed:
    source, feed, plan = one.source, one.look.feed, one.plan
    if feed is None:
        return Refreshed(source.pk, source.url, "not_modified")
    updated = sum(known.pk in edited for known, _ in plan.changed)
    return Refreshed(
        source.pk,
        source.url,
        "fetched",
        new=len(plan.new),
        updated=updated,
        unchanged=plan.unchanged + len(plan.changed) - updated,
        repeated=one.reading.repeated,
        copies=copies[source.pk],
        unusable=(*one.reading.unusable, *_left_out(feed)),
    )


def _left_out(feed: ParsedFeed) -> list[str]:
    if not feed.left_out:
        return []
    return [
        f"{feed.left_out} older entries left out: only the newest {len(feed.items):,} of a feed are read at once"
    ]


def pace(source: Source, feed: ParsedFeed | None, new: int, now: datetime) -> tuple[schedule.Rhythm, Asks]:
    """How often the feed publishes and what it asks for: as it says now, else as it said last."""
    if feed is None:
        asks = Asks(source.ttl, tuple(source.skip_hours), tuple(source.skip_days))
        return schedule.Rhythm(source.publishes_every, source.newest_at), asks
    dates = [item.published or item.updated for item in feed.items]
    rhythm = schedule.rhythm([when for when in dates if when and when >= decide.EARLIEST], now)
    if rhythm.newest is None:  # without dates, what came is as old as the look that found it
        rhythm = schedule.Rhythm(None, now if new else source.newest_at)
    return rhythm, feed.asks


# The rows come as JSON: one value in place of a dozen arrays.
_FINISH = """
    UPDATE ingest_source s
    SET url = r.url, title = r.title, site_url = r.site_url, etag = r.etag, last_modified = r.last_modified,
        body_hash = r.body_hash, publishes_every = r.publishes_every, newest_at = r.newest_at, ttl = r.ttl,
        skip_hours = r.skip_hours, skip_days = r.skip_days, moved_to = r.moved_to, moved_since = r.moved_since,
        moved_looks = r.moved_looks, due_at = now() + (a.row ->> 'wait')::interval, lease_until = NULL, attempt = 0,
        error = '', failures = 0, told_at = NULL, last_checked_at = %s, last_success_at = %s
    FROM jsonb_array_elements(%s) AS a(row), jsonb_populate_record(NULL::ingest_source, a.row) AS r
    WHERE s.id = r.id
"""


def _finish(answers: Sequence[_Answer], now: datetime) -> None:
    """The work of these sources is done, as by `work.finish`."""
    if answers:
        rows = json.dumps([_row(one, now) for one in answers], default=str)
        with connection.cursor() as cursor:
            cursor.execute(_FINISH, [now, now, rows])


def _row(one: _Answer, now: datetime) -> dict[str, object]:
    source, fetched, feed = one.source, one.look.fetched, one.look.feed
    assert fetched is not None  # noqa: S101 - the caller has judged
    rhythm, asks = pace(source, feed, len(one.plan.new), now)
    validators = fetched if fetched.status == 200 else source
    return {
        "id": source.pk,
        "wait": schedule.after_success(rhythm, asks, fetched.fresh_for, now, source.pk).wait,
        # A source added by its address alone learns its name from the feed.
        "title": source.title or (feed.title if feed else ""),
        "site_url": source.site_url or (feed.site_url if feed else ""),
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "body_hash": one.look.body_hash,
        "publishes_every": rhythm.gap,
        "newest_at": rhythm.newest,
        "ttl": asks.ttl,
        "skip_hours": asks.skip_hours,
        "skip_days": asks.skip_days,
        **_moved(source, fetched.moved_to, now),
    }


def _moved(source: Source, to: str, now: datetime) -> dict[str, object]:
    """The source's address, and what is now known of where it has moved to."""
    before = None
    if source.moved_to and source.moved_since:
        before = moves.Move(source.moved_to, source.moved_since, source.moved_looks)
    move = moves.note(before, to if storable(to) else "", now)
    url = source.url
    # Where that address is a source already, this one goes on being led there: two names for one feed do no harm.
    if (
        move
        and moves.settled(move, now)
        and not Source.objects.filter(url=move.to, owner=source.owner_id).exists()
    ):
        logger.info("%s has moved%s", named(source), "" if source.owner_id else f" to {move.to}")
        url, move = move.to, None
    return {
        "url": url,
        "moved_to": move.to if move else "",
        "moved_since": move.since if move else None,
        "moved_looks": move.looks if move else 0,
    }


def named(source: Source) -> str:
    """What the log calls it: nobody but its reader is told the address of an own source."""
    return f"own source {source.pk}" if source.owner_id else source.url

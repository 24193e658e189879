"""Read articles find their story, or are set aside as off topic or as copies. The decisions are made elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Left, Now

from ingest import bulk, cluster, duplicates, near, tell, work
from ingest.embed import LEXICAL, Vectors, embed_grams
from ingest.models import Article, Stage, public_id
from ingest.relevance import Judgement, judge
from ingest.save import SKEW
from ingest.scope import Scope

# A revised article leaves its story only when the gate is this sure that it is about something else now.
_CLEARLY_OFF = 0.2

# Articles compared at once, about 10 KB each: an old feed's archive may reach across years of stored news.
_AT_ONCE = 5000
_REACH = cluster.WINDOW.days

# Short, for `_LOCK` alone keeps two workers from one event: it is there so that only deaths count as attempts.
LEASE = timedelta(seconds=30)
# Attempts are counted only for articles that are still there a minute after they came: nearly all are placed at once,
# and writing thousands of rows an extra time costs a tenth of placing them.
_FRESH = SKEW + timedelta(minutes=1)
_SUSPECT = 2  # attempts that ended without a word, after which an article is placed alone

logger = logging.getLogger(__name__)

_LOCK = 0x4E757467  # any number, the same in every process


@dataclass(frozen=True, slots=True)
class Placed:
    """How many articles came to rest in each way, and what became of stories."""

    placed: int = 0
    off_topic: int = 0
    copies: int = 0
    stories_new: int = 0
    stories_updated: int = 0

    def __add__(self, other: Placed) -> Placed:
        return Placed(
            self.placed + other.placed,
            self.off_topic + other.off_topic,
            self.copies + other.copies,
            self.stories_new + other.stories_new,
            self.stories_updated + other.stories_updated,
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article in stage `read`; `story` and `duplicate_of` are set when it was placed before and has changed."""

    id: int
    source: int
    kind: str
    any_topic: bool
    scope: Scope
    url: str
    title: str
    text: str
    at: datetime
    story: str
    duplicate_of: int | None


def place(article_ids: Sequence[int], now: datetime) -> Placed:
    """Bring those of the articles that are due in stage `read` to rest. Safe to repeat, and at once elsewhere.

    Articles of different scopes never share a story. `now` bounds what is believed about time: nothing happened
    later. An article that cannot be placed harms no other: it is tried again later, and in the end rests where it is
    with its error.
    """
    if not article_ids:
        return Placed()
    due = work.among(article_ids) & Q(stage=Stage.READ)
    fresh = Article.objects.filter(due, attempt=0, error="", due_at__gt=Now() - _FRESH)
    total = _place_apart(list(fresh.order_by("pk").values_list("pk", flat=True)), now)
    total += _place_apart(work.claim_keys(Article, due & Q(attempt__lt=_SUSPECT), LEASE), now)
    suspects = Article.objects.filter(due, due_at__isnull=False, attempt__gte=_SUSPECT)
    # The likeliest culprit last, so that the others are placed before it takes this worker down as well.
    for pk in suspects.order_by("attempt", "pk").values_list("pk", flat=True):
        total += _place_apart(work.claim_keys(Article, due & Q(pk=pk), LEASE), now)
    return total


def _place_apart(article_ids: Sequence[int], now: datetime) -> Placed:
    """Place the articles; where that fails, place its halves, until the one article is found that is the reason."""
    try:
        return _place_together(article_ids, now)
    except work.MISHAPS as error:
        if len(article_ids) > 1:
            half = len(article_ids) // 2
            return _place_apart(article_ids[:half], now) + _place_apart(article_ids[half:], now)
        logger.exception("article %s could not be placed", *article_ids)
        Article.objects.filter(pk__in=article_ids, stage=Stage.READ, attempt=0).update(attempt=1)
        for article in Article.objects.filter(pk__in=article_ids, stage=Stage.READ):
            work.fail(article, f"could not be placed ({work.mishap(error)})")
        return Placed()


def _place_together(article_ids: Sequence[int], now: datetime) -> Placed:
    total = Placed()
    if not article_ids:
        return total
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two workers that place reports of one event at once would each open a story for it.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        arrivals = _arrivals(article_ids, now)
        for scope in sorted({a.scope for a in arrivals}, key=str):
            total += _place([a for a in arrivals if a.scope == scope], scope)
        bulk.adopt_copies(article_ids)
    return total


def _arrivals(article_ids: Sequence[int], now: datetime) -> list[Arrival]:
    # Locked, so that a revision saved meanwhile waits and puts the article back to `read` after us. Being `read`, they
    # are not among the placed articles that they are compared with.
    rows = (
        Article.objects.filter(work.among(article_ids), stage=Stage.READ)
        .order_by("id")
        .select_for_update(of=("self",))
        .annotate(opening=Left("text", near.OPENING))
        .values_list(
            "id",
            "source_id",
            "source__kind",
            "source__any_topic",
            "source__sample",
            "source__owner_id",
            "canonical_url",
            "title",
            "opening",
            "happened_at",
            "story_id",
            "duplicate_of_id",
        )
    )
    return [
        Arrival(*row[:4], Scope(row[4], row[5]), *row[6:9], min(row[9], now), row[10] or "", row[11])
        for row in rows
    ]


def _place(arrivals: Sequence[Arrival], scope: Scope) -> Placed:
    if not arrivals:
        return Placed()
    verdicts = {a.id: judge(a.title, a.text, a.kind, a.any_topic) for a in arrivals}
    kept = [a for a in arrivals if _stays(a, verdicts[a.id])]
    prints = {a.id: _fingerprint(a) for a in kept}
    originals, homes = _copies(kept, prints, scope)
    counted = [a for a in kept if a.id not in originals]
    items = [
        cluster.Item(a.id, str(a.source), a.title, cluster.gist(a.title, a.text), a.at, a.story)
        for a in counted
    ]
    stories, opened = _group(items, scope)
    homes |= stories
    vectors = dict(
        zip([a.id for a in counted], embed_grams([item.gist.whole for item in items]), strict=True)
    )

    outcomes = []
    for a in arrivals:
        verdict = verdicts[a.id]
        if a.id not in prints:
            outcome = bulk.Outcome(a.id, Stage.OFF_TOPIC, verdict.score, verdict.reason)
        elif a.id in originals:
            home = homes[originals[a.id]]
            outcome = _outcome(a, verdict, prints[a.id], home, duplicate_of=originals[a.id])
        else:
            outcome = _outcome(a, verdict, prints[a.id], homes[a.id], vector=vectors[a.id])
        outcomes.append(outcome)
    return _write(arrivals, outcomes, opened, vectors, scope)


def _stays(arrival: Arrival, verdict: Judgement) -> bool:
    return verdict.on_topic or (bool(arrival.story) and verdict.score >= _CLEARLY_OFF)


def _fingerprint(a: Arrival) -> duplicates.Print:
    return duplicates.fingerprint(a.id, str(a.source), a.url, a.title, a.text, a.at)


def _copies(
    kept: Sequence[Arrival], prints: Mapping[int, duplicates.Print], scope: Scope
) -> tuple[dict[int, int], dict[int, str]]:
    """Which arrivals are copies of which article, and the stories of the stored originals."""
    # What counted before its revision goes on counting; its own copies point at it.
    settled = [prints[a.id] for a in kept if a.story and a.duplicate_of is None]
    open_ = [prints[a.id] for a in kept if not a.story or a.duplicate_of is not None]
    stored, homes = near.originals(open_, scope)
    return duplicates.copies(open_, [*stored, *settled]), homes


def _group(items: Sequence[cluster.Item], scope: Scope) -> tuple[dict[int, str], set[str]]:
    """The story of every independent arrival, and those stories that are new."""
    told: list[cluster.Item] = []
    opened: set[str] = set()
    for part in _parts(sorted(items, key=lambda item: (item.at, item.key)), scope):
        times = [item.at for item in part if not item.story]
        around = near.neighbours(times, scope)
        before = [item for item in told if part[0].at - item.at <= cluster.WINDOW]
        stories = {item.key: item.story for item in part}
        for group in cluster.group([*part, *before, *around]):
            story = group.story or public_id()
            if not group.story:
                opened.add(story)
            stories.update(dict.fromkeys(group.keys, story))
        told += [replace(item, story=stories[item.key]) for item in part]
    return {item.key: item.story for item in told}, opened


def _parts(items: Sequence[cluster.Item], scope: Scope) -> Iterator[list[cluster.Item]]:
    """The items, in order of time, in parts whose neighbourhoods fit in memory; nearly always one."""
    if not items:
        return
    crowd = near.crowd(items[0].at - cluster.WINDOW, items[-1].at + cluster.WINDOW, scope)
    part: list[cluster.Item] = []
    days: set[date] = set()
    load = 0
    for item in items:
        more = _reach(item.at.date()) - days
        brought = 1 + sum(crowd.get(day, 0) for day in more)
        if part and load + brought > _AT_ONCE:
            yield part
            part, days, load = [], set(), 0
            more = _reach(item.at.date())
            brought = 1 + sum(crowd.get(day, 0) for day in more)
        part.append(item)
        days |= more
        load += brought
    yield part


@lru_cache(maxsize=1000)
def _reach(day: date) -> frozenset[date]:
    return frozenset(day + timedelta(days=shift) for shift in range(-_REACH, _REACH + 1))


def _outcome(
    a: Arrival,
    verdict: Judgement,
    fingerprint: duplicates.Print,
    story: str,
    vector: Vectors | None = None,
    duplicate_of: int | None = None,
) -> bulk.Outcome:
    return bulk.Outcome(
        a.id,
        Stage.PLACED if duplicate_of is None else Stage.COPY,
        verdict.score,
        verdict.reason,
        "" if vector is None else LEXICAL,
        vector,
        fingerprint.bands,
        duplicate_of,
        story,
    )


def _write(
    arrivals: Sequence[Arrival],
    outcomes: Sequence[bulk.Outcome],
    opened: Collection[str],
    vectors: Mapping[int, Vectors],
    scope: Scope,
) -> Placed:
    bulk.settle_articles(outcomes)
    material = {o.story for o in outcomes if o.stage == Stage.PLACED}
    # A story that lost an article to the gate, or a copy to independence, has changed as well.
    left = {a.story for a in arrivals if a.story} - {o.story for o in outcomes}
    touched = {o.story for o in outcomes if o.story} | left
    tell.tell(touched, material | left, vectors, scope)
    return Placed(
        placed=sum(o.stage == Stage.PLACED for o in outcomes),
        off_topic=sum(o.stage == Stage.OFF_TOPIC for o in outcomes),
        copies=sum(o.stage == Stage.COPY for o in outcomes),
        stories_new=len(opened),
        stories_updated=len((material | left) - set(opened)),
    )

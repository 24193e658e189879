"""Read articles find their story, or are set aside as off topic or as copies. The decisions are made elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Left, Now

from ingest import bulk, cluster, duplicates, near, tell, work
from ingest.embed import LEXICAL, Vectors, embed_grams
from ingest.models import Article, Stage, public_id
from ingest.news import tells_more
from ingest.relevance import Judgement, judge
from ingest.save import SKEW
from ingest.scope import Scope
from ingest.split import apart, hold_stories

# A revised article leaves its story only when the gate is this sure that it is about something else now.
_CLEARLY_OFF = 0.2

# Articles placed at once, about 10 KB each: an old feed's archive may bring thousands.
_AT_ONCE = 2000

# Short, for the lock on stories alone keeps two workers from one event: a lease only lets deaths count as attempts.
LEASE = timedelta(seconds=30)
# Attempts are counted only for articles that are still there a minute after they came: nearly all are placed at once,
# and writing thousands of rows an extra time costs a tenth of placing them.
_FRESH = SKEW + timedelta(minutes=1)
_SUSPECT = 2  # attempts that ended without a word, after which an article is placed alone

logger = logging.getLogger(__name__)


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
    primary: bool
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
        # Two workers that place reports of one event at once would each open a story for it.
        hold_stories()
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
            "source__primary",
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
        Arrival(*row[:5], Scope(row[5], row[6]), *row[7:10], min(row[10], now), row[11] or "", row[12])
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
    split = apart([a.id for a in counted])
    items = [
        cluster.item(
            a.id,
            str(a.source),
            a.title,
            a.text,
            a.at,
            cluster.house(a.url, a.primary),
            a.story,
            split.get(a.id, frozenset()),
        )
        for a in counted
    ]
    stories, opened, news = _group(items, scope)
    homes |= stories
    vectors = dict(
        zip([a.id for a in counted], embed_grams([item.gist.whole for item in items]), strict=True)
    )

    gists = {item.key: item.gist for item in items}
    outcomes = []
    for a in arrivals:
        verdict = verdicts[a.id]
        if a.id not in prints:
            outcome = bulk.Outcome(a.id, Stage.OFF_TOPIC, verdict.score, verdict.reason)
        elif a.id in originals:
            home = homes[originals[a.id]]
            outcome = _outcome(a, verdict, prints[a.id], home, duplicate_of=originals[a.id])
        else:
            outcome = _outcome(
                a, verdict, prints[a.id], homes[a.id], vectors[a.id], cluster.marks(gists[a.id], a.at)
            )
        outcomes.append(outcome)
    return _write(arrivals, outcomes, opened, news, vectors, scope)


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


def _group(items: Sequence[cluster.Item], scope: Scope) -> tuple[dict[int, str], set[str], set[str]]:
    """The story of every independent arrival, those stories that are new, and old ones that were told more."""
    told: list[cluster.Item] = []
    opened: set[str] = set()
    news: set[str] = set()
    in_order = sorted(items, key=lambda item: (item.at, item.key))
    for start in range(0, len(in_order), _AT_ONCE):
        part = in_order[start : start + _AT_ONCE]
        around = near.neighbours([item for item in part if not item.story], scope)
        before = [item for item in told if part[0].at - item.at <= cluster.WINDOW]
        stories = {item.key: item.story for item in part}
        for group in cluster.group([*part, *before, *around]):
            story = group.story or public_id()
            if not group.story:
                opened.add(story)
            elif _is_news(group, [*part, *before, *around]):
                news.add(story)
            stories.update(dict.fromkeys(group.keys, story))
        told += [replace(item, story=stories[item.key]) for item in part]
    return {item.key: item.story for item in told}, opened, news


def _is_news(group: cluster.Group, items: Sequence[cluster.Item]) -> bool:
    """Whether one of those who join says more than the story's articles, or is the first to speak for themselves."""
    old = [item for item in items if item.story == group.story]
    joining = [item for item in items if item.key in group.keys]
    firsthand = any(item.house for item in joining) and not any(item.house for item in old)
    return firsthand or any(tells_more(item.gist, [other.gist for other in old]) for item in joining)


def _outcome(
    a: Arrival,
    verdict: Judgement,
    fingerprint: duplicates.Print,
    story: str,
    vector: Vectors | None = None,
    marks: tuple[int, ...] = (),
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
        marks,
        duplicate_of,
        story,
    )


def _write(
    arrivals: Sequence[Arrival],
    outcomes: Sequence[bulk.Outcome],
    opened: Collection[str],
    news: Collection[str],
    vectors: Mapping[int, Vectors],
    scope: Scope,
) -> Placed:
    bulk.settle_articles(outcomes)
    placed = {o.story for o in outcomes if o.stage == Stage.PLACED}
    # An article that is placed again was revised, and only a real change of its text is a revision.
    material = {a.story for a in arrivals if a.story in placed}.union(opened, news)
    # A story that lost an article to the gate, or a copy to independence, has changed as well.
    left = {a.story for a in arrivals if a.story} - {o.story for o in outcomes}
    touched = {o.story for o in outcomes if o.story} | left
    tell.tell(touched, material | left, vectors, scope)
    return Placed(
        placed=sum(o.stage == Stage.PLACED for o in outcomes),
        off_topic=sum(o.stage == Stage.OFF_TOPIC for o in outcomes),
        copies=sum(o.stage == Stage.COPY for o in outcomes),
        stories_new=len(opened),
        stories_updated=len((placed | left) - set(opened)),
    )

"""Gives articles and stories the vectors of one embedder: the newest by themselves, the whole archive when asked to.

Every article is placed with a lexical vector, which costs nothing and cannot fail. A model's takes its place here,
afterwards and outside of any transaction; where there is none to be had, the lexical one stays and says so by its tag.
"""

from __future__ import annotations

import logging
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left, Now

from inference.errors import InferenceError, RateLimited, Rejected, TooLong
from ingest import bulk, cluster, embedders, work
from ingest.embed import LEXICAL, Vectors, embed_grams
from ingest.embedders import WORDS, Embedded
from ingest.models import Article, Stage, Story
from ingest.split import hold_stories

NEWEST = 10_000  # articles, by when they came, that follow a changed setting by themselves
AT_ONCE = {True: 64, False: 1000}  # by a model, and without one
OPENING = 1200  # characters of an article: its title and its lead
LEASE = timedelta(minutes=2)  # above the deadline of a request
LATER = timedelta(minutes=10)  # until an embedder that cannot serve is asked again
ABOUT_THE_TEXT = (400, 413, 422)  # refusals that a smaller batch or another text may escape

log = logging.getLogger("ingest.reembed")


@dataclass(frozen=True, slots=True)
class Text:
    """What of an article is embedded, and of which revision."""

    article: int
    revision: int
    story: str
    title: str
    opening: str


@dataclass(slots=True)
class Changed:
    """What was done: rows that have a vector of `tag` now, articles that could not get one and why, nano-dollars."""

    tag: str = ""
    articles: int = 0
    stories: int = 0
    cost: int = 0
    failed: list[tuple[int, str]] | None = None


class LengthChanged(Exception):
    """The embedder answers in vectors of another length than when it was asked first."""


def catch_up(seconds: float = math.inf) -> Changed:
    """Embed the newest placed articles that have no vector of the chosen embedder yet, begun within so many seconds.

    Safe to repeat, and at once elsewhere.

    What the embedder refuses of an article is tried again some times; an embedder that cannot serve, for any reason, is
    left alone for a while.
    """
    name = embedders.chosen()
    _make_due(name)
    total = Changed()
    until = time.monotonic() + seconds
    while time.monotonic() < until and (
        keys := work.due(Article, AT_ONCE[name != WORDS], Q(stage=Stage.PLACED))
    ):
        claimed = work.claim_many(Article, work.among(keys) & Q(stage=Stage.PLACED), LEASE, ("stage",))
        rows = {row.pk: row for row in claimed}
        if not rows:
            break
        try:
            for texts, made in _made(name, _texts(Article.objects.filter(work.among(list(rows))))):
                if isinstance(made, Embedded):
                    _add(total, _store(texts, made, name), made)
                else:
                    work.fail(rows[texts[0].article], f"not embedded by {name}: {made}")
        except InferenceError as error:
            log.warning("articles keep their lexical vectors: %s: %s", name, error)
            _put_off(name, error)
            break
    return total


def at_work() -> bool:
    """Whether some worker is at it: a second would only take another away from writing."""
    return Article.objects.filter(stage=Stage.PLACED, due_at__isnull=False, lease_until__gt=Now()).exists()


def _make_due(name: str) -> None:
    oldest = Article.objects.order_by("-pk").values_list("pk", flat=True)[NEWEST:][:1].first() or 0
    fresh = Article.objects.filter(pk__gt=oldest, stage=Stage.PLACED, due_at=None, error="")
    fresh.exclude(embedders.carries(name)).update(due_at=Now())


def _put_off(name: str, error: InferenceError) -> None:
    asked = error.retry_after if isinstance(error, RateLimited) else None
    wait = LATER if asked is None else timedelta(seconds=asked)
    waiting = Article.objects.filter(stage=Stage.PLACED, due_at__lte=Now())
    words = f"not embedded by {name}: {error}"[:2000]
    waiting.update(due_at=Now() + wait, lease_until=None, attempt=0, error=words)


def change_over(name: str, tell: Callable[[int, int, int], None]) -> Changed:
    """Bring every placed article and its story to vectors of that embedder. Each batch is kept when it is done.

    `tell` hears how many of how many articles are done, and the cost so far. Raises `inference.errors` where the
    embedder cannot serve, and LengthChanged; calling again goes on with the rest.
    """
    total = Changed(
        LEXICAL if name == WORDS else embedders.embed_by(name, ["AI news"], "reembed").tag, failed=[]
    )
    open_ = Article.objects.filter(stage=Stage.PLACED).exclude(embedder=total.tag)
    count = open_.count()
    done, after = 0, Q()
    while texts := _texts(open_.filter(after).order_by("story_id", "pk")[: AT_ONCE[name != WORDS]]):
        last = texts[-1]
        after = Q(story_id__gt=last.story) | Q(story_id=last.story, pk__gt=last.article)
        for some, made in _made(name, texts):
            if isinstance(made, Embedded):
                if made.tag != total.tag:
                    raise LengthChanged(f"{name} answered as {total.tag} first and as {made.tag} now")
                _add(total, _store(some, made, name), made)
            elif total.failed is not None:
                total.failed.append((some[0].article, str(made)))
            done += len(some)
            tell(done, max(count, done), total.cost)
    total.stories += _turn_the_rest(name, total.tag)
    return total


def _add(total: Changed, stored: tuple[int, int], made: Embedded) -> None:
    total.tag = made.tag
    total.articles += stored[0]
    total.stories += stored[1]
    total.cost += made.cost


def _texts(articles: QuerySet[Article]) -> list[Text]:
    rows = articles.annotate(opening=Left("text", OPENING)).values_list(
        "pk", "revision", "story_id", "title", "opening"
    )
    return [Text(*row) for row in rows]


def _made(name: str, texts: Sequence[Text]) -> Iterator[tuple[Sequence[Text], Embedded | InferenceError]]:
    """The vectors, or why a single article has none. Where a batch is refused its halves are tried."""
    if not texts:
        return
    if name == WORDS:
        grams = [cluster.gist(text.title, text.opening).whole for text in texts]
        yield texts, Embedded(LEXICAL, embed_grams(grams))
        return
    try:
        key = f"articles:{texts[0].article}-{texts[-1].article}"
        yield texts, embedders.embed_by(name, [text.opening for text in texts], key)
    except (Rejected, TooLong) as error:
        if isinstance(error, Rejected) and error.status not in ABOUT_THE_TEXT:
            raise
        if len(texts) == 1:
            yield texts, error
            return
        half = len(texts) // 2
        yield from _made(name, texts[:half])
        yield from _made(name, texts[half:])


def _store(texts: Sequence[Text], made: Embedded, name: str) -> tuple[int, int]:
    """Keep the vectors of articles that are still as they were read, and turn their stories. How many of each."""
    stories = sorted({text.story for text in texts})
    with transaction.atomic():
        hold_stories()
        kept = bulk.keep_vectors([(t.article, t.revision) for t in texts], made.tag, list(made.vectors))
        return kept, _turn(stories, name)


def _turn_the_rest(name: str, tag: str) -> int:
    """Stories that a crash of another kind left behind their articles."""
    told = Article.objects.filter(story=OuterRef("pk"), stage=Stage.PLACED, embedder=tag)
    behind = (
        Story.objects.filter(Exists(told)).exclude(embedder=tag).order_by("pk").values_list("pk", flat=True)
    )
    with transaction.atomic():
        hold_stories()
        return _turn(list(behind), name)


def _turn(stories: Sequence[str], name: str) -> int:
    known: dict[str, list[tuple[str, Vectors]]] = defaultdict(list)
    rows = Article.objects.filter(story__in=stories, stage=Stage.PLACED, vector__isnull=False)
    for story, tag, vector in rows.values_list("story_id", "embedder", "vector"):
        known[str(story)].append((tag, np.asarray(vector, dtype=np.float32)))
    turned = [(story, *embedders.middle(vectors, name)) for story, vectors in sorted(known.items())]
    bulk.turn_stories(turned)
    return len(turned)

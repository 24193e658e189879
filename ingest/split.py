"""Takes articles out of a story they were put into wrongly: they become a story of their own and stay apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import product

from django.db import connection, transaction
from django.db.models import Q

from ingest import bulk, tell
from ingest.models import Article, Split, Stage, Story, public_id
from ingest.scope import Scope

# Placing takes this lock as well: a story that is split gets no article in the same moment.
PLACING = 0x4E757467  # any number, the same in every process


def hold_stories() -> None:
    """Until the end of the transaction no other worker places articles or splits stories."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLACING])


@transaction.atomic
def split(story_id: str, article_ids: Sequence[int]) -> str:
    """Give these articles, with their copies, a new story, whose id is returned. Both stories' versions grow.

    Each pair split is remembered: placing never puts the two into one story again. ValueError in plain words when
    the story is not there, an article is not one of its independent ones, or none would be left.
    """
    hold_stories()
    wanted = set(article_ids)
    story = Story.objects.filter(id=story_id).first()
    if story is None:
        raise ValueError(f"there is no story {story_id}")
    told = set(Article.objects.filter(story=story, stage=Stage.PLACED).values_list("id", flat=True))
    if strangers := sorted(wanted - told):
        raise ValueError(f"not among the independent articles of story {story_id}: {_listed(strangers)}")
    if not wanted or wanted == told:
        raise ValueError(f"name some of the articles of story {story_id}, not all: {_listed(sorted(told))}")
    fresh = public_id()
    Story.objects.create(
        id=fresh,
        title="",
        happened_at=story.happened_at,
        last_at=story.last_at,
        version=0,
        sample=story.sample,
        owner=story.owner,
    )
    Article.objects.filter(id__in=wanted).update(story=fresh)
    bulk.adopt_copies(sorted(wanted))
    pairs = product(sorted(wanted), sorted(told - wanted))
    Split.objects.bulk_create([Split(article_id=a, other_id=b) for a, b in pairs], ignore_conflicts=True)
    tell.tell([story_id, fresh], [story_id, fresh], {}, Scope(story.sample, story.owner_id))
    return fresh


def _listed(keys: Sequence[int]) -> str:
    return ", ".join(map(str, keys))


def apart(articles: Sequence[int]) -> dict[int, frozenset[int]]:
    """For those of the articles that were ever split from others: from which."""
    found: dict[int, set[int]] = defaultdict(set)
    pairs = Split.objects.filter(Q(article_id__in=articles) | Q(other_id__in=articles))
    for one, other in pairs.values_list("article_id", "other_id"):
        found[one].add(other)
        found[other].add(one)
    return {article: frozenset(others) for article, others in found.items()}

"""What others may ask about stories: the news as it stood at a moment, and the material of one story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from ingest import score, tell
from ingest.addressed import outside_quotations, speaks_to_model
from ingest.embed import Vectors
from ingest.material import Material, SourceText, Span
from ingest.models import Article, Passage, Stage, Story
from ingest.scope import EVERYBODY, PUBLIC, Scope


@dataclass(frozen=True, slots=True)
class StorySnapshot:
    """A story as it stood: told by the articles that had happened by then.

    `articles` are the independent ones, the best source first, and `copies` how many came on top. `score` is
    importance before any reader (see `ingest.score.importance`), without regard to age. `vector` is of `embedder`,
    length one, and comparable with `ingest.embed.embed`. Times are aware UTC.
    """

    story: str
    title: str
    score: float
    embedder: str
    vector: Vectors
    origins: int
    articles: tuple[int, ...]
    copies: int
    publishers: tuple[str, ...]
    kinds: tuple[str, ...]
    primary: bool
    happened_at: datetime
    last_at: datetime


def candidates(as_of: datetime, window: timedelta, scope: Scope = PUBLIC) -> list[StorySnapshot]:
    """Stories of the scope with an article in the `window` before `as_of`, as they stood then, the weightiest first.

    Two queries, whatever is stored; articles that happened after `as_of` are unknown to the answer.
    """
    recent = Article.objects.filter(
        scope.articles(), stage=Stage.PLACED, happened_at__gt=as_of - window, happened_at__lte=as_of
    )
    told = tell.members(recent.values("story_id"), as_of)
    vectors = {
        key: (embedder, np.asarray(vector, dtype=np.float32))
        for key, embedder, vector in Story.objects.filter(id__in=told).values_list("id", "embedder", "vector")
    }
    found = [_snapshot(story, rows, *vectors[story]) for story, rows in told.items() if story in vectors]
    return sorted(found, key=lambda snapshot: (-snapshot.score, snapshot.story))


def _snapshot(story: str, rows: Sequence[tell.Row], embedder: str, vector: Vectors) -> StorySnapshot:
    counted = tell.independent(rows)
    voices = score.best_first([row.voice() for row in counted])
    by_id = {row.article: row for row in counted}
    ordered = [by_id[voice.key] for voice in voices]
    return StorySnapshot(
        story=story,
        title=voices[0].title,
        score=score.importance(voices),
        embedder=embedder,
        vector=vector,
        origins=score.origins(voices),
        articles=tuple(row.article for row in ordered),
        copies=len(rows) - len(counted),
        publishers=tuple(dict.fromkeys(row.publisher for row in ordered)),
        kinds=tuple(dict.fromkeys(row.kind for row in ordered)),
        primary=any(row.primary for row in ordered),
        happened_at=min(row.happened_at for row in ordered),
        last_at=max(row.happened_at for row in ordered),
    )


def missing(story_id: str) -> bool:
    """Whether there is no such story for everybody."""
    return not Story.objects.filter(EVERYBODY, id=story_id).exists()


def material(story_id: str, as_of: datetime | None = None) -> Material | None:
    """The story's independent articles with their passages, those after `as_of` left out; None when none remain.

    Left out too is what speaks to a model: a passage of it, or an article whose very title does.
    """
    rows = [
        row
        for row in tell.independent(tell.members([story_id], as_of).get(story_id, []))
        if not speaks_to_model(outside_quotations(row.title))
    ]
    if not rows:
        return None
    order = [voice.key for voice in score.best_first([row.voice() for row in rows])]
    texts = _texts(order)
    title = next(row.title for row in rows if row.article == order[0])
    return Material(story_id, title, tuple(texts[key] for key in order if key in texts))


def _texts(articles: Sequence[int]) -> dict[int, SourceText]:
    spans: dict[int, list[Span]] = defaultdict(list)
    passages = Passage.objects.filter(article_id__in=articles).order_by("article_id", "number")
    for article, number, start, end in passages.values_list("article_id", "number", "start", "end"):
        spans[article].append(Span(number, start, end))
    return {
        a.pk: SourceText(
            article=a.pk,
            revision=a.revision,
            source=a.source_id,
            publisher=a.source.title or score.origin(a.url, a.source_id),
            primary=a.source.primary,
            authority=a.source.authority,
            title=a.title,
            url=a.url,
            text=a.text,
            spans=_heard(a, spans[a.pk]),
            happened_at=a.happened_at,
            published_at=a.published_at,
        )
        for a in Article.objects.filter(id__in=articles).select_related("source")
    }


def _heard(article: Article, spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(
        span for span in spans if not span.number or not speaks_to_model(article.text[span.start : span.end])
    )


def any_real() -> bool:
    """Whether any story of a real source was ever told: until then the bundled sample may stand in."""
    return Story.objects.filter(PUBLIC.stories()).exists()

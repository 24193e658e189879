"""What a story is, from its articles: its headline, its times, who told it and how much it matters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from ingest import bulk, embedders, score
from ingest.addressed import speaks_to_model
from ingest.embed import LEXICAL, Vectors
from ingest.models import Article, Stage
from ingest.scope import Scope

_FIELDS = (
    "story_id",
    "id",
    "stage",
    "source_id",
    "source__title",
    "url",
    "title",
    "source__kind",
    "source__authority",
    "source__primary",
    "relevance",
    "length",
    "happened_at",
    "first_seen",
    "revision",
)


class Row(NamedTuple):
    story: str
    article: int
    stage: str
    source: int
    source_title: str
    url: str
    title: str
    kind: str
    authority: float
    primary: bool
    relevance: float | None
    length: int
    happened_at: datetime
    first_seen: datetime
    revision: int

    @property
    def publisher(self) -> str:
        return self.source_title or score.origin(self.url, self.source)

    def voice(self) -> score.Voice:
        return score.Voice(
            self.article,
            score.origin(self.url, self.source),
            self.title,
            self.kind,
            self.authority,
            self.primary,
            1.0 if self.relevance is None else self.relevance,
            self.length,
            self.happened_at,
        )


def members(
    stories: Collection[str] | QuerySet[Any, Any],
    as_of: datetime | None = None,
    stages: Collection[str] = (Stage.PLACED, Stage.COPY),
) -> dict[str, list[Row]]:
    """The articles of each story, copies included, those that happened after `as_of` left out."""
    # One array in place of a thousand parameters.
    which = stories if isinstance(stories, QuerySet) else RawSQL("SELECT unnest(%s::text[])", [list(stories)])
    wanted = Article.objects.filter(story_id__in=which, stage__in=stages)
    rows = (
        (wanted if as_of is None else wanted.filter(happened_at__lte=as_of))
        .annotate(length=Length("text"))
        .values_list(*_FIELDS)
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for row in map(Row._make, rows):
        found[row.story].append(row)
    return found


def independent(rows: Sequence[Row]) -> list[Row]:
    """The articles that count. Copies do not, unless the original is gone and they are all there is."""
    return [row for row in rows if row.stage == Stage.PLACED] or list(rows)


def tell(
    stories: Collection[str], material: Collection[str], vectors: Mapping[int, Vectors], scope: Scope
) -> None:
    """Write the rows of these stories anew from the articles now stored.

    `material` are those with news in them; `vectors` the lexical article vectors already at hand.
    """
    told = members(stories)
    at_hand = {
        **_stored([row for rows in told.values() for row in rows if row.article not in vectors]),
        **{article: (LEXICAL, vector) for article, vector in vectors.items()},
    }
    bulk.tell_stories(
        [_telling(story, rows, story in material, at_hand, scope) for story, rows in sorted(told.items())]
    )
    _rank(told, scope)


def _rank(told: Mapping[str, Sequence[Row]], scope: Scope) -> None:
    """Scores, now that all are stored: what is told at once may be each other's repetition."""
    voices = {story: _voices(rows) for story, rows in told.items()}
    if not voices:
        return
    latest = max(voice.at for spoken in voices.values() for voice in spoken)
    novelty = score.novelties(list(voices), bulk.recent(latest - 2 * score.RECENT, latest, scope))
    bulk.rank([(story, novelty[story], score.importance(voices[story], novelty[story])) for story in voices])


def _voices(rows: Sequence[Row]) -> list[score.Voice]:
    return [row.voice() for row in independent(rows)]


def _telling(
    story: str, rows: Sequence[Row], material: bool, known: Mapping[int, tuple[str, Vectors]], scope: Scope
) -> bulk.Telling:
    counted = independent(rows)
    voices = _voices(rows)
    signals = score.signals(voices)
    at_hand = [known[row.article] for row in counted if row.article in known]
    embedder, vector = embedders.middle(at_hand, embedders.chosen())
    return bulk.Telling(
        story=story,
        title=score.best_first([one for one in voices if not speaks_to_model(one.title)] or voices)[0].title,
        first_seen=min(row.first_seen for row in rows),
        happened_at=min(row.happened_at for row in counted),
        last_at=max(row.happened_at for row in counted),
        origins=signals.origins,
        pickup=signals.pickup,
        authority=signals.authority,
        primary=signals.primary,
        embedder=embedder,
        vector=vector,
        sample=scope.sample,
        owner=scope.owner,
        material=material,
    )


def _stored(rows: Sequence[Row]) -> dict[int, tuple[str, Vectors]]:
    return bulk.vectors([row.article for row in rows if row.stage == Stage.PLACED])

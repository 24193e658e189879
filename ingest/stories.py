"""What others may ask about stories: the news as it stood at a moment, and the material of one story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db.models.functions import Left

from ingest import revisions, same, score, tell, withdrawn
from ingest.addressed import outside_quotations, speaks_to_model
from ingest.embed import Vectors
from ingest.material import Material, SourceText, Span
from ingest.models import Article, Passage, Stage, Story
from ingest.passages import from_feed, spans
from ingest.scope import EVERYBODY, PUBLIC, Scope
from users.kept import Kept


@dataclass(frozen=True, slots=True)
class StorySnapshot:
    """A story as it stood: told by the articles that had happened by then.

    `articles` are the independent ones, the best source first, and `copies` how many came on top. `score` is
    importance before any reader (see `ingest.score.importance`), without regard to age. `vector` has length one and
    may be compared with those of the same `embedder` only (`ingest.embedders.comparable`); None where there is none.
    `opening` is how the best article's text begins, without its title. Times are aware UTC.
    """

    story: str
    title: str
    opening: str
    score: float
    embedder: str
    vector: Vectors | None
    origins: int
    articles: tuple[int, ...]
    copies: int
    publishers: tuple[str, ...]
    sources: tuple[int, ...]
    kinds: tuple[str, ...]
    primary: bool
    happened_at: datetime
    last_at: datetime


def candidates(as_of: datetime, window: timedelta, scope: Scope = PUBLIC) -> list[StorySnapshot]:
    """Stories of the scope with an article in the `window` before `as_of`, as they stood then, the weightiest first.

    One query, however many are asked about, and three for what is told differently than when this process was last
    asked, one more where articles of it were edited. Those that happened after `as_of` are unknown to the answer, and
    those edited since are told as they were.
    """
    recent = Article.objects.filter(
        scope.articles(), stage=Stage.PLACED, happened_at__gt=as_of - window, happened_at__lte=as_of
    )
    told = same.marks(recent.values("story_id"), as_of)
    found = _snapshots.of(told, lambda rows: _read_snapshots(dict(rows), as_of))
    return sorted(found.values(), key=lambda snapshot: (-snapshot.score, snapshot.story))


# Every reader's edition chooses from the same stories, some 4 KB apiece (10 with the vector of a model).
_snapshots: Kept[same.Told, StorySnapshot] = Kept(20_000)


def _read_snapshots(marks: Mapping[str, str], as_of: datetime) -> dict[same.Told, StorySnapshot]:
    told = tell.members(list(marks), as_of)
    earlier = _earlier([row for rows in told.values() for row in rows], as_of)
    vectors = {
        key: (embedder, None if vector is None else np.asarray(vector, dtype=np.float32), novelty)
        for key, embedder, vector, novelty in Story.objects.filter(id__in=told).values_list(
            "id", "embedder", "vector", "novelty"
        )
    }
    ordered = {story: _best_first(_then(rows, earlier)) for story, rows in told.items() if story in vectors}
    opening = _openings([rows[0] for rows in ordered.values()], earlier)
    return {
        (story, marks[story]): _snapshot(
            story, rows, len(told[story]), opening[rows[0].article], *vectors[story]
        )
        for story, rows in ordered.items()
    }


def _best_first(rows: Sequence[tell.Row]) -> list[tell.Row]:
    counted = {row.article: row for row in tell.independent(rows)}
    return [counted[voice.key] for voice in score.best_first([row.voice() for row in counted.values()])]


def _snapshot(
    story: str,
    rows: Sequence[tell.Row],
    articles: int,
    opening: str,
    embedder: str,
    vector: Vectors | None,
    novelty: float,
) -> StorySnapshot:
    """Of the independent articles, the best first; there are so many `articles` with the copies."""
    voices = [row.voice() for row in rows]
    return StorySnapshot(
        story=story,
        title=rows[0].title,
        opening=opening,
        score=score.importance(voices, novelty),
        embedder=embedder,
        vector=vector,
        origins=score.origins(voices),
        articles=tuple(row.article for row in rows),
        copies=articles - len(rows),
        publishers=tuple(dict.fromkeys(row.publisher for row in rows)),
        sources=tuple(dict.fromkeys(row.source for row in rows)),
        kinds=tuple(dict.fromkeys(row.kind for row in rows)),
        primary=any(row.primary for row in rows),
        happened_at=min(row.happened_at for row in rows),
        last_at=max(row.happened_at for row in rows),
    )


OPENING = 800  # characters


def _openings(rows: Sequence[tell.Row], earlier: Mapping[int, revisions.Earlier]) -> dict[int, str]:
    """How the articles' texts begin."""
    begun = Article.objects.filter(id__in=[row.article for row in rows if row.article not in earlier])
    texts = dict(begun.annotate(begun=Left("text", OPENING + 300)).values_list("id", "begun"))
    texts |= {key: one.text for key, one in earlier.items()}
    return {row.article: texts.get(row.article, "").removeprefix(row.title).strip()[:OPENING] for row in rows}


def missing(story_id: str) -> bool:
    """Whether there is no such story for everybody."""
    return not Story.objects.filter(EVERYBODY, id=story_id).exists()


def material(story_id: str, as_of: datetime | None = None) -> Material | None:
    """The story's independent articles with their passages; None when none remain.

    Those after `as_of` are left out, and those edited since have the text and the revision they had then. Left out too
    is what speaks to a model: a passage of it, or an article whose very title does.
    """

    def read(told: Collection[_Asked]) -> dict[_Asked, Material | None]:
        rows = tell.independent(tell.members([story_id], as_of).get(story_id, []))
        return {one: _material(story_id, rows, _earlier(rows, as_of) if as_of else {}) for one in told}

    marks = same.marks([story_id], as_of)
    return next(iter(_materials.of([(one, None) for one in marks], read).values()), None)


# A story with the mark of what it is told from, and the revisions that are asked for, if any are.
_Asked = tuple[same.Told, frozenset[tuple[int, int]] | None]
MATERIAL = 16_000_000  # characters of texts: of some hundred long stories, and of thousands of usual ones


def _weight(material: Material | None) -> int:
    return sum(len(one.text) for one in material.articles) if material else 1


# The editions of an hour tell the same few dozen stories.
_materials: Kept[_Asked, Material | None] = Kept(MATERIAL, _weight)


def recorded(story_id: str, wanted: Mapping[int, int]) -> Material | None:
    """The story as exactly these articles tell it, in these revisions; None when one of them is gone from it.

    One that was edited, and is being read and placed anew, still belongs to it.
    """
    asked = frozenset(wanted.items())
    marks = same.marks([story_id], stages=list(Stage))
    kept = _materials.of(
        [(one, asked) for one in marks], lambda told: dict.fromkeys(told, _recorded(story_id, wanted))
    )
    return next(iter(kept.values()), None)


def _recorded(story_id: str, wanted: Mapping[int, int]) -> Material | None:
    found = tell.members([story_id], stages=list(Stage)).get(story_id, [])
    rows = [row for row in found if row.article in wanted]
    edited = {(row.article, wanted[row.article]) for row in rows if row.revision != wanted[row.article]}
    earlier = revisions.numbered(edited)
    if len(rows) != len(wanted) or len(earlier) != len(edited):
        return None
    return _material(story_id, rows, {article: one for (article, _), one in earlier.items()})


def _earlier(rows: Sequence[tell.Row], as_of: datetime) -> dict[int, revisions.Earlier]:
    edited = [row.article for row in rows if row.revision > 1]
    return revisions.as_of(edited, as_of) if edited else {}


def _then(rows: Sequence[tell.Row], earlier: Mapping[int, revisions.Earlier]) -> list[tell.Row]:
    """The rows, as they were before edits."""
    return [
        row._replace(title=one.title, length=len(one.text)) if (one := earlier.get(row.article)) else row
        for row in rows
    ]


def _material(
    story_id: str, rows: Sequence[tell.Row], earlier: Mapping[int, revisions.Earlier]
) -> Material | None:
    rows = [row for row in _then(rows, earlier) if not speaks_to_model(outside_quotations(row.title))]
    texts = _upheld(source_texts([row.article for row in rows], earlier), earlier)
    rows = [row for row in rows if row.article in texts]
    if not rows:
        return None
    order = [voice.key for voice in score.best_first([row.voice() for row in rows])]
    title = next(row.title for row in rows if row.article == order[0])
    return Material(story_id, title, tuple(texts[key] for key in order))


def _upheld(
    texts: Mapping[int, SourceText], earlier: Mapping[int, revisions.Earlier]
) -> dict[int, SourceText]:
    """Without the articles that their sources have withdrawn since, in the text that is stored or in their feed's."""
    first = revisions.first([one.article for one in texts.values() if one.revision > 1])
    feeds = _feeds(first.keys() - earlier.keys())  # what a feed said earlier is not stored
    return {
        key: one
        for key, one in texts.items()
        if key not in first or not withdrawn.is_withdrawn(first[key].text, one.text, *feeds.get(key, ()))
    }


def _feeds(articles: Collection[int]) -> dict[int, tuple[str]]:
    rows = Article.objects.filter(pk__in=articles) if articles else Article.objects.none()
    return {key: (from_feed(*told),) for key, *told in rows.values_list("pk", "title", "feed_text")}


def source_texts(articles: Sequence[int], earlier: Mapping[int, revisions.Earlier]) -> dict[int, SourceText]:
    """The articles as they are, those of `earlier` as they were, with what may be cited of them, by id."""
    cuts: dict[int, list[Span]] = defaultdict(list)
    passages = Passage.objects.filter(article_id__in=articles).order_by("article_id", "number")
    for article, number, start, end in passages.values_list("article_id", "number", "start", "end"):
        cuts[article].append(Span(number, start, end))
    cuts |= {key: [Span(n, *cut) for n, cut in enumerate(spans(one.text))] for key, one in earlier.items()}
    return {
        a.pk: _source_text(a, earlier.get(a.pk), cuts[a.pk])
        for a in Article.objects.filter(id__in=articles).select_related("source")
    }


def _source_text(a: Article, then: revisions.Earlier | None, cuts: Sequence[Span]) -> SourceText:
    return SourceText(
        article=a.pk,
        revision=then.revision if then else a.revision,
        source=a.source_id,
        publisher=a.source.title or score.origin(a.url, a.source_id),
        primary=a.source.primary,
        authority=a.source.authority,
        title=then.title if then else a.title,
        url=a.url,
        text=then.text if then else a.text,
        spans=_heard(then.text if then else a.text, cuts),
        happened_at=a.happened_at,
        published_at=a.published_at,
    )


def _heard(text: str, cuts: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(span for span in cuts if not span.number or not speaks_to_model(text[span.start : span.end]))


def any_real(owner: int | None = None) -> bool:
    """Whether any story of a real source was ever told, to everybody or to the `owner`, a reader's key.

    Until then the bundled sample may stand in.
    """
    return Story.objects.filter(PUBLIC.stories() | Scope(owner=owner).stories()).exists()


def any_since(moment: datetime, window: timedelta, owner: int | None = None) -> bool:
    """Whether an article of the `window` before the moment, or later, has come in since then (aware), in a story for
    everybody or for the `owner`."""
    mine = PUBLIC.articles() | Scope(owner=owner).articles()
    recent = Article.objects.filter(mine, stage=Stage.PLACED, happened_at__gt=moment - window)
    return recent.filter(first_seen__gt=moment).exists()

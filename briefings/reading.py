"""Puts together what readers meet of briefs: their bodies with corrections laid over, sources and cost."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from briefings import bodies, corrected, coverage, spent
from briefings.bodies import Size, Very
from briefings.coverage import Coverage
from briefings.items import MARKS
from briefings.models import Brief, Correction, EditionItem, Lens, State, Writer
from briefings.schemas import (
    BriefBody,
    BriefDocument,
    LensBody,
    LensDocument,
    SourceRef,
    StoryRef,
    Strike,
)
from briefings.spent import Spent
from briefings.topics.topic import Topic
from inference import costs
from inference.prices import Tariff
from users.kept import digest
from users.prepared import Prepared, given

WORDS_A_MINUTE = 220
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
OWN = Lens()  # stands for the lens that a brief has in the reader's edition


@dataclass(frozen=True, slots=True)
class Told:
    """All that the page of a brief over which no correction lies is made of: equal ones make the same page.

    `articles` are the ids that it tells of, with their revisions. `same` is equal where these are, without holding what
    the texts say; it is asked for several times a page.
    """

    body: Very[BriefBody]
    lens: Very[LensBody] | None
    articles: tuple[tuple[int, int], ...]
    sources: tuple[SourceRef, ...]
    same: Hashable = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        sources = [tuple(vars(one).values()) for one in self.sources]
        same = self.body.digest, self.lens and self.lens.digest, digest(self.articles, sources)
        object.__setattr__(self, "same", same)


@dataclass(frozen=True, slots=True)
class Reading:
    """A brief as a reader meets it. `rank` counts from 1 in its edition, 0 outside one; `minutes` is at least 1.

    `private`: it tells what a reader's own sources say, and so is nobody else's to see. `revisions` says which revision
    of each article the citations count their offsets in, and `gone` what stands no longer, by place; where that is
    something, `mark` says "corrected" or "withdrawn". `saved`: the reader who asked for this one brief has saved it;
    `shared`: they made a public page of it; `read`: the reader whose edition it is from has read it;
    `asked`: they asked something about it; `update`: it goes on with a story of an earlier edition of theirs. `lens` is
    the id of the lens. `taught`: the feedback of the reader who asked has taught us something. `topics`: those that
    have a page for the reader who asked. `told`: see there; None where it has to be made anew.
    """

    document: BriefDocument
    outlets: int
    origins: int
    minutes: int
    rank: int = 0
    why: tuple[str, ...] = ()
    day: date | None = None
    private: bool = False
    revisions: Mapping[int, int] = field(default_factory=dict)
    gone: Mapping[str, Strike] = field(default_factory=dict)
    mark: str = ""
    saved: bool = False
    read: bool = False
    shared: bool = False
    taught: bool = False
    asked: bool = False
    update: bool = False
    lens: int | None = None
    topics: tuple[Topic, ...] = ()
    told: Told | None = None

    @property
    def same(self) -> Hashable | None:
        """Equal for readings that are equal but for what they cost; None where that would have to be looked at."""
        return None if self.told is None else (*self._of_its_row(), self.told.same, *_OF_ITS_OWN(self))

    @property
    def same_document(self) -> Hashable | None:
        """Equal for readings whose documents are, whoever reads them; None where that would have to be looked at."""
        if self.told is None:
            return None
        lens, document = self.document.lens, self.document
        kind = (lens.role, lens.industry) if lens else None
        return (*self._of_its_row(), self.told.same, kind, document.written_at, document.cost)

    def _of_its_row(self) -> tuple[Hashable, ...]:
        one = self.document
        return (one.id, one.version, *vars(one.story).values(), one.writer, one.sample)


# Beside what its document takes from the brief's row, all that a reading has, and what `told` stands for.
_OF_ITS_OWN = attrgetter(
    *(one.name for one in fields(Reading) if one.name not in ("document", "revisions", "gone", "told"))
)


@dataclass(frozen=True, slots=True)
class Written:
    """A ready brief and a lens with what they say; `very`: the same two as `briefings.bodies` has them, if it does.

    `corrected`: there may be corrections of the brief.
    """

    brief: Brief
    lens: Lens | None
    body: BriefBody
    of_lens: LensBody | None
    very: tuple[Very[BriefBody], Very[LensBody] | None] | None = None
    corrected: bool = True


def of_items(rows: Sequence[Any], lens: Lens | None) -> list[tuple[Any, Written]]:
    """Editions' items as `briefings.items` asks for them, through another `lens` than theirs where that is not OWN.

    Each with what is written; without one whose brief was deleted this moment.
    """
    ready = {row.lens_id: row.lens_mark for row in rows if row.lens and row.lens.state == State.READY}
    marks = {row.brief_id: row.brief_mark for row in rows}
    briefs, lenses = bodies.of(marks, ready if lens is OWN else {})
    there = [(row, briefs[row.brief_id]) for row in rows if row.brief_id in briefs]
    if lens is not OWN:
        said = _said(lens)
        return [(row, Written(row.brief, lens, body.thing, said, None, row.corrected)) for row, body in there]
    return [(row, _of_item(row, body, lenses.get(row.lens_id))) for row, body in there]


def _of_item(row: Any, body: Very[BriefBody], own: Very[LensBody] | None) -> Written:
    return Written(row.brief, row.lens, body.thing, own.thing if own else None, (body, own), row.corrected)


def of_row(brief: Brief, lens: Lens | None) -> Written:
    """The same of rows that were fetched with their bodies."""
    return Written(brief, lens, BriefBody.model_validate(brief.body), _said(lens))


def _said(lens: Lens | None) -> LensBody | None:
    return LensBody.model_validate(lens.body) if lens and lens.state == State.READY else None


def placed(reading: Reading, row: EditionItem) -> Reading:
    """With its place in its edition."""
    return replace(marked(reading, row), rank=row.rank, why=tuple(row.why), day=row.edition.local_date)


def marked(reading: Reading, row: EditionItem) -> Reading:
    """With what is the reader's own about it, as far as that was asked for with the row."""
    marks: dict[str, Any] = {name: getattr(row, name, False) for name in MARKS}
    return replace(reading, **marks)


def readings_of(written: Sequence[Written]) -> list[Reading]:
    """The readings in the same order, with a fixed number of queries."""
    briefs = [one.brief for one in written]
    covered, made = (
        coverage.of_briefs(briefs),
        corrections_of([one.brief.pk for one in written if one.corrected]),
    )
    paid, strong = spent.on([(one.brief, one.lens) for one in written]), costs.strong()
    return [
        _reading(one, covered[one.brief.pk], cost, made.get(one.brief.pk, ()), strong)
        for one, cost in zip(written, paid, strict=True)
    ]


def corrections_of(briefs: Iterable[str]) -> Mapping[str, list[Correction]]:
    """All corrections of each brief, by id, the earliest first."""
    found: dict[str, list[Correction]] = {brief: [] for brief in briefs}
    for row in _CORRECTIONS(briefs=list(found)) if found else ():
        found[row.brief_id].append(row)
    return found


_CORRECTIONS = Prepared(
    lambda: (
        Correction.objects.filter(brief__any_of=given("briefs"))
        .select_related("replacement")
        .defer("replacement__body")
    )
)


def _reading(
    one: Written, covered: Coverage, paid: Spent, made: Sequence[Correction], strong: Tariff | None
) -> Reading:
    brief, lens, written = one.brief, one.lens, one.body
    gone = corrected.struck_now(made)
    body, own = corrected.marked_body(written, gone), _lens(lens, one.of_lens, gone)
    size = _size(one, own)
    document = BriefDocument(
        **dict(body),
        id=brief.pk,
        version=brief.version,
        story=_story(brief, covered),
        written_at=brief.written_at or NEVER,
        writer="model" if brief.writer == Writer.MODEL else "extractive",
        lens=own,
        sources=covered.sources,
        cost=spent.cost(paid, brief.story.last_at, size.characters, strong),
        sample=brief.story.sample,
        corrections=tuple(corrected.document(one, written, {lens.pk} if lens else ()) for one in made),
    )
    return Reading(
        document=document,
        outlets=covered.outlets,
        origins=covered.origins,
        minutes=max(1, round(size.words / WORDS_A_MINUTE)),
        private=brief.story.owner_id is not None,
        revisions=dict(brief.articles),
        gone=_own(gone, lens),
        mark=corrected.mark(made, written, gone),
        lens=lens.pk if own and lens else None,
        told=_told(one, one.very, covered) if one.very and not made else None,
    )


def _told(one: Written, very: tuple[Very[BriefBody], Very[LensBody] | None], covered: Coverage) -> Told:
    articles = tuple((article, revision) for article, revision in one.brief.articles)
    return Told(*very, articles, covered.sources)


def _own(gone: Mapping[str, Strike], lens: Lens | None) -> Mapping[str, Strike]:
    """Without what fell in other readers' lenses."""
    mine = {lens.pk} if lens else set()
    return {where: one for where, one in gone.items() if corrected.concerns(where, mine)}


def _story(brief: Brief, covered: Coverage) -> StoryRef:
    # A story may be headed by what came later; a brief knows it by the title of one of its own articles.
    named = [source for source in covered.sources if source.title == brief.story.title]
    title = brief.story.title if named or not covered.sources else covered.sources[0].title
    # The address goes with the title: that of the article the story has its title from, where this brief has it.
    ordered = (*named, *covered.sources)
    url = next((source.url for source in ordered if source.url), "")
    return StoryRef(id=brief.story.pk, title=title, url=url)


def _lens(lens: Lens | None, said: LensBody | None, gone: Mapping[str, Strike]) -> LensDocument | None:
    if lens is None or said is None:
        return None
    body = corrected.marked_lens(said, lens.pk, gone)
    return LensDocument(**dict(body), role=lens.role, industry=lens.industry)


def _size(one: Written, own: LensDocument | None) -> Size:
    """The same whether something of it fell or not: what fell is read as well, struck through."""
    if one.very:
        sizes = [very.size for very in one.very if very]
    else:
        sizes = [bodies.size_of_brief(one.body), *([bodies.size_of_lens(own)] if own else ())]
    return Size(sum(size.words for size in sizes), sum(size.characters for size in sizes))

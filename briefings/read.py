"""The only queries of the surfaces: web, mail, JSON and commands all render what is read here. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from briefings import corrected, coverage, spent
from briefings.items import LATEST_OF_STORY, LATEST_WITH, OF_EDITION, with_briefs_and_lenses
from briefings.models import (
    Brief,
    Correction,
    Edition,
    EditionItem,
    Lens,
    Notice,
    State,
)
from briefings.reading import OWN as OWN
from briefings.reading import Reading as Reading
from briefings.reading import Told as Told
from briefings.reading import corrections_of, marked, of_items, of_row, placed, readings_of
from briefings.schemas import (
    BriefBody,
    BriefDocument,
    EditionDocument,
    EditionEntry,
    NoticeDocument,
)
from briefings.standing import is_major
from ingest.models import Article, Stage
from ingest.revisions import Earlier, numbered
from users.models import User
from users.prepared import Mark, Prepared, given

CITED_FIELDS = (
    "revision",
    "text",
    "title",
    "url",
    "published_at",
    "happened_at",
    "first_seen",
    "source__title",
)


@dataclass(frozen=True, slots=True)
class Cited:
    """An article that a brief cites; `text` is None when the revision it cites is no longer stored."""

    publisher: str
    title: str
    url: str
    published_at: datetime | None
    text: str | None


def document(brief: Brief, lens: Lens | None = None) -> BriefDocument:
    """The public document of a ready brief, with the lens when that is ready too."""
    return documents([(brief, lens)])[0]


def documents(pairs: Sequence[tuple[Brief, Lens | None]]) -> list[BriefDocument]:
    """The documents of many ready briefs in the same order, with a fixed number of queries."""
    return [reading.document for reading in readings_of([of_row(*pair) for pair in pairs])]


def edition_for(user: User, day: date) -> Edition | None:
    """The reader's own edition of that local date, in whatever state it is; with its reader, and their feed.

    `mark` is what it is known by as it stands.
    """
    return _EDITION.first(reader=user.pk, day=day)


def _edition() -> QuerySet[Edition]:
    noticed = Exists(Notice.objects.filter(edition=OuterRef("pk")))
    mine = Edition.objects.filter(reader=given("reader"), local_date=given("day"))
    return mine.select_related("reader__feed").annotate(noticed=noticed, mark=Mark(F("state")))


_EDITION = Prepared(_edition)


def edition_and_news(user: User, day: date) -> tuple[Edition, tuple[int, int]] | None:
    """The edition with what tells whether it changed: the transactions of its last change and its last correction."""
    found = _NEWS.first(reader=user.pk, day=day)
    return (found, (found.changed, getattr(found, "corrected", None) or 0)) if found else None


def _news() -> QuerySet[Edition]:
    made = Correction.objects.filter(brief__items__edition=OuterRef("pk"))
    last = made.order_by(F("changed").desc(nulls_last=True)).values("changed")[:1]
    mine = Edition.objects.filter(reader=given("reader"), local_date=given("day"))
    return mine.annotate(corrected=Subquery(last))


_NEWS = Prepared(_news)


def edition_documents(edition: Edition) -> list[BriefDocument]:
    """The edition's briefs in their order."""
    return [reading.document for reading in edition_readings(edition)]


def edition_document(edition: Edition) -> dict[str, Any]:
    """The public JSON of a reader's edition (`briefings.schemas.EditionDocument`)."""
    readings = edition_readings(edition)
    items = [entry(one).model_dump(mode="json") for one in readings]
    return {**edition_without_items(edition, readings), "items": items}


def edition_without_items(edition: Edition, readings: Sequence[Reading]) -> dict[str, Any]:
    """The same with the items' place empty, given what is to stand there."""
    whole = EditionDocument(
        reader=edition.reader.email,
        date=edition.local_date,
        items=(),
        cost=spent.together([one.document.cost for one in readings]),
        corrections=tuple(edition_notices(edition)),
    )
    return whole.model_dump(mode="json")


def entry(reading: Reading) -> EditionEntry:
    """A brief in its place in an edition."""
    return EditionEntry(rank=reading.rank, why=reading.why, update=reading.update, brief=reading.document)


def edition_readings(edition: Edition) -> list[Reading]:
    """The edition's briefs in their order, with rank and reasons."""
    return _of_items(OF_EDITION(edition=edition.pk, reader=edition.reader_id))


def edition_notices(edition: Edition) -> list[NoticeDocument]:
    """The corrections that the edition tells of, in the order in which they were noticed."""
    if not getattr(edition, "noticed", True):  # `edition_for` has looked
        return []
    return list(_notices(_NOTICED(edition=edition.pk), edition.reader_id).values())


_NOTICED = Prepared(lambda: _with_briefs(Correction.objects.filter(notices__edition=given("edition"))))


def notices(user: User, corrections: Iterable[int]) -> dict[int, NoticeDocument]:
    """Those of the corrections of the reader's briefs, by id, as far as they concern the reader."""
    asked = list(corrections)
    own = EditionItem.objects.filter(edition__reader=user, edition__state=State.READY)
    rows = Correction.objects.filter(pk__in=asked, brief__in=own.values("brief"))
    told = _notices(_with_briefs(rows), user.pk) if asked else {}
    return {key: one for key, one in told.items() if one.struck or one.restored}


def _with_briefs(corrections: QuerySet[Correction]) -> QuerySet[Correction]:
    return corrections.select_related("brief", "replacement")


def _notices(corrections: Iterable[Correction], reader: int) -> dict[int, NoticeDocument]:
    rows = list(corrections)
    if not rows:
        return {}
    mine = EditionItem.objects.filter(edition__reader=reader, lens__isnull=False)
    lenses = set(mine.filter(brief__in=[row.brief_id for row in rows]).values_list("lens", flat=True))
    return {row.pk: corrected.notice(row, BriefBody.model_validate(row.brief.body), lenses) for row in rows}


def latest_readings(user: User, most: int) -> list[Reading]:
    """The briefs of the reader's latest editions, the newest edition first, each in its order."""
    items = EditionItem.objects.filter(edition__reader=user, edition__state=State.READY)
    return _of_items(with_briefs_and_lenses(items).order_by("-edition__local_date", "rank")[:most])


def reading_for(user: User, brief_id: str, lens: Lens | None = OWN) -> Reading | None:
    """A brief from one of the reader's own editions (the latest that has it); None for anybody else's.

    Through `lens`, where it is given, instead of the reader's own. Theirs too, without a lens, is what replaced a brief
    of a story that they had a brief of.
    """
    if found := _of_items(LATEST_WITH(reader=user.pk, brief=brief_id), lens):
        return found[0]
    replacing = Brief.objects.filter(pk=brief_id, state=State.READY, replaces__isnull=False)
    row = replacing.select_related("story").first()
    had = (
        next(iter(LATEST_OF_STORY(reader=user.pk, brief=brief_id, story=row.story_id)), None) if row else None
    )
    if row is None or had is None:
        return None
    (reading,) = readings_of([of_row(row, None if lens is OWN else lens)])
    return replace(marked(reading, had), day=had.edition.local_date)


def had(user: User, brief_id: str) -> bool:
    """Whether one of the reader's editions has the brief."""
    return EditionItem.objects.filter(
        edition__reader=user, edition__state=State.READY, brief=brief_id
    ).exists()


def public_reading(brief_id: str) -> Reading | None:
    """A brief as anybody may see it: without a lens; None when it is not ready or of a reader's own sources."""
    public = Brief.objects.filter(pk=brief_id, state=State.READY, story__owner=None)
    brief = public.select_related("story").defer("story__vector").first()
    return readings_of([of_row(brief, None)])[0] if brief else None


def showcase() -> Reading | None:
    """What a visitor sees: the latest day's most important brief, without a lens; the sample while there is no news.

    None whose headline or most of whose text has fallen.
    """
    ready = standing_on(Brief.objects.filter(state=State.READY, story__owner=None))
    ready = ready.select_related("story").defer("story__vector")
    order = ("-story__last_at__date", "-story__score", "-version")
    first = ready.filter(story__sample=False).order_by(*order).first() or ready.order_by(*order).first()
    if first is None:
        return None
    told = _current(first.story_id, ready.filter(story=first.story_id))
    return readings_of([of_row(told, None)])[0]


def standing_on(briefs: QuerySet[Brief]) -> QuerySet[Brief]:
    """Those of the briefs whose headline and most of whose text stand: nothing took them, or it was taken back."""
    taken = briefs.filter(corrections__major=True)
    back = taken.filter(Exists(Correction.objects.filter(brief=OuterRef("pk")).exclude(restored=[])))
    rows = dict(back.values_list("pk", "body"))
    made = corrections_of(rows)
    stand = [
        pk
        for pk, body in rows.items()
        if not is_major(BriefBody.model_validate(body), corrected.struck_now(made[pk]))
    ]
    return briefs.filter(
        Q(pk__in=stand) | ~Exists(Correction.objects.filter(brief=OuterRef("pk"), major=True))
    )


def _current(story: str, briefs: Iterable[Brief]) -> Brief:
    """The brief that tells the story most as it stands: one of an earlier day may have been written after it."""
    told = Article.objects.filter(story=story, stage=Stage.PLACED).values_list("pk", "revision")
    now = set(told)

    def fit(brief: Brief) -> tuple[int, int]:
        parts = {(article, revision) for article, revision in brief.articles}
        return len(parts & now) - len(parts - now), brief.version

    return max(briefs, key=fit)


def fallen_headlines(briefs: Iterable[str]) -> set[str]:
    """Those of the briefs whose headline no longer stands."""
    made = corrections_of(briefs)
    return {brief for brief, rows in made.items() if "headline" in corrected.struck_now(rows)}


def fallen_texts(briefs: Iterable[str]) -> dict[str, dict[str, str]]:
    """What stands no longer in the briefs, as it was told, by place; of those in which something fell."""
    struck = {brief: corrected.struck_now(rows) for brief, rows in corrections_of(briefs).items()}
    return {brief: {where: one.text for where, one in gone.items()} for brief, gone in struck.items() if gone}


def cited(revisions: Mapping[int, int], articles: Iterable[int]) -> Mapping[int, Cited]:
    """The articles of a reading with the very text its citations count their offsets in, not a later one, by id."""
    current = _CITED(articles=list(set(articles) & set(revisions)))
    earlier = numbered({(row.pk, n) for row in current if row.revision != (n := revisions[row.pk])})
    return {row.pk: _cited(row, revisions[row.pk], earlier) for row in current}


_CITED = Prepared(
    lambda: Article.objects.filter(pk__any_of=given("articles")).select_related("source").only(*CITED_FIELDS)
)


def _cited(row: Article, revision: int, earlier: Mapping[tuple[int, int], Earlier]) -> Cited:
    then = row if row.revision == revision else earlier.get((row.pk, revision))
    return Cited(
        coverage.publisher(row),
        then.title if then else row.title,
        coverage.web_address(row.url),
        coverage.published(row),
        then.text if then else None,
    )


def _of_items(items: Iterable[EditionItem], lens: Lens | None = OWN) -> list[Reading]:
    found = of_items([row for row in items if row.brief.state == State.READY], lens)
    readings = readings_of([written for _, written in found])
    return [placed(reading, row) for reading, (row, _) in zip(readings, found, strict=True)]

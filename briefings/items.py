"""The questions for the items of readers' editions, each with its brief and lens."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from briefings.converse.models import Turn
from briefings.feedback.models import Signal
from briefings.models import Correction, EditionItem, Opened, Saved, Share, State
from users.prepared import Mark, Prepared, given

MARKS = (
    "saved",
    "read",
    "shared",
    "taught",
    "asked",
    "update",
)  # what may be asked about a brief besides, of the reader
_BRIEF = ("state", "articles", "version", "written_at", "writer")
_STORY = ("title", "last_at", "sample", "owner_id", "origins")
_LENS = ("state", "role", "industry", "work_key")
_FIELDS = (
    *("rank", "why", "edition__local_date"),
    *(f"brief__{name}" for name in _BRIEF),
    *(f"brief__story__{name}" for name in _STORY),
    *(f"lens__{name}" for name in _LENS),
)
# An earlier edition of the reader's told the same story by another brief: this one goes on with it.
_UPDATE = Exists(
    EditionItem.objects.filter(
        ~Q(brief=OuterRef("brief")),
        brief__story=OuterRef("brief__story"),
        edition__reader=OuterRef("edition__reader"),
        edition__local_date__lt=OuterRef("edition__local_date"),
        edition__state=State.READY,
    )
)


def with_briefs_and_lenses(items: QuerySet[EditionItem]) -> QuerySet[EditionItem]:
    """Without their bodies, but with what these are known by (`briefings.bodies`): `brief_mark` and `lens_mark`.

    `corrected`: there are corrections of the brief.
    """
    marks = {
        "brief_mark": Mark(F("brief__version")),
        "lens_mark": Mark(F("lens__role")),
        "corrected": Exists(Correction.objects.filter(brief=OuterRef("brief"))),
    }
    return (
        items.select_related("brief__story", "lens", "edition")
        .only(*_FIELDS)
        .annotate(update=_UPDATE, **marks)
    )


def _of_edition() -> QuerySet[EditionItem]:
    opened = Exists(Opened.objects.filter(reader=given("reader"), brief=OuterRef("brief")))
    items = EditionItem.objects.filter(edition=given("edition")).annotate(read=opened, taught=_taught())
    return with_briefs_and_lenses(items).order_by("rank")


def _taught() -> Exists:
    return Exists(Signal.objects.filter(reader=given("reader")))


def _latest() -> QuerySet[EditionItem]:
    """The items of a reader's editions, the newest first, each with what is the reader's own about the brief."""
    mine = {"reader": given("reader"), "brief": given("brief")}
    marks = {
        "saved": Exists(Saved.objects.filter(**mine)),
        "read": Exists(Opened.objects.filter(**mine)),
        "shared": Exists(Share.objects.filter(**mine)),
        "taught": _taught(),
        "asked": Exists(
            Turn.objects.filter(conversation__reader=given("reader"), conversation__brief=given("brief"))
        ),
    }
    own = EditionItem.objects.filter(edition__reader=given("reader"), edition__state=State.READY)
    return own.annotate(**marks).order_by("-edition__local_date")


def _latest_with() -> QuerySet[EditionItem]:
    items = _latest().filter(brief=given("brief"), brief__state=State.READY)
    return with_briefs_and_lenses(items)[:1]


OF_EDITION = Prepared(_of_edition)
LATEST_WITH = Prepared(_latest_with)
LATEST_OF_STORY = Prepared(
    lambda: _latest().select_related("edition").filter(brief__story=given("story"))[:1]
)

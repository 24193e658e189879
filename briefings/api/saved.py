"""What the reader saved. Both ways of changing it may be repeated."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Query, Router, Status

from briefings import read
from briefings import saved as keeping
from briefings.api.asked import reader_of
from briefings.api.briefs import own
from briefings.api.ids import BriefId
from briefings.api.pages import Page, Paging, page
from briefings.api.problems import not_found
from briefings.schemas import Shape
from users.models import User

router = Router(tags=["saved"])


class SavedDocument(Shape):
    """A saved brief, and the date of the latest edition that has it. A `struck` headline stands no longer."""

    brief: str
    headline: str
    date: date
    saved_at: datetime
    struck: bool


@router.get("", response=Page[SavedDocument], operation_id="list_saved")
def list_saved(request: HttpRequest, paging: Query[Paging]) -> Page[SavedDocument]:
    """What the reader saved, the latest first."""
    kept = keeping.mine(reader_of(request))
    fallen = read.fallen_headlines([one.brief for one in kept])
    return page(
        kept, lambda one: (one.saved_at, one.brief), lambda one: told(one, one.brief in fallen), paging
    )


@router.put("/{brief_id}", response={204: None}, operation_id="save")
def save(request: HttpRequest, brief_id: BriefId) -> Status[None]:
    """Save a brief of the reader's editions."""
    if not keeping.save(reader_of(request), brief_id):
        raise not_found()
    return Status(204, None)


@router.delete("/{brief_id}", response={204: None}, operation_id="unsave")
def unsave(request: HttpRequest, brief_id: BriefId) -> Status[None]:
    """Save it no longer."""
    if not keeping.drop(reader_of(request), brief_id):
        own(reader_of(request), brief_id)
    return Status(204, None)


def told(one: keeping.Kept, struck: bool) -> SavedDocument:
    return SavedDocument(
        brief=one.brief, headline=one.headline, date=one.day, saved_at=one.saved_at, struck=struck
    )


def all_told(reader: User, briefs: list[str]) -> list[SavedDocument]:
    """Those of the briefs that the reader saved, in the order of `briefs`."""
    kept = {one.brief: one for one in keeping.mine(reader)} if briefs else {}
    fallen = read.fallen_headlines(briefs)
    return [told(kept[brief], brief in fallen) for brief in briefs if brief in kept]

"""What the reader has read. Both ways of changing it may be repeated."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Status

from briefings.api.asked import reader_of
from briefings.api.ids import BriefId
from briefings.api.pages import Page, Paging, page
from briefings.api.problems import not_found
from briefings.feedback import opened
from briefings.feedback.models import Opened
from briefings.schemas import Shape

router = Router(tags=["reading"])


class ReadDocument(Shape):
    """A brief that the reader has read."""

    brief: str
    read_at: datetime


@router.get("/read", response=Page[ReadDocument], operation_id="list_read")
def list_read(request: HttpRequest, paging: Query[Paging]) -> Page[ReadDocument]:
    """What the reader has read, the latest first."""
    return page(opened.mine(reader_of(request)), lambda one: (one.read_at, one.brief_id), told, paging)


@router.put("/briefs/{brief_id}/read", response={204: None}, operation_id="mark_read")
def mark_read(request: HttpRequest, brief_id: BriefId) -> Status[None]:
    """The reader has read the brief."""
    if not opened.mark(reader_of(request), brief_id):
        raise not_found()
    return Status(204, None)


@router.delete("/briefs/{brief_id}/read", response={204: None}, operation_id="mark_unread")
def mark_unread(request: HttpRequest, brief_id: BriefId) -> Status[None]:
    """It is unread again."""
    if not opened.unmark(reader_of(request), brief_id):
        raise not_found()
    return Status(204, None)


def told(one: Opened) -> ReadDocument:
    return ReadDocument(brief=one.brief_id, read_at=one.read_at)

"""Public pages that the reader made of briefs."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from briefings import share as sharing
from briefings.api.asked import limit, reader_of
from briefings.api.ids import Id
from briefings.api.pages import Page, Paging, page
from briefings.api.problems import Problem, not_found
from briefings.api.schema import may_answer
from briefings.schemas import Shape

router = Router(tags=["shares"])
SECRET = {"x-never-stored": True}  # the addresses in it: neither compressed nor kept


class NewShare(Shape):
    brief: str = Field(pattern=r"^[A-Za-z0-9_-]{1,16}$")


class ShareDocument(Shape):
    """`url` is the address that shows the brief to whoever has it; empty where it cannot be told again."""

    id: int
    headline: str
    created_at: datetime
    views: int
    url: str
    struck: bool


@router.get("", response=Page[ShareDocument], operation_id="list_shares", openapi_extra=SECRET)
def list_shares(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Page[ShareDocument]:
    """The reader's shares, the newest first."""
    response.headers["Cache-Control"] = "no-store"
    return page(sharing.mine(reader_of(request)), lambda one: (one.created_at, one.id), _told, paging)


@router.post("", response={201: ShareDocument}, operation_id="share", openapi_extra=may_answer(404, 409))
def share(request: HttpRequest, new: NewShare) -> Status[ShareDocument]:
    """Make a public page of a brief. Shared already, it keeps its address."""
    limit(request, "share")
    reader = reader_of(request)
    try:
        made = sharing.make(reader, new.brief)
    except sharing.Private:
        raise Problem("private_brief") from None
    found = sharing.of_brief(reader, new.brief) if made else None
    if found is None:
        raise not_found()
    return Status(201, _told(found))


@router.delete("/{share_id}", response={204: None}, operation_id="revoke_share")
def revoke_share(request: HttpRequest, share_id: Id) -> Status[None]:
    """From now on its address leads nowhere."""
    if not sharing.revoke(reader_of(request), share_id):
        raise not_found()
    return Status(204, None)


def _told(one: sharing.Shared) -> ShareDocument:
    return ShareDocument(
        id=one.id,
        headline=one.headline,
        created_at=one.created_at,
        views=one.views,
        url=one.url,
        struck=one.struck,
    )

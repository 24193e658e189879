"""Searching the reader's briefs."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from briefings import search as searching
from briefings.api.asked import limit, reader_of
from briefings.api.pages import Page
from briefings.schemas import Shape
from ingest.plain import visible

router = Router(tags=["search"])
Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=searching.LONGEST,
        description='what to look for; "quoted", -without and or mean the words themselves',
    ),
]


class PieceDocument(Shape):
    """A part of an excerpt; `found`: it is what was looked for."""

    text: str
    found: bool


class HitDocument(Shape):
    brief: str
    headline: str
    date: date
    excerpt: tuple[PieceDocument, ...]
    struck: bool


@router.get("", response=Page[HitDocument], operation_id="search")
def search(request: HttpRequest, q: Words) -> Page[HitDocument]:
    """The reader's briefs that the words find, the best first; all of them on one page."""
    limit(request, "search")
    hits = searching.search(reader_of(request), visible(q).strip())
    return Page(items=[_told(one) for one in hits])


def _told(one: searching.Hit) -> HitDocument:
    pieces = tuple(PieceDocument(text=piece.text, found=piece.found) for piece in one.excerpt)
    return HitDocument(
        brief=one.brief, headline=one.headline, date=one.day, excerpt=pieces, struck=one.struck
    )

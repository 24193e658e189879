"""A brief through the lens of another role or industry: asked for, then read once it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from briefings import looks, read
from briefings.api.asked import limit, reader_of
from briefings.api.briefs import own
from briefings.api.ids import BriefId
from briefings.api.problems import FieldProblem, Problem, not_found
from briefings.looks import Kind
from briefings.schemas import LensDocument, Shape
from briefings.tasks import write_lens_soon
from users.models import User

router = Router(tags=["briefs"])
LONGEST = 40
Slug = Annotated[str, Query(max_length=LONGEST, description="a `slug` of `/profile/choices`")]


class WantedLens(Shape):
    role: str = Field(max_length=LONGEST, description="a `slug` of `/profile/choices`")
    industry: str = Field(max_length=LONGEST, description="a `slug` of `/profile/choices`")


class LookDocument(Shape):
    """How the lens stands: `none` where nobody asked for it, `waiting` (usually so many `seconds`), `ready`, `failed`.

    The marks of its sentences' evidence begin with `marks`. A ready one without a `lens` has fallen by a correction.
    """

    role: str
    industry: str
    stage: Literal["none", "waiting", "ready", "failed"]
    seconds: int
    extractive: bool
    marks: str
    lens: LensDocument | None


@router.post("/{brief_id}/lens", response={200: LookDocument, 202: LookDocument}, operation_id="ask_lens")
def ask_lens(request: HttpRequest, brief_id: BriefId, wanted: WantedLens) -> Status[LookDocument]:
    """Have the lens written, where nobody has; 202 while it is not there. Asked twice, it is written once."""
    kind = _kind("body", wanted.role, wanted.industry)
    limit(request, "lens")
    reader = reader_of(request)
    row = looks.ask(reader, brief_id, kind)
    if row is None:
        raise not_found()
    write_lens_soon(row.pk)
    told = _told(reader, brief_id, kind)
    return Status(202 if told.stage == "waiting" else 200, told)


@router.get("/{brief_id}/lens", response=LookDocument, operation_id="look")
def look(request: HttpRequest, brief_id: BriefId, role: Slug, industry: Slug) -> LookDocument:
    """The lens of that role and industry, as far as it is."""
    return _told(reader_of(request), brief_id, _kind("query", role, industry))


def _kind(place: str, role: str, industry: str) -> Kind:
    found = looks.kind_of(role, industry)
    if found is None:
        wrong = FieldProblem(field=f"{place}.role", message="no such role or industry")
        raise Problem("invalid", errors=[wrong])
    return found


def _told(reader: User, brief_id: str, kind: Kind) -> LookDocument:
    own(reader, brief_id)
    seen = looks.look(brief_id, kind)
    reading = read.reading_for(reader, brief_id, seen.lens)
    if reading is None:
        raise not_found()
    return LookDocument.model_validate(
        {
            "role": seen.role.slug,
            "industry": seen.industry.slug,
            "stage": seen.stage,
            "seconds": seen.seconds,
            "extractive": seen.extractive,
            "marks": seen.prefix,
            "lens": reading.document.lens,
        }
    )

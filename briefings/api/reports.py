"""A sentence that the reader says is wrong: verified again at once, and struck where it does not stand."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import Field

from briefings import read
from briefings.api.asked import limit, reader_of
from briefings.api.briefs import by_mark
from briefings.api.ids import BriefId, Mark
from briefings.api.problems import Problem, not_found
from briefings.api.schema import may_answer
from briefings.feedback import challenge as challenging
from briefings.feedback.challenge import Result, Said
from briefings.feedback.models import REASON
from briefings.schemas import Shape
from ingest.plain import visible
from users.models import User

router = Router(tags=["feedback"])


class Report(Shape):
    reason: str = Field("", max_length=REASON, description="what is wrong, in the reader's words")


class ReportDocument(Shape):
    """What came of a report. `outcome`: the sentence `stands` by our check, is `upheld` by somebody who looked at it,
    or is `struck`; `found` is what was checked, or what is wrong. `public`: the accuracy log tells of it.
    """

    outcome: Literal["stands", "upheld", "struck"]
    found: tuple[str, ...]
    reason: str
    reported_at: datetime
    public: bool


@router.post(
    "/{brief_id}/evidence/{mark}/report",
    response=ReportDocument,
    operation_id="report",
    openapi_extra=may_answer(409),
)
def report(request: HttpRequest, brief_id: BriefId, mark: Mark, given: Report) -> ReportDocument:
    """Have the sentence verified again. A second report by the same reader changes nothing.

    The sentences of an answer have the marks `t2-1`: the first of turn 2 that cites something.
    """
    limit(request, "challenge")
    reader = reader_of(request)
    one = _said(reader, by_mark(reader, brief_id, mark), mark)
    result = challenging.challenge(reader, one, visible(given.reason).strip(), timezone.now())
    if result is None:
        raise Problem("already_struck")
    return _told(result)


@router.get("/{brief_id}/evidence/{mark}/report", response=ReportDocument, operation_id="reported")
def reported(request: HttpRequest, brief_id: BriefId, mark: Mark) -> ReportDocument:
    """What came of the reader's report of the sentence."""
    reader = reader_of(request)
    result = challenging.reported(reader, _said(reader, by_mark(reader, brief_id, mark), mark))
    if result is None:
        raise not_found()
    return _told(result)


def _said(reader: User, reading: read.Reading, mark: str) -> Said:
    found = challenging.said(reader, reading, mark)
    if found is None:
        raise not_found()
    return found


def _told(result: Result) -> ReportDocument:
    return ReportDocument.model_validate(
        {
            "outcome": result.outcome,
            "found": result.found,
            "reason": result.reason,
            "reported_at": result.made_at,
            "public": result.public,
        }
    )

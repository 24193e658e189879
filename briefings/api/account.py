"""What we hold of the reader, to take along or to delete, and what was spent for them."""

from __future__ import annotations

from datetime import date

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from briefings import personal
from briefings.api.asked import limit, reader_of
from briefings.api.problems import FieldProblem, Problem
from briefings.converse.allowance import allowance
from briefings.schemas import Shape
from inference import costs
from inference.money import usd
from users.forms import LONGEST_ADDRESS

router = Router(tags=["account"])
ARCHIVE = {
    "responses": {
        200: {
            "description": "a zip of everything",
            "content": {"application/zip": {"schema": {"type": "string"}}},
        }
    }
}


class Spent(Shape):
    purpose: str
    usd: str
    calls: int


class QuestionBudget(Shape):
    """For questions to a model: about what one costs, and what is left of the tightest budget in this `span`."""

    each_usd: str
    left_usd: str
    limit_usd: str
    span: str
    used_up: str = Field(description="whose budget is used up, reader or service; empty while none is")
    until: date | None


class Spending(Shape):
    """What was spent for this reader alone; the cost of shared work is told with each brief."""

    usd: str
    by_purpose: tuple[Spent, ...]
    questions: QuestionBudget | None


class Leaving(Shape):
    email: str = Field(
        max_length=LONGEST_ADDRESS, description="the account's address, so that nobody does it by mistake"
    )


@router.get("/spending", response=Spending, operation_id="spending")
def spending(request: HttpRequest) -> Spending:
    """What was spent for the reader, and what questions may still cost."""
    reader = reader_of(request)
    lines = costs.of_reader(reader.pk)
    left = allowance(reader.pk, timezone.now())
    questions = QuestionBudget(
        each_usd=usd(left.each),
        left_usd=usd(left.left),
        limit_usd=usd(left.limit),
        span=left.span,
        used_up=left.spent,
        until=left.until,
    )
    return Spending(
        usd=usd(sum(line.cost.nano for line in lines)),
        by_purpose=tuple(
            Spent(purpose=line.key, usd=usd(line.cost.nano), calls=line.cost.calls) for line in lines
        ),
        questions=questions if left.model else None,
    )


@router.post("/account/export", operation_id="export", openapi_extra=ARCHIVE)
def export(request: HttpRequest) -> FileResponse:
    """Everything that we hold about the reader, in one archive."""
    limit(request, "export")
    now = timezone.now()
    response = FileResponse(
        personal.archive(reader_of(request), now), as_attachment=True, filename=f"nutgraf-{now:%Y-%m-%d}.zip"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/account/delete", response={204: None}, operation_id="delete_account")
def delete_account(request: HttpRequest, leaving: Leaving) -> Status[None]:
    """Delete the account with all that belongs to it, at once and for good."""
    reader = reader_of(request)
    if leaving.email.strip().lower() != reader.email:
        words = "That is not the address of this account. Nothing was deleted."
        raise Problem("invalid", errors=[FieldProblem(field="body.email", message=words)])
    personal.delete(reader)
    return Status(204, None)

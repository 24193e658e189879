"""The reader's editions: today's, any day's, and the list of them."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status

from briefings import archive, read
from briefings import edition as editions
from briefings.api import documents, pages
from briefings.api.asked import reader_of
from briefings.api.ids import Day, day_of
from briefings.api.pages import Page, Paging
from briefings.api.problems import Problem, not_found
from briefings.api.schema import may_answer
from briefings.models import Edition, State
from briefings.schemas import EditionDocument, Shape
from users.models import Profile, User

router = Router(tags=["editions"])
WAIT = 2  # seconds, after which an edition that is being prepared may be there


class IssueDocument(Shape):
    """One edition in a list. The headline of a quiet day is empty; a `struck` one stands no longer."""

    date: date
    headline: str
    stories: int
    sample: bool
    struck: bool


class Preparing(Shape):
    date: date
    state: str


@router.get(
    "/today",
    response=EditionDocument | documents.CompactEdition,
    operation_id="today",
    openapi_extra=may_answer(404, 409),
)
def today(request: HttpRequest, fields: documents.Fields = "") -> HttpResponse:
    """The edition of today where the reader is. Until it is there the problem's code says what it waits for."""
    reader = reader_of(request)
    return _document(reader, _today(reader), fields, is_today=True)


@router.post("/today", response={202: Preparing}, operation_id="prepare_today", openapi_extra=may_answer(409))
def prepare_today(request: HttpRequest) -> Status[Preparing]:
    """Ask for today's edition now, before its hour. Asked twice, it is prepared once."""
    reader = reader_of(request)
    asked = editions.request(reader, _today(reader))
    return Status(202, Preparing(date=asked.local_date, state=asked.state))


@router.get("", response=Page[IssueDocument], operation_id="list_editions")
def list_editions(request: HttpRequest, paging: Query[Paging]) -> Page[IssueDocument]:
    """The editions that are ready, the newest first."""
    before = _before(pages.read(paging.cursor)) if paging.cursor else None
    issues = archive.before(reader_of(request), before, paging.limit + 1)
    shown = issues[: paging.limit]
    more = len(issues) > len(shown)
    return Page(
        items=[issue(one) for one in shown], next=pages.write(shown[-1].day.isoformat()) if more else None
    )


@router.get("/{day}", response=EditionDocument | documents.CompactEdition, operation_id="edition")
def edition(request: HttpRequest, day: Day, fields: documents.Fields = "") -> HttpResponse:
    """The edition of that date."""
    return _document(reader_of(request), day_of(day), fields)


def issue(one: archive.Issue) -> IssueDocument:
    return IssueDocument(
        date=one.day, headline=one.headline, stories=one.stories, sample=one.sample, struck=one.struck
    )


def _today(reader: User) -> date:
    try:
        return editions.local_date_of(reader, timezone.now())
    except Profile.DoesNotExist:
        raise Problem("no_profile") from None


def _document(reader: User, day: date, fields: str, is_today: bool = False) -> HttpResponse:
    found, news = read.edition_and_news(reader, day) or (None, (0, 0))
    if found is None or found.state != State.READY:
        raise _not_ready(found) if is_today else not_found()
    return documents.edition(found, news, fields)


def _not_ready(found: Edition | None) -> Problem:
    if found is None:
        return Problem("edition_not_asked")
    if found.state == State.FAILED:
        return Problem("edition_failed")
    return Problem("edition_preparing", retry_after=WAIT)


def _before(cursor: object) -> date:
    try:
        return date.fromisoformat(cursor)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise pages.bad_cursor() from None

"""One call by which a device brings its copy up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import TypeAdapter
from pydantic import ValidationError as BadValues

from briefings import archive, changes, read
from briefings.api import pages, saved
from briefings.api.asked import reader_of
from briefings.api.editions import IssueDocument, issue
from briefings.api.pages import Paging
from briefings.api.reading import ReadDocument, told
from briefings.changes import Change
from briefings.feedback import opened
from briefings.schemas import NoticeDocument, Shape
from users.models import User

router = Router(tags=["sync"])
Written = TypeAdapter(tuple[int, int, int, tuple[int, str, str] | None])
LARGEST = 2**63 - 1
KINDS = ("edition", "saved", "read", "correction")


class Gone(Shape):
    """What is no longer there: `kind` is edition (its `key` the date), saved or read (the brief's id)."""

    kind: str
    key: str


class Changes(Shape):
    """What changed since the cursor that was sent. Something may be told twice, so take each as what it is now.

    `reset`: this is everything from the beginning; what the device has beside it is gone. `cursor` is for the next
    call, at once where there is `more`.
    """

    reset: bool
    editions: tuple[IssueDocument, ...]
    saved: tuple[saved.SavedDocument, ...]
    read: tuple[ReadDocument, ...]
    corrections: tuple[NoticeDocument, ...]
    gone: tuple[Gone, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a device is: what it has begun to take starts at transaction `start`, what comes then at `following`;
    `day` (UTC, as ordinal) is when that began, and `after` the last that it was told.
    """

    start: int
    following: int
    day: int
    after: tuple[int, str, str] | None

    def __str__(self) -> str:
        return pages.write([self.start, self.following, self.day, self.after])


@router.get("", response=Changes, operation_id="sync")
def sync(request: HttpRequest, paging: Query[Paging]) -> Changes:
    """What changed since the `cursor` of the call before: editions, saved, read, corrections, and what went."""
    reader, now = reader_of(request), timezone.now()
    oldest, coming = changes.now()
    mark = _read(paging.cursor, coming, now)
    reset = mark is None or mark.start == 0
    mark = mark or Mark(0, oldest, _day(now), None)
    if mark.after is None and mark.start:
        mark = Mark(mark.start, oldest, mark.day, None)
    found = changes.since(reader, mark.start, mark.after, paging.limit + 1)
    shown, more = found[: paging.limit], len(found) > paging.limit
    return _told(reader, shown, reset=reset, more=more, cursor=str(_next(mark, shown, more, now)))


def _next(mark: Mark, shown: Sequence[Change], more: bool, now: datetime) -> Mark:
    if more:
        return Mark(mark.start, mark.following, mark.day, shown[-1].place)
    if not shown and mark.after is None and mark.start and mark.day == _day(now):
        return Mark(mark.start, 0, mark.day, None)  # the same as before, so that the answer is
    return Mark(mark.following, 0, _day(now), None)


def _read(cursor: str, coming: int, now: datetime) -> Mark | None:
    """None where the device has to begin anew: it has nothing, was away for long, or the database was restored."""
    if not cursor:
        return None
    try:
        mark = Mark(*Written.validate_python(pages.read(cursor)))
    except BadValues:
        raise pages.bad_cursor() from None
    if not all(
        0 <= one <= LARGEST for one in (mark.start, mark.following, mark.after[0] if mark.after else 0)
    ):
        raise pages.bad_cursor()
    away = _day(now) - mark.day
    return None if max(mark.start, mark.following) > coming or away >= changes.KEPT.days else mark


def _told(reader: User, shown: Sequence[Change], reset: bool, more: bool, cursor: str) -> Changes:
    there = {kind: [one.key for one in shown if one.kind == kind and not one.gone] for kind in KINDS}
    issues = archive.of_days(reader, map(date.fromisoformat, there["edition"]))
    notices = read.notices(reader, map(int, there["correction"]))
    return Changes(
        reset=reset,
        editions=tuple(map(issue, issues.values())),
        saved=tuple(saved.all_told(reader, there["saved"])),
        read=tuple(told(one) for one in opened.among(reader, there["read"])),
        corrections=tuple(notices[key] for key in sorted(notices)),
        gone=tuple(Gone(kind=one.kind, key=one.key) for one in shown if one.gone and not reset),
        cursor=cursor,
        more=more,
    )


def _day(now: datetime) -> int:
    return now.date().toordinal()

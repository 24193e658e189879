"""The reader's own editions as a list: one line for each date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform

from briefings import read
from briefings.models import Edition, EditionItem, State
from users.models import User

A_PAGE = 60


@dataclass(frozen=True, slots=True)
class Issue:
    """One line of a reader's archive; an empty headline is a quiet day, a `struck` one stands no longer."""

    day: date
    headline: str
    stories: int
    sample: bool
    struck: bool = False


def page(user: User, number: int) -> tuple[list[Issue], bool]:
    """The reader's own editions, the newest first, by pages from 1 on; and whether there are older ones."""
    found = _issues(user, Q(), slice((number - 1) * A_PAGE, number * A_PAGE + 1))
    return found[:A_PAGE], len(found) > A_PAGE


def before(user: User, day: date | None, most: int) -> list[Issue]:
    """The reader's own editions of earlier dates than that, the newest first."""
    return _issues(user, Q(local_date__lt=day) if day else Q(), slice(most))


def of_days(user: User, days: Iterable[date]) -> dict[date, Issue]:
    """Those of the dates of which the reader has an edition."""
    asked = list(days)
    return {one.day: one for one in _issues(user, Q(local_date__in=asked), slice(None))} if asked else {}


def _issues(user: User, which: Q, part: slice) -> list[Issue]:
    first = EditionItem.objects.filter(edition=OuterRef("pk")).order_by("rank")
    headline = first.values(text=KeyTextTransform("text", KeyTextTransform("headline", "brief__body")))
    editions = (
        Edition.objects.filter(which, reader=user, state=State.READY)
        .annotate(
            first=Subquery(headline[:1]), stories=Count("items"), leads=Subquery(first.values("brief")[:1])
        )
        .order_by("-local_date")[part]
    )
    gone = read.fallen_headlines([e.leads for e in editions])
    return [Issue(e.local_date, e.first or "", e.stories, e.sample, e.leads in gone) for e in editions]

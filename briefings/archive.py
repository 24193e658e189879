"""The reader's own editions as a list: one line for each date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from briefings import read
from briefings.models import Edition, EditionItem, State
from users.models import User
from users.prepared import Prepared, given

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
    start = (number - 1) * A_PAGE
    rows = _FIRST(reader=user.pk) if number == 1 else _ready(Q(reader=user))[start : start + A_PAGE + 1]
    found = _issues(rows)
    return found[:A_PAGE], len(found) > A_PAGE


def before(user: User, day: date | None, most: int) -> list[Issue]:
    """The reader's own editions of earlier dates than that, the newest first."""
    return _issues(_ready(Q(reader=user), Q(local_date__lt=day) if day else Q())[:most])


def of_days(user: User, days: Iterable[date]) -> dict[date, Issue]:
    """Those of the dates of which the reader has an edition."""
    asked = list(days)
    return {one.day: one for one in _issues(_OF_DAYS(reader=user.pk, days=asked))} if asked else {}


def _ready(*which: Q) -> QuerySet[Edition]:
    first = EditionItem.objects.filter(edition=OuterRef("pk")).order_by("rank")
    headline = first.values(text=KeyTextTransform("text", KeyTextTransform("headline", "brief__body")))
    shown = {"first": Subquery(headline[:1]), "leads": Subquery(first.values("brief")[:1])}
    ready = Edition.objects.filter(*which, state=State.READY)
    return ready.annotate(stories=Count("items"), **shown).order_by("-local_date")


_FIRST = Prepared(lambda: _ready(Q(reader=given("reader")))[: A_PAGE + 1])
_OF_DAYS = Prepared(lambda: _ready(Q(reader=given("reader"), local_date__any_of=given("days"))))


def _issues(rows: Iterable[Any]) -> list[Issue]:
    editions = list(rows)
    gone = read.fallen_headlines([e.leads for e in editions])
    return [Issue(e.local_date, e.first or "", e.stories, e.sample, e.leads in gone) for e in editions]

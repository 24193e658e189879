"""Briefs that a reader wants to find again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Exists, OuterRef, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from briefings import read
from briefings.models import Correction, EditionItem, Saved, State
from users.models import User


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved brief and the local date of the reader's latest edition that has it, or has what it replaced."""

    brief: str
    headline: str
    day: date
    saved_at: datetime


def save(user: User, brief_id: str) -> bool:
    """Save a brief of one of the reader's editions; False when they have no such brief. Twice changes nothing."""
    if read.reading_for(user, brief_id) is None:
        return False
    Saved.objects.get_or_create(reader=user, brief_id=brief_id)
    return True


def drop(user: User, brief_id: str) -> bool:
    """Save it no longer. False when the reader had not saved it."""
    gone, _ = Saved.objects.filter(reader=user, brief=brief_id).delete()
    return gone > 0


def mine(user: User) -> list[Kept]:
    """What the reader saved and can still open, the latest first."""
    rows = (
        Saved.objects.filter(reader=user, brief__state=State.READY)
        .annotate(
            headline=KeyTextTransform("text", KeyTextTransform("headline", "brief__body")),
            day=Coalesce(_day(user, brief=OuterRef("brief")), _replaced(user)),
        )
        .filter(day__isnull=False)
        .order_by("-saved_at", "-pk")
    )
    return [Kept(row.brief_id, row.headline or "", row.day, row.saved_at) for row in rows]


def _day(user: User, **which: OuterRef) -> Subquery:
    own = EditionItem.objects.filter(edition__reader=user, edition__state=State.READY, **which)
    return Subquery(own.order_by("-edition__local_date").values("edition__local_date")[:1])


def _replaced(user: User) -> Case:
    """The day of the brief that the saved one replaced: what `briefings.read.reading_for` opens too."""
    replaces = Correction.objects.filter(replacement=OuterRef("brief"))
    return Case(When(Exists(replaces), then=_day(user, brief__story=OuterRef("brief__story"))))

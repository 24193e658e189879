"""Which briefs a reader has read."""

from __future__ import annotations

from collections.abc import Sequence

from briefings import read
from briefings.feedback.models import Opened
from users.models import User


def mark(user: User, brief_id: str) -> bool:
    """The reader has read the brief; False when they have no such brief. Twice changes nothing."""
    if read.reading_for(user, brief_id) is None:
        return False
    Opened.objects.get_or_create(reader=user, brief_id=brief_id)
    return True


def unmark(user: User, brief_id: str) -> bool:
    """It is unread again; False when the reader has no such brief."""
    if read.reading_for(user, brief_id) is None:
        return False
    Opened.objects.filter(reader=user, brief=brief_id).delete()
    return True


def mine(user: User) -> Sequence[Opened]:
    """What the reader has read, the latest first."""
    return list(Opened.objects.filter(reader=user).order_by("-read_at", "-brief"))


def among(user: User, briefs: Sequence[str]) -> Sequence[Opened]:
    """Those of the briefs that the reader has read, in the order of `briefs`."""
    rows = Opened.objects.filter(reader=user, brief__in=briefs) if briefs else []
    found = {one.brief_id: one for one in rows}
    return [found[brief] for brief in briefs if brief in found]

"""Public pages of briefs: made and revoked by a reader, opened by whoever knows the address, counted roughly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse

from briefings import read, secret
from briefings.models import GoneShare, Share
from briefings.schemas import without_markup
from users.models import User

# What calls itself none of these may be a program all the same: the count is rough.
PROGRAMS = re.compile(
    r"bot|crawl|spider|slurp|preview|fetch|scan|monitor|headless|python|curl|wget", re.IGNORECASE
)


class Private(Exception):
    """The brief is made of the reader's own sources, which nobody else may see."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One of a reader's shares. `url` is empty when the address cannot be told again (`briefings.secret.again`).

    A `struck` headline stands no longer; `plain` is it for places without markup.
    """

    id: int
    headline: str
    created_at: datetime
    views: int
    url: str
    struck: bool = False

    @property
    def plain(self) -> str:
        return without_markup(self.headline, self.struck)


def make(user: User, brief_id: str) -> bool:
    """Share a brief of one of the reader's editions; False when they have no such brief.

    Shared already, it keeps its address. Raises Private.
    """
    reading = read.reading_for(user, brief_id)
    if reading is None:
        return False
    if reading.private:
        raise Private
    made = secret.new()
    Share.objects.get_or_create(
        reader=user, brief_id=brief_id, defaults={"nonce": made.nonce, "digest": made.digest}
    )
    return True


def revoke(user: User, share_id: int) -> bool:
    """From now on its address leads nowhere, as if it never had. False when the reader has no such share."""
    with transaction.atomic():
        row = Share.objects.select_for_update().filter(reader=user, pk=share_id).first()
        if row is None:
            return False
        row.delete()
        GoneShare.objects.filter(digest=row.digest).delete()
    return True


def opened(token: str) -> read.Reading | None:
    """What the address shows; None when it was revoked, its reader's account is closed, or it never was one."""
    share = _at(token).filter(brief__story__owner=None).first()
    return read.public_reading(share.brief_id) if share else None


def is_gone(token: str) -> bool:
    """Whether the address showed something until its reader left, or its brief was deleted."""
    return GoneShare.objects.filter(digest=secret.digest(token)).exists()


def count(token: str, agent: str) -> bool:
    """Count one view by what calls itself `agent`, unless that is a program; False when there is no such address."""
    found = _at(token)
    if not agent or PROGRAMS.search(agent):
        return found.exists()
    return found.update(views=F("views") + 1) > 0


def _at(token: str) -> QuerySet[Share]:
    return Share.objects.filter(digest=secret.digest(token), reader__is_active=True)


def of_brief(user: User, brief_id: str) -> Shared | None:
    """The reader's share of that brief, if they made one."""
    return next(iter(_told(user, brief=brief_id)), None)


def mine(user: User) -> Sequence[Shared]:
    """All of the reader's shares, the newest first."""
    return _told(user)


def _told(user: User, **which: str) -> Sequence[Shared]:
    headline = KeyTextTransform("text", KeyTextTransform("headline", "brief__body"))
    shares = Share.objects.filter(reader=user, **which).annotate(headline=headline)
    rows = list(shares.order_by("-created_at", "-pk"))
    fallen = read.fallen_headlines([row.brief_id for row in rows])
    return [
        Shared(row.pk, row.headline or "", row.created_at, row.views, _url(row), row.brief_id in fallen)
        for row in rows
    ]


def _url(row: Share) -> str:
    token = secret.again(row.nonce, row.digest)
    return url_of(token) if token else ""


def url_of(token: str) -> str:
    """The whole address of a share."""
    return settings.NUTGRAF_URL + reverse("shared", args=[token])

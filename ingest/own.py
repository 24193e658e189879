"""A reader's own sources: added by address or list, seen by nobody else, taken away with all that came from them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, RestrictedError
from django.utils.translation import gettext

from ingest import add, health, opml, tell
from ingest.health import Health
from ingest.models import Source, Story
from ingest.scope import Scope
from ingest.split import hold_stories
from users.prepared import Prepared, given

MOST = 200  # sources of one reader
PATIENCE = 12.0  # seconds that a reader waits for a site to answer


class TooMany(Exception):
    """The reader may not have that many sources of their own, in plain words."""


def sources(owner: int, now: datetime) -> list[Health]:
    """The reader's own sources and how they are doing, by title."""
    return health.of(Source.objects.filter(owner=owner).order_by("title", "url"), now)


def unread(owner: int, now: datetime) -> list[Health]:
    """Those of the reader's own sources that are not read any more, which the reader was not told yet."""
    return [one for one in health.of(_UNTOLD(owner=owner), now) if health.unread(one.source, now)]


_UNTOLD = Prepared(
    lambda: Source.objects.filter(
        Q(failures__gt=0) | ~Q(error=""), owner=given("owner"), told_at=None
    ).order_by("title", "url")
)


def told(owner: int, source_ids: Sequence[int], now: datetime) -> None:
    """The reader knows of these: nothing more is said until they have been read again, and are lost once more."""
    Source.objects.filter(owner=owner, pk__in=source_ids, told_at=None).update(told_at=now)


def add_address(owner: int, url: str, any_topic: bool) -> add.Outcome:
    """Add the feed at the address, or that its page names; TooMany when there is no room."""
    _room(owner, [url])
    return add.add([url], any_topic, owner, PATIENCE)


def add_list(owner: int, body: bytes) -> opml.Added:
    """Add the feeds of an OPML file; BadList or ParseError when it is none, TooMany when there is no room for them."""
    feeds = opml.read(body)
    _room(owner, [feed.url for feed in feeds])
    return opml.add(feeds, owner=owner)


def _room(owner: int, urls: Sequence[str]) -> None:
    mine = set(Source.objects.filter(owner=owner).values_list("url", flat=True))
    new = set(urls) - mine - opml.read_for_everybody(urls)
    if new and len(mine) + len(new) > MOST:
        raise TooMany(
            gettext("you have {mine} sources of your own, and {most} is the most; {new} do not fit").format(
                mine=len(mine), most=MOST, new=len(new)
            )
        )


def as_opml(owner: int) -> str:
    """The reader's own sources as an OPML document."""
    return opml.write(Source.objects.filter(owner=owner).order_by("kind", "title", "url"))


def remove(owner: int, source_id: int) -> bool:
    """Take a source away with its articles; False when the reader has no such source.

    Stories that other sources of the reader tell as well go on without it. One that an edition shows stays for that
    edition, without the articles behind it.
    """
    source = Source.objects.filter(owner=owner, pk=source_id).first()
    if source is None:
        return False
    with transaction.atomic():
        hold_stories()
        told = {str(story) for story in source.articles.exclude(story=None).values_list("story", flat=True)}
        source.delete()
        left = set(tell.members(told))
        tell.tell(left, left, {}, Scope(owner=owner))
        for story in Story.objects.filter(pk__in=told - left, articles=None):
            _forget(story)
    return True


def _forget(story: Story) -> None:
    with contextlib.suppress(RestrictedError), transaction.atomic():  # an edition shows it
        story.delete()

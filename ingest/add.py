"""Adds sources by address: of a feed, or of a site whose feed is looked for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from django.utils.translation import get_language, gettext, override

from ingest import opml
from ingest.addresses import spelled
from ingest.check import Answer
from ingest.discover import Found, discover
from ingest.models import Source
from ingest.parse import Outline

AT_ONCE = 8


@dataclass(frozen=True)
class Outcome:
    """What became of the addresses given.

    `choices` holds, for an address that names several feeds, what to choose from; `unreached` those that were added
    as they are because nothing useful answered, with what was wrong.
    """

    added: opml.Added
    choices: tuple[tuple[str, tuple[Answer, ...]], ...] = ()
    unreached: tuple[tuple[str, str], ...] = ()


def add(
    urls: Sequence[str], any_topic: bool = False, owner: int | None = None, patience: float | None = None
) -> Outcome:
    """Make sources of the addresses, due at once; feeds of sites are found through the door, side by side.

    An address that does not answer now is taken as a feed: it may answer later, and its health says so until then.
    With `patience`, in seconds, nothing is waited for longer. `owner` as for `ingest.opml.add`.
    """
    urls = [spelled(url) for url in urls]
    there = Source.objects.filter(owner=owner, url__in=urls).values_list("url", flat=True)
    known = {*there, *opml.read_for_everybody(urls)}
    asked = [url for url in dict.fromkeys(urls) if url not in known and not opml.problem(url)]
    found = _found(asked, patience)
    feeds = [feed for url in dict.fromkeys(urls) for feed in _outlines(url, found.get(url))]
    added = opml.add(feeds, any_topic, owner)
    none = [(url, one.error) for url, one in found.items() if one.error and not one.unreached]
    return Outcome(
        opml.Added(added.new, added.known, (*added.refused, *none)),
        tuple((url, one.feeds) for url, one in found.items() if len(one.feeds) > 1),
        tuple((url, one.error) for url, one in found.items() if one.unreached),
    )


def _found(urls: Sequence[str], patience: float | None) -> dict[str, Found]:
    """What lies at the addresses. Looks that take too long are left behind; the door ends them."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="discover")
    looks = {url: pool.submit(_look, url, get_language()) for url in urls}
    pool.shutdown(wait=False)
    ends = None if patience is None else time.monotonic() + patience
    return {url: _awaited(look, ends) for url, look in looks.items()}


def _look(url: str, language: str | None) -> Found:
    """What is wrong is said in the language of who asks, which threads do not know by themselves."""
    with override(language):
        return discover(url)


def _awaited(look: Future[Found], ends: float | None) -> Found:
    try:
        return look.result(None if ends is None else max(0.0, ends - time.monotonic()))
    except TimeoutError:
        look.cancel()
        return Found(error=gettext("it has not answered yet"), unreached=True)


def _outlines(url: str, found: Found | None) -> list[Outline]:
    """The one feed that an address stands for; none when there is a choice to make, or nothing."""
    if found is None or found.unreached:
        return [Outline(url, "")]
    return [Outline(feed.url, feed.title) for feed in found.feeds] if len(found.feeds) == 1 else []

"""Adds sources by address: of a feed, or of a site whose feed is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ingest import opml
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


def add(urls: Sequence[str], any_topic: bool = False) -> Outcome:
    """Make sources of the addresses, due at once; feeds of sites are found through the door, side by side.

    An address that does not answer now is taken as a feed: it may answer later, and its health says so until then.
    """
    known = set(Source.objects.filter(url__in=urls).values_list("url", flat=True))
    asked = [url for url in dict.fromkeys(urls) if url not in known and not opml.problem(url)]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="discover") as pool:
        found = dict(zip(asked, pool.map(discover, asked), strict=True))
    feeds = [feed for url in dict.fromkeys(urls) for feed in _outlines(url, found.get(url))]
    added = opml.add(feeds, any_topic)
    none = [(url, one.error) for url, one in found.items() if one.error and not one.unreached]
    return Outcome(
        opml.Added(added.new, added.known, (*added.refused, *none)),
        tuple((url, one.feeds) for url, one in found.items() if len(one.feeds) > 1),
        tuple((url, one.error) for url, one in found.items() if one.unreached),
    )


def _outlines(url: str, found: Found | None) -> list[Outline]:
    """The one feed that an address stands for; none when there is a choice to make, or nothing."""
    if found is None or found.unreached:
        return [Outline(url, "")]
    return [Outline(feed.url, feed.title) for feed in found.feeds] if len(found.feeds) == 1 else []

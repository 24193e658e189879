"""Finds the feeds of a site: an address may be a feed itself, or a page that names some."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.utils.translation import gettext

from ingest import check
from ingest.check import Answer
from ingest.fetch import FetchError, fetch
from ingest.parse import ParseError, parse_feed, parse_links

MOST_CANDIDATES = 12
NEVER = frozenset({"bad_url", "blocked_address", "gone"})  # no later look will find anything there
SECONDS = 30.0  # after which no further candidate is looked at


@dataclass(frozen=True)
class Found:
    """The feeds at an address, each one looked at; `error` says in plain words why there are none.

    `unreached` tells an address that did not answer as it should, and may do so later, from one that offers no feed.
    """

    feeds: tuple[Answer, ...] = ()
    error: str = ""
    unreached: bool = False


def discover(url: str) -> Found:
    """The feeds that the address is or names. Everything is fetched through the door; nothing is stored or raised."""
    try:
        fetched = fetch(url)
        return Found(
            (check.described(url, fetched, parse_feed(fetched.body, fetched.url, fetched.content_type)),)
        )
    except FetchError as error:
        return Found(error=error.words, unreached=error.code not in NEVER)
    except ParseError as error:
        if error.code != "not_a_feed":
            return Found(error=error.words, unreached=True)
        words = error.words
    try:
        links = parse_links(fetched.body, fetched.url, fetched.charset)
    except ParseError:
        return Found(error=words)
    if not links:
        return Found(
            error=gettext("this page names no feed; look on the site for a link to RSS, Atom or JSON Feed")
        )
    return _of_links(links[:MOST_CANDIDATES], fetched.url)


def _of_links(links: list[str], page: str) -> Found:
    ends = time.monotonic() + SECONDS
    feeds: list[Answer] = []
    words = ""
    for link in links:
        if time.monotonic() > ends:
            break
        answer = check.look(link, found_at=page)
        words = words or answer.error
        # The same entries in another format are the same feed.
        if not answer.error and not any(answer.links and answer.links == other.links for other in feeds):
            feeds.append(answer)
    if not feeds:
        return Found(
            error=gettext("the feed that this page names cannot be read: {words}").format(words=words)
        )
    return Found(tuple(feeds))

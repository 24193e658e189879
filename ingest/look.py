"""One look at a feed over the network: fetched and parsed, without the database, so that it may run in a thread."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

from ingest import decide, hosts
from ingest.fetch import Fetched, FetchError, fetch
from ingest.models import Source
from ingest.parse import ParsedFeed, ParseError, parse_feed

Outcome = Literal["fetched", "not_modified", "failed", "busy"]


@dataclass(frozen=True)
class Refreshed:
    """What one look at a source brought, counted in entries of the feed.

    `repeated` entries came twice in it; `copies` articles, new or stored before, were set aside as the same item as
    another; `unusable` names each entry that could not become an article.
    `busy` means that another worker has the source or its host, that it was not due, or that its turn did not come in
    time; one that was given up has `failed`. `error` may name what was fetched, `code` never does.
    """

    source_id: int
    url: str
    outcome: Outcome
    error: str = ""
    code: str = ""
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    copies: int = 0
    unusable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """What came over the network: a feed, an unchanged answer (`feed` is None), or a failure in plain words."""

    fetched: Fetched | None = None
    feed: ParsedFeed | None = None
    body_hash: str = ""
    code: str = ""
    words: str = ""
    retry_after: float | None = None


def look(until: float, source: Source, host_is_free: hosts.Free) -> Look:
    """Fetch and parse, unless it is too late to begin."""
    if time.monotonic() > until:
        host_is_free(asked=False)
        return Look(code="late")
    try:
        fetched = fetch(source.url, etag=source.etag, last_modified=source.last_modified)
        host_is_free()
        return _read(source, fetched)
    except FetchError as error:
        return Look(code=error.code, words=error.words, retry_after=error.retry_after)
    except ParseError as error:
        return Look(code=error.code, words=error.words)


def _read(source: Source, fetched: Fetched) -> Look:
    if fetched.status == 304:
        return Look(fetched, body_hash=source.body_hash)
    body_hash, light = decide.body_hash(fetched.body), replace(fetched, body=b"")
    if body_hash == source.body_hash:
        return Look(light, body_hash=body_hash)
    return Look(light, parse_feed(fetched.body, fetched.url, fetched.content_type), body_hash)

"""Reads and writes lists of feeds as OPML, and adds sources by their addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.db.models.functions import Now
from django.utils.translation import gettext

from ingest.addresses import Unreachable, spelled, target
from ingest.catalogue import authority_of_community
from ingest.models import Kind, Source
from ingest.parse import Outline, parse_opml
from ingest.plain import LONGEST_LINK, storable
from ingest.scope import PUBLIC

LARGEST = 8 * 1024 * 1024
MOST_FEEDS = 5_000


class BadList(Exception):
    """The list of feeds cannot be taken, in plain words."""


@dataclass(frozen=True)
class Added:
    """Which addresses are new sources, which were there before, and which are refused, with the reason."""

    new: tuple[str, ...]
    known: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def read(body: bytes) -> list[Outline]:
    """Each feed listed; BadList when there are too many, ParseError when it is no OPML."""
    if len(body) > LARGEST:
        raise BadList(gettext("the file is larger than {n} MiB").format(n=LARGEST // 1024 // 1024))
    feeds = [replace(feed, url=spelled(feed.url)) for feed in parse_opml(body)]
    if len(feeds) > MOST_FEEDS:
        raise BadList(
            gettext("the file lists {n} feeds; at most {most} are taken at once").format(
                n=len(feeds), most=MOST_FEEDS
            )
        )
    return feeds


def add(feeds: Iterable[Outline], any_topic: bool = False, owner: int | None = None) -> Added:
    """Make sources of the feeds, due at once. `any_topic` also marks those that were there before.

    With `owner`, a reader's key, they are that reader's own; what is read for everybody already counts as there.
    A folder or category that is named like a kind of source ("Labs", "policy") gives its feeds that kind; else what
    comes from a host where anybody posts counts as the catalogue's feeds of it do.
    """
    wanted: dict[str, Outline] = {}
    refused = []
    for feed in feeds:
        if words := problem(feed.url):
            refused.append((feed.url, words))
        else:
            wanted.setdefault(feed.url, feed)
    own = Source.objects.filter(owner=owner, url__in=wanted)
    known = {*own.values_list("url", flat=True), *read_for_everybody(wanted)}
    new = [feed for url, feed in wanted.items() if url not in known]
    Source.objects.bulk_create([_source(feed, any_topic, owner) for feed in new], ignore_conflicts=True)
    if any_topic and known:
        own.update(any_topic=True)
    return Added(
        tuple(feed.url for feed in new), tuple(url for url in wanted if url in known), tuple(refused)
    )


def read_for_everybody(urls: Iterable[str]) -> set[str]:
    """Those of the addresses that are sources for everybody and not switched off."""
    found = Source.objects.filter(PUBLIC.sources(), enabled=True, url__in=urls)
    return set(found.values_list("url", flat=True))


def _source(feed: Outline, any_topic: bool, owner: int | None) -> Source:
    title = "" if feed.title == feed.url else feed.title  # what has no name yet learns it from its feed
    source = Source(url=feed.url, owner_id=owner, title=title, any_topic=any_topic, due_at=Now())
    kind, authority = _kind(feed.folders), authority_of_community(feed.url)
    if kind in (None, Kind.COMMUNITY) and authority is not None:
        source.kind, source.authority = Kind.COMMUNITY, authority
    elif kind:
        source.kind = kind
    return source


def _kind(folders: Iterable[str]) -> str | None:
    """As the list's own folders say, if they do."""
    names = [name.casefold() for name in folders]
    return next((kind for name in names for kind in Kind.values if name in (kind, f"{kind}s")), None)


def problem(url: str) -> str:
    """Why the address can be no source; empty when it can. Nothing is resolved or fetched."""
    if not storable(url):
        return gettext("the address is longer than {n} bytes").format(n=LONGEST_LINK)
    try:
        target(url)
    except Unreachable as error:
        return error.words
    return ""


def write(sources: Iterable[Source]) -> str:
    """The sources as an OPML 2.0 document, a folder for each kind."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = "Nutgraf sources"
    body = SubElement(root, "body")
    folders: dict[str, Element] = {}
    for source in sources:
        if source.kind not in folders:
            folders[source.kind] = SubElement(body, "outline", {"text": source.kind})
        values = {"type": "rss", "text": source.title or source.url, "xmlUrl": source.url}
        if source.site_url:
            values["htmlUrl"] = source.site_url
        SubElement(folders[source.kind], "outline", values)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"

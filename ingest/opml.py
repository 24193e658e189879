"""Reads and writes lists of feeds as OPML, and adds sources by their addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils import timezone

from ingest.addresses import Unreachable, target
from ingest.models import Source
from ingest.parse import parse_opml
from ingest.plain import LONGEST_LINK, storable

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


def read(body: bytes) -> list[tuple[str, str]]:
    """Address and title of each feed listed; BadList when there are too many, ParseError when it is no OPML."""
    if len(body) > LARGEST:
        raise BadList(f"the file is larger than {LARGEST // 1024 // 1024} MiB")
    feeds = parse_opml(body)
    if len(feeds) > MOST_FEEDS:
        raise BadList(f"the file lists {len(feeds)} feeds; at most {MOST_FEEDS} are taken at once")
    return feeds


def add(feeds: Iterable[tuple[str, str]], any_topic: bool = False) -> Added:
    """Make sources of (address, title) pairs, due at once. `any_topic` also marks those that were there before."""
    titles: dict[str, str] = {}
    refused = []
    for url, title in feeds:
        if problem := _problem(url):
            refused.append((url, problem))
        else:
            titles.setdefault(url, title)
    known = set(Source.objects.filter(url__in=titles).values_list("url", flat=True))
    new = [url for url in titles if url not in known]
    now = timezone.now()
    Source.objects.bulk_create(
        [Source(url=url, title=titles[url], any_topic=any_topic, due_at=now) for url in new],
        ignore_conflicts=True,
    )
    if any_topic and known:
        Source.objects.filter(url__in=known).update(any_topic=True)
    return Added(tuple(new), tuple(url for url in titles if url in known), tuple(refused))


def _problem(url: str) -> str:
    if not storable(url):
        return f"the address is longer than {LONGEST_LINK} bytes"
    try:
        target(url)
    except Unreachable as error:
        return error.words
    return ""


def write(sources: Iterable[Source]) -> str:
    """The sources as an OPML 2.0 document."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = "Nutgraf sources"
    body = SubElement(root, "body")
    for source in sources:
        values = {"type": "rss", "text": source.title or source.url, "xmlUrl": source.url}
        if source.site_url:
            values["htmlUrl"] = source.site_url
        SubElement(body, "outline", values)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"

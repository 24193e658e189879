"""Input made to break its reader: each piece ends within the limits, and the next feed is read as if none had been."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.utils import timezone

from ingest import opml, parse
from ingest.models import Article, Source
from ingest.parse import ParseError, parse_feed, parse_opml
from ingest.refresh import refresh, refresh_many
from tests.conftest import PROJECT
from tests.fakes.web_server import WebServer, item, rss

URL = "https://news.example.com/feed.xml"
MOST_MEMORY = 512  # MiB that a child may ever have held
LAUGHS = "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 30}">' for n in range(8))
JSON = b'{"version":"https://jsonfeed.org/version/1.1","items":'


def declaring(declarations: str, title: str) -> bytes:
    """An RSS feed of one entry with a document type of the test's own."""
    entry = f"<item><title>{title}</title></item>"
    return f'<?xml version="1.0"?><!DOCTYPE r [{declarations}]><rss><channel>{entry}</channel></rss>'.encode()


BOMBS: dict[str, Callable[[], bytes]] = {
    "newlines": lambda: b"\n" * 5_000_000 + b"<rss>",
    "newlines inside": lambda: rss("\n" * 1_000_000 + item("T")).encode(),
    "entity declarations": lambda: b"<?xml version='1.0'?><!DOCTYPE r [" + b"\n<!ENTITY " * 300_000,
    "a billion laughs": lambda: declaring(f'<!ENTITY a "{"x" * 1000}">{LAUGHS}', "&i;"),
    "quadratic entities": lambda: declaring(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 20_000),
    "entities in a circle": lambda: declaring('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
    "NULs": lambda: b"\x00" * 5_000_000,
    "NULs inside": lambda: rss(item("T" + "\x00" * 1_000_000)).encode(),
    "nesting": lambda: b"<rss><channel>" + b"<a>" * 100_000,
    "nesting that is closed": lambda: rss("<a>" * 100_000 + "</a>" * 100_000 + item("T")).encode(),
    "nested HTML": lambda: rss(item("T", text="<div>" * 100_000)).encode(),
    "attributes": lambda: rss("<item " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>").encode(),
    "namespaces": lambda: ("<rss " + " ".join(f'xmlns:a{n}="u:{n}"' for n in range(50_000)) + "/>").encode(),
    "brackets for an author": lambda: rss(f"<item><author>{'(' * 32_000}</author></item>").encode(),
    "ampersands": lambda: rss(
        f"<item><title>T</title><description>{'&' * 500_000}</description></item>"
    ).encode(),
    "opening brackets": lambda: rss(
        f"<item><title>T</title><description>{'<' * 500_000}</description></item>"
    ).encode(),
    "categories": lambda: rss(
        "<item><title>T</title>" + "<category>x</category>" * 50_000 + "</item>"
    ).encode(),
    "an endless comment": lambda: b"<rss><channel><!--" + b"-" * 3_000_000,
    "an endless CDATA": lambda: b"<rss><channel><item><title><![CDATA[" + b"]]" * 500_000,
    "a date without end": lambda: rss(item("T", date="1 " * 1_000_000)).encode(),
    "a score without end": lambda: rss(item("T", text="Points: " + "1," * 1_000_000)).encode(),
    "nested JSON": lambda: JSON + b"[" * 1_000_000,
    "JSON items": lambda: JSON + b"[" + b"{}," * 500_000 + b"{}]}",
    "HTML": lambda: b"<html>" + b"<p>" * 1_500_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb_takes_more_than_is_allowed(name: str) -> None:
    body = BOMBS[name]()
    began = time.monotonic()
    with contextlib.suppress(ParseError):
        assert len(parse_feed(body, URL, "").items) <= 2000
    assert time.monotonic() - began < parse.WALL_SECONDS + 2
    assert all(peak(child.process.pid) < MOST_MEMORY for child in parse._children.idle)
    assert parse_feed(rss(item("Still here")).encode(), URL, "").items[0].title == "Still here"


def peak(pid: int) -> float:
    """The most memory that a living process ever held, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


SEEDS = [path.read_bytes() for path in sorted((PROJECT / "ingest/sample").glob("*.xml"))]
SPLINTERS = [
    b"&",
    b"<",
    b"]]>",
    b"<![CDATA[",
    b"&#55296;",
    b"\x00",
    b"\xff",
    b"<entry>",
    b"</entry>",
    b"<!--",
    b"http://[::1",
]


def damaged(chance: Random) -> bytes:
    """A bundled feed after some accidents."""
    body = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(body))
        match chance.randrange(4):
            case 0:
                body[at] = chance.randrange(256)
            case 1:
                del body[at : at + chance.randrange(1, 300)]
            case 2:
                body[at:at] = chance.choice(SPLINTERS)
            case 3:
                body[at:at] = body[at // 2 : at // 2 + 400]
    return bytes(body)


def test_no_accident_is_more_than_a_broken_feed() -> None:
    chance = Random(20250808)
    read, said = 0, set()
    for _ in range(500):
        try:
            read += len(parse_feed(damaged(chance), chance.choice([URL, "http://[::1", ""]), "").items)
        except ParseError as error:
            said.add((error.code, "could not be read" in error.words))
    assert said == {("broken", False), ("not_a_feed", False)}
    assert read > 500


@pytest.mark.parametrize("source", ["file:///etc/passwd", "http://127.0.0.1:9/secret", "/etc/hostname"])
def test_no_feed_reads_files_or_addresses_through_entities(source: str) -> None:
    inside = parse_feed(declaring(f'<!ENTITY x SYSTEM "{source}">', "A &x; B"), URL, "").items[0].title
    assert re.fullmatch(r"A (?:&x; )?B", inside)
    beside = declaring(f'<!ENTITY % x SYSTEM "{source}"> %x;', "T")
    assert parse_feed(beside, URL, "").items[0].title == "T"


@pytest.mark.django_db
def test_bombs_harm_no_healthy_source_and_no_stored_article(web: WebServer) -> None:
    for name in ("newlines", "nesting", "entity declarations", "HTML"):
        web.put(f"/{name.split()[0]}", rss(item("Before", guid="g")))
    urls = [web.url(path) for path in web.pages]
    healthy = web.put("/healthy", rss(item("One", guid="1")))
    due = timezone.now() - timedelta(minutes=1)
    sources = {url: Source.objects.create(url=url, due_at=due).pk for url in [*urls, healthy]}
    assert all(look.new == 1 for look in refresh_many(list(sources.values()), timezone.now()))
    for name in ("newlines", "nesting", "entity declarations", "HTML"):
        web.put(f"/{name.split()[0]}", BOMBS[name]())
    web.put("/healthy", rss(item("One", guid="1"), item("Two", guid="2")))
    looks = {look.url: look for look in refresh_many(list(sources.values()), timezone.now(), force=True)}
    assert looks[healthy].new == 1
    for url in urls:
        assert looks[url].outcome == "failed"
        assert "Error" not in looks[url].error
    assert Article.objects.filter(title="Before").count() == len(urls)
    web.put("/nesting", rss(item("Before", guid="g"), item("After", guid="h")))
    assert refresh(sources[web.url("/nesting")], timezone.now(), force=True).new == 1


def outlines(inside: str) -> bytes:
    return f'<opml version="2.0"><body>{inside}</body></opml>'.encode()


FEED = '<outline type="rss" text="A" xmlUrl="https://a.example/{}"/>'


def test_a_list_of_ten_thousand_feeds_is_refused_before_anything_is_stored() -> None:
    with pytest.raises(opml.BadList, match="10000 feeds; at most 5000"):
        opml.read(outlines("".join(map(FEED.format, range(10_000)))))


def test_a_list_of_eight_megabytes_is_refused_unread() -> None:
    with pytest.raises(opml.BadList, match="larger than"):
        opml.read(outlines(" " * opml.LARGEST))


def test_a_list_nested_ten_thousand_deep_is_read() -> None:
    deep = outlines('<outline text="g">' * 10_000 + FEED.format(1) + "</outline>" * 10_000)
    (one,) = parse_opml(deep)
    assert (one.url, one.title) == ("https://a.example/1", "A")


@pytest.mark.parametrize(
    "declarations",
    [
        f'<!ENTITY a "{"x" * 1000}">{LAUGHS}',
        "\n<!ENTITY " * 100_000,
        '<!ENTITY i SYSTEM "file:///etc/passwd">',
    ],
    ids=["laughs", "declarations", "file"],
)
def test_entities_bring_nothing_into_a_list(declarations: str) -> None:
    body = f'<?xml version="1.0"?><!DOCTYPE r [{declarations}]>'.encode() + outlines(FEED.format("&i;"))
    began = time.monotonic()
    with contextlib.suppress(ParseError):
        (one,) = parse_opml(body)
        assert (len(one.url) < 100, one.title) == (True, "A")
        assert "root" not in one.url
    assert time.monotonic() - began < parse.WALL_SECONDS + 2

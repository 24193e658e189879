"""What feedparser finds as we use it is what it finds by itself, but for the categories that nobody asks for."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:own="urn:own">
<channel><title>Labs &amp; chips</title><link>https://news.example.com/</link>
<image><url>https://news.example.com/i.png</url><title>I</title></image>
<item><title>A line
and \xe2\x80\x9canother\xe2\x80\x9d &#151; told</title><link>https://news.example.com/1?a=1&amp;b=2</link><category>AI</category>
<guid isPermaLink="false">one</guid><pubDate>Fri, 08 Aug 2025 10:00:00 GMT</pubDate><dc:creator>Ada</dc:creator>
<description>Short &lt;b&gt;text&lt;/b&gt; \xe2\x80\x94 here</description><own:mark>x</own:mark><media:content url="https://x/y.png"/>
<content:encoded><![CDATA[<p>One.</p>
<p>Two.</p>]]></content:encoded><enclosure url="https://x/y.mp3" type="audio/mpeg" length="1"/></item>
<item xml:base="https://other.example.com/"><title/><category domain="d">B</category><category/>
<link>/2</link><guid>/2</guid>
<source url="https://z.example.com/feed">Z</source><pubDate>8. August 2025</pubDate></item></channel></rss>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://lab.example.org/blog/">
<title>Lab</title>
<entry><id>tag:1</id><title type="html">A &amp;lt;b&amp;gt;</title><link href="post"/>
<updated>2025-08-08T10:00:00Z</updated>
<category term="c" scheme="s" label="l"/><author><name>Ben</name><email>ben@example.org</email></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>It <b>is</b>
&lt;here&gt;</p><svg xmlns="http://www.w3.org/2000/svg"><title>T</title></svg><category>kept</category></div></content></entry>
<entry><id>tag:2</id><title>Two</title><summary type="text">1 &lt; 2</summary><issued>2025-08-08</issued>
<source><id>tag:s</id><title>S</title><category term="c"/></source></entry></feed>"""

Found = dict[str, Any]


def plainly(body: bytes) -> Found | None:
    """What feedparser finds by itself; None where it gives up."""
    import feedparser

    try:
        parsed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # noqa: BLE001 - we let it leave out what it trips over
        return None
    return found(parsed)


def our_way(body: bytes) -> Found | None:
    from ingest import feedparsing

    return found(feedparsing.parse(body, {}))


def found(parsed: Any) -> Found:
    return {
        "version": parsed.get("version"),
        "feed": _kept(parsed.feed),
        "entries": [*map(_kept, parsed.entries)],
    }


def _kept(value: Any) -> Any:
    """As plain values, without categories and without times that feedparser has read, which come after our reading."""
    if isinstance(value, dict):
        kept = {key: _kept(one) for key, one in dict.items(value)}
        left_out = ("tags", "category", " called")
        return {k: v for k, v in kept.items() if k not in left_out and not k.endswith("_parsed")}
    return [*map(_kept, value)] if isinstance(value, list) else value


def each(way: Callable[[bytes], Found | None], bodies: list[bytes]) -> list[Found | None]:
    """In a process of its own, since one way changes feedparser for all that is in its process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return list(process.map(way, bodies, chunksize=50))


def test_it_finds_what_feedparser_finds_by_itself() -> None:
    ours, theirs = each(our_way, [RSS, ATOM]), each(plainly, [RSS, ATOM])
    assert ours == theirs
    rss, atom = ours
    assert rss is not None
    assert atom is not None
    assert rss["entries"][0]["content"][0]["value"] == "<p>One.</p>\n<p>Two.</p>"
    assert "<category>kept</category>" in atom["entries"][0]["content"][0]["value"]


def test_it_finds_the_same_in_all_the_odd_feeds() -> None:
    edge = Path(os.environ.get("NUTGRAF_CORPUS") or "../shared/data") / "edge"
    if not edge.is_dir():
        pytest.skip(f"no odd feeds at {edge}; set NUTGRAF_CORPUS")
    files = [path for path in sorted(edge.rglob("*")) if path.suffix in (".xml", ".rss", ".atom", ".rdf")]
    bodies = [path.read_bytes() for path in files]
    pairs = zip(files, each(our_way, bodies), each(plainly, bodies), strict=True)
    compared = [(path, ours, theirs) for path, ours, theirs in pairs if theirs is not None]
    assert len(compared) > 1000
    assert [path for path, ours, theirs in compared if ours != theirs] == []

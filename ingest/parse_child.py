"""The guarded child that reads hostile bytes: feeds by feedparser, pages by trafilatura, OPML by listparser.

Started by `ingest.parse`; speaks frames on stdin and stdout (two lengths, JSON, bytes), holds no secrets, opens no
connection, and dies by its limits rather than harm its parent. Imports no Django.
"""

from __future__ import annotations

import calendar
import os
import re
import resource
import select
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from ingest import frames, jsonfeed
from ingest.furniture import body_paragraphs
from ingest.hidden import shown
from ingest.plain import html_paragraphs, line, visible, web_link

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 5
MOST_ITEMS = 2_000
LONGEST_TEXT = 100_000
ORPHAN_CHECK = 5.0

_NOTICE = re.compile(
    r"(?i)not (?:yet )?whitelist|rate.?limit|too many requests|access denied|captcha|are you a (?:ro)?bot"
)
MOST_LINKS = 50
FEED_TYPES = {
    f"{family}/{name}"
    for family in ("application", "text")
    for name in (
        "rss+xml",
        "atom+xml",
        "rdf+xml",
        "x.atom+xml",
        "x-atom+xml",
        "rss",
        "atom",
        "feed+json",
        "xml",
    )
}
FEED_MARKS = (b"<rss", b"<feed", b"<rdf:rdf", b"<channel")


class Refused(Exception):
    """What was handed in is not what it should be: a code and plain words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def feed(body: bytes, url: str, content_type: str) -> dict[str, Any]:
    """The feed in `body` as plain values, or Refused with not_a_feed, empty or broken."""
    body = body.replace(b"\x00", b"")
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise Refused("empty", "the feed is empty: no bytes in it")
    if start[:1] in b"{[":
        found = jsonfeed.read(body, url, MOST_ITEMS)
        if found is None:
            raise Refused("not_a_feed", "this is JSON, but not a JSON Feed")
        return {"format": "JSON Feed", **found}
    # No content-location: feedparser would turn guids into links, and an entry's identity would hang on our address.
    headers = {"content-type": content_type} if content_type else {}
    parsed = feedparser.parse(
        BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    _judge(parsed, body, start)
    entries = parsed.entries
    if len(entries) > MOST_ITEMS:
        entries = sorted(entries, key=_newest_first)[:MOST_ITEMS]
    meta = parsed.feed
    return {
        "format": _format(parsed.version),
        "title": line(_text(meta, "title"), 300),
        "site_url": web_link(_text(meta, "link"), url),
        "language": line(_text(meta, "language"), 12).lower(),
        "items": [_item(entry, url) for entry in entries],
        "left_out": max(0, len(parsed.entries) - MOST_ITEMS),
    }


def _format(version: str) -> str:
    """A format as people know it: "rss20" is RSS 2.0."""
    name, number = version.rstrip("0123456789ufn"), "".join(c for c in version if c.isdigit())
    if name not in ("rss", "atom"):
        return version.upper()
    return f"{name.upper() if name == 'rss' else 'Atom'} {number[:1]}.{number[1:]}".rstrip(". ")


def _judge(parsed: Any, body: bytes, start: bytes) -> None:
    """Refuse what feedparser's leniency would pass off as an empty feed."""
    broken = bool(parsed.bozo) and not isinstance(
        parsed.bozo_exception, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType
    )
    if not parsed.version:
        low = body[:200_000].lower()
        if b"<html" in low or b"<!doctype html" in low:
            raise Refused("not_a_feed", "this is an HTML page, not a feed")
        if not any(mark in low for mark in FEED_MARKS):
            shown = line(visible(start[:120].decode("utf-8", "replace")), 80)
            raise Refused("not_a_feed", f"this is not a feed; it begins with {shown!r}")
    if broken and not parsed.entries:
        raise Refused("broken", f"the feed is broken XML and holds no readable entry: {_why(parsed)}")
    if broken and not _closed(body):
        raise Refused("broken", f"the feed is cut off before its end: {_why(parsed)}")
    if len(parsed.entries) == 1 and _NOTICE.search(notice := line(_text(parsed.entries[0], "title"), 120)):
        raise Refused("not_a_feed", f"the server sends a notice in place of its feed: {notice}")


def _closed(body: bytes) -> bool:
    tail = body[-2000:].lower()
    return any(mark in tail for mark in (b"</rss", b"</feed", b"</rdf:rdf", b"</channel"))


def _why(parsed: Any) -> str:
    return line(str(parsed.bozo_exception), 200)


def _newest_first(entry: Any) -> float:
    when = _time(entry, "published_parsed") or _time(entry, "updated_parsed")
    return -when if when is not None else 0.0


def _item(entry: Any, feed_url: str) -> dict[str, Any]:
    base = urljoin(feed_url, _base(entry))
    texts = [_paragraphs_of(content) for content in dict.get(entry, "content") or []]
    if detail := dict.get(entry, "summary_detail"):
        texts.append(_paragraphs_of(detail))
    best = max(texts, key=lambda parts: sum(map(len, parts)), default=[])
    title, author = line(_text(entry, "title")), line(_text(entry, "author"), 200)
    return {
        "guid": visible(_text(entry, "id"))[:2000].strip(),
        "url": web_link(_text(entry, "link"), base),
        "title": title,
        "author": author,
        "published": _time(entry, "published_parsed"),
        "updated": _time(entry, "updated_parsed"),
        "paragraphs": body_paragraphs(_capped(best), title, author),
        "tags": [line(str(tag.get("term") or ""), 60) for tag in (dict.get(entry, "tags") or [])[:20]],
    }


def _paragraphs_of(content: Any) -> list[str]:
    value = str(content.get("value") or "")[: 2 * LONGEST_TEXT]
    # Many feeds put HTML where their format says plain text, so the declared type is not believed.
    return html_paragraphs(shown(value))


def _capped(parts: list[str]) -> list[str]:
    kept: list[str] = []
    room = LONGEST_TEXT
    for part in parts:
        if room <= 0:
            break
        kept.append(part[:room])
        room -= len(part)
    return kept


def _base(entry: Any) -> str:
    for key in ("title_detail", "summary_detail"):
        base = (dict.get(entry, key) or {}).get("base")
        if base:
            return str(base)
    return ""


def _text(entry: Any, key: str) -> str:
    # dict.get: feedparser's own lookup quietly answers with another field when one is missing.
    return str(entry.get(key) or "") if key == "link" else str(dict.get(entry, key) or "")


def _time(entry: Any, key: str) -> float | None:
    value = dict.get(entry, key)
    try:
        return float(calendar.timegm(value)) if value else None
    except (OverflowError, ValueError, TypeError):
        return None


def page(body: bytes, url: str, charset: str, title: str = "", author: str = "") -> dict[str, Any]:
    """The main text of the HTML page in `body`, without what stands around it: its title and byline included."""
    from ingest.page import article

    found = article(body.decode(charset, "replace") if charset else body, url)
    if found is None:
        raise Refused("no_text", "no article text was found in the page")
    return {"paragraphs": body_paragraphs(_capped(found.paragraphs), title, author, found.headlines)}


def opml(body: bytes, url: str, charset: str) -> dict[str, Any]:
    """The feeds an OPML file lists."""
    import listparser

    found = listparser.parse(body)
    feeds = [
        {
            "url": visible(one.get("url") or "").strip(),
            "title": _flat(one.get("title") or "")[:300],
            "folders": [_flat(part)[:100] for path in one.get("categories") or [] for part in path][:20],
        }
        for one in found.feeds
    ]
    if not feeds:
        raise Refused("not_opml", "this is not an OPML file, or it lists no feeds")
    return {"feeds": feeds}


def links(body: bytes, url: str, charset: str) -> dict[str, Any]:
    """The feeds an HTML page names: those its head announces, else those its text links to."""
    from trafilatura import load_html
    from trafilatura.feeds import FeedParameters, determine_feed

    text = body.decode(charset or "utf-8", "replace")
    tree = load_html(text)
    if tree is None:
        raise Refused("broken", "this is not a readable page")
    base = urljoin(url, next(iter(tree.xpath("//base/@href")), ""))
    named = [link.get("href") for link in tree.xpath("//link[@href]") if _announces_feed(link)]
    if not named:
        site = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        named = determine_feed(text, FeedParameters(site, urlsplit(url).hostname or "", url))
    found = [web_link(link, base) for link in named]
    return {"links": [link for link in dict.fromkeys(found) if link and link != url][:MOST_LINKS]}


def _announces_feed(link: Any) -> bool:
    kind = (link.get("type") or "").split(";")[0].strip().lower()
    about = f"{link.get('title') or ''} {link.get('href')}".lower()
    if "alternate" not in (link.get("rel") or "").lower().split() or "comments" in about:
        return False
    return kind in FEED_TYPES or (kind == "application/json" and "feed" in about)


def _flat(text: str) -> str:
    return " ".join(visible(text).split())


JOBS: dict[str, Callable[..., dict[str, Any]]] = {"feed": feed, "page": page, "opml": opml, "links": links}


def answer(job: dict[str, Any], body: bytes) -> dict[str, Any]:
    try:
        return {"ok": JOBS[job["job"]](body, job["url"], job["hint"], *job["about"])}
    except Refused as refused:
        return {"error": refused.code, "words": refused.words}
    except MemoryError:
        return {"error": "too_big", "words": "reading it takes more memory than allowed"}
    except Exception as error:  # noqa: BLE001 - whatever a parser trips over is an answer, not the end of this process
        return {
            "error": "broken",
            "words": f"it could not be read: {type(error).__name__}: {line(str(error), 200)}",
        }


def _wait_for_work(parent: int) -> None:
    # A sibling forked by the parent may hold our stdin open after the parent's death, so its end is not enough.
    while not select.select([0], [], [], ORPHAN_CHECK)[0]:
        if os.getppid() != parent:
            raise SystemExit(0)


def main() -> None:
    """Answer jobs until stdin ends or the parent is gone."""
    parent = os.getppid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    stdin, stdout = os.fdopen(0, "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library's print must not break the frames
    while True:
        _wait_for_work(parent)
        try:
            job, body = frames.read(stdin)
        except EOFError:
            return
        used = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS + 1, resource.RLIM_INFINITY))
        stdout.write(frames.pack(answer(job, body)))
        stdout.flush()


if __name__ == "__main__":
    sys.setrecursionlimit(3000)
    main()

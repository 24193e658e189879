"""The guarded child that reads hostile bytes: feeds by feedparser, pages by trafilatura, OPML by listparser.

Started by `ingest.parse`; speaks frames on stdin and stdout (two lengths, JSON, bytes), holds no secrets, opens no
connection, and dies by its limits rather than harm its parent. Imports no Django.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import select
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from ingest import charset, feedparsing, frames, jsonfeed, thin
from ingest.asks import of_channel
from ingest.furniture import body_paragraphs
from ingest.hidden import shown
from ingest.plain import LONGEST_TEXT, capped, html_paragraphs, joined, line, visible, web_link
from ingest.robots_child import rules
from ingest.times import Times, seconds, standard

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 5
MOST_ITEMS = 2_000
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
_HTML = re.compile(rb"(?is)(?:<!--.*?-->|\s)*<(?:!doctype\s+html|html)\b")
_ENTRY = re.compile(rb"(?i)<(?:\w+:)?(?:item|entry)[\s>]")
_CLOSING = re.compile(rb"(?i)</(?:\w+:)?(?:rss|feed|rdf|channel)\b")


class Refused(Exception):
    """What was handed in is not what it should be: a code and plain words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def feed(body: bytes, url: str, content_type: str) -> dict[str, Any]:
    """The feed in `body` as plain values, or Refused with not_a_feed, empty or broken."""
    body, certain = charset.unpacked(body)
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise Refused("empty", "the feed is empty: no bytes in it")
    if start[:1] in b"{[":
        found = jsonfeed.read(body, url, MOST_ITEMS)
        if found is None:
            raise Refused("not_a_feed", "this is JSON, but not a JSON Feed")
        return {"format": "JSON Feed", **found}
    if _HTML.match(start) and not any(mark in body[:200_000].lower() for mark in FEED_MARKS):
        raise Refused("not_a_feed", "this is an HTML page, not a feed")
    body, dropped = thin.newest(body, MOST_ITEMS)
    # No content-location: feedparser would turn guids into links, and an entry's identity would hang on our address.
    headers = {"content-type": content_type} if content_type and not certain else {}
    parsed = feedparsing.parse(body, headers)
    _judge(parsed, body, start)
    return {**_feed(parsed, url, dropped), "asks": asdict(of_channel(body))}


def _feed(parsed: Any, url: str, dropped: int) -> dict[str, Any]:
    meta, entries = parsed.feed, parsed.entries
    if len(entries) > MOST_ITEMS:
        entries = sorted(entries, key=_newest_first)[:MOST_ITEMS]
    language = line(_text(meta, "language"), 12).lower()
    times = Times(language)
    return {
        "format": _format(parsed.version),
        "title": line(_name(meta), 300),
        "site_url": web_link(_text(meta, "link"), joined(url, _base(meta))),
        "language": language,
        "items": [_item(entry, url, times) for entry in entries],
        "left_out": dropped + max(0, len(parsed.entries) - MOST_ITEMS),
    }


def _name(meta: Any) -> str:
    """The feed's title; of a list in a forum, "newest submissions : X", what the forum is called: "r/X"."""
    title = _text(meta, "title")
    _, mark, forum = title.rpartition(" : ")
    label = str((dict.get(meta, feedparsing.CALLED) or {}).get(forum, ""))
    return label if mark and label.endswith(f"/{forum}") else title


def _format(version: str) -> str:
    """A format as people know it: "rss20" is RSS 2.0."""
    name, number = version.rstrip("0123456789ufn"), "".join(c for c in version if c.isdigit())
    if name not in ("rss", "atom"):
        return version.upper()
    return f"{name.upper() if name == 'rss' else 'Atom'} {number[:1]}.{number[1:]}".rstrip(". ")


def _judge(parsed: Any, body: bytes, start: bytes) -> None:
    """Refuse what feedparser's leniency would pass off as an empty feed."""
    broken = feedparsing.is_broken(parsed)
    if not parsed.version:
        low = body[:200_000].lower()
        if b"<html" in low or b"<!doctype html" in low:
            raise Refused("not_a_feed", "this is an HTML page, not a feed")
        if not any(mark in low for mark in FEED_MARKS):
            shown = line(visible(start[:120].decode("utf-8", "replace")), 80)
            raise Refused("not_a_feed", f"this is not a feed; it begins with {shown!r}")
    if broken and not parsed.entries and (_ENTRY.search(body) or not _closed(body)):
        raise Refused("broken", f"the feed is broken XML and holds no readable entry: {_why(parsed)}")
    if broken and not _closed(body):
        raise Refused("broken", f"the feed is cut off before its end: {_why(parsed)}")
    if notice := _notice(parsed):
        raise Refused("not_a_feed", f"the server sends a notice in place of its feed: {notice}")


def _closed(body: bytes) -> bool:
    """Whether the feed ends somewhere after its last entry begins, whatever a server may have put behind it."""
    last = 0
    for entry in _ENTRY.finditer(body):
        last = entry.start()
    return _CLOSING.search(body, last) is not None


def _notice(parsed: Any) -> str:
    """What a server has to say that answers in feed form but not with its feed; news about such things is none."""
    meta, entries = parsed.feed, parsed.entries
    name = line(_text(meta, "title"), 120)
    if not entries:
        return name if _NOTICE.search(name) else ""
    title = line(_text(entries[0], "title"), 120)
    undated = not (_text(entries[0], "published") or _text(entries[0], "updated"))
    alone = len(entries) == 1 and (undated or title == name)
    return title if alone and _NOTICE.search(title) else ""


def _why(parsed: Any) -> str:
    return line(str(parsed.bozo_exception), 200)


def _newest_first(entry: Any) -> float:
    keys = ("published", "updated")
    times = (standard(_text(entry, key)) or seconds(dict.get(entry, f"{key}_parsed")) for key in keys)
    return -(next(filter(None, times), 0.0))


def _item(entry: Any, feed_url: str, times: Times) -> dict[str, Any]:
    texts = [_paragraphs_of(content) for content in dict.get(entry, "content") or []]
    if detail := dict.get(entry, "summary_detail"):
        texts.append(_paragraphs_of(detail))
    best = max(texts, key=lambda parts: sum(map(len, parts)), default=[])
    title, author = line(_text(entry, "title")), _author(entry)
    updated = "updated" if dict.get(entry, "updated") else "created"
    return {
        "guid": visible(_text(entry, "id"))[:2000].strip(),
        "url": web_link(_link(entry), joined(feed_url, _base(entry))),
        "title": title,
        "author": author,
        "published": _time(entry, "published", times),
        "updated": _time(entry, updated, times),
        "paragraphs": body_paragraphs(capped(best), title, author),
    }


def _link(entry: Any) -> str:
    """Where the entry's article is: not its enclosure, nor the address that a counting service put before it."""
    if original := _text(entry, "feedburner_origlink"):
        return original
    link, links = _text(entry, "link"), dict.get(entry, "links") or []
    kinds = {one.get("rel") for one in links if one.get("href") == link}
    if not kinds and not link.startswith(("http://", "https://")):
        return ""  # a guid that forgot to say that it is no link
    if "enclosure" in kinds:
        return next((one["href"] for one in links if one.get("rel") == "alternate" and one.get("href")), link)
    return link


def _author(entry: Any) -> str:
    """All authors by name; feedparser's own `author` is the last of them, address included."""
    names = [line(str(one.get("name") or ""), 100) for one in (dict.get(entry, "authors") or [])[:20]]
    return line(", ".join(dict.fromkeys(filter(None, names))) or _text(entry, "author"), 200)


def _paragraphs_of(content: Any) -> list[str]:
    value = str(content.get("value") or "")[: 2 * LONGEST_TEXT]
    # Many feeds put HTML where their format says plain text, so the declared type is not believed.
    return html_paragraphs(shown(value))


def _base(entry: Any) -> str:
    for key in ("title_detail", "summary_detail"):
        base = (dict.get(entry, key) or {}).get("base")
        if base:
            return str(base)
    return ""


def _text(entry: Any, key: str) -> str:
    # dict.get: feedparser's own lookup quietly answers with another field when one is missing.
    return str(entry.get(key) or "") if key == "link" else str(dict.get(entry, key) or "")


def _time(entry: Any, key: str, times: Times) -> float | None:
    return times.read(_text(entry, key), dict.get(entry, f"{key}_parsed"))


def page(body: bytes, url: str, charset: str, title: str = "", author: str = "") -> dict[str, Any]:
    """The main text of the HTML page in `body`, without what stands around it: its title and byline included."""
    from ingest.page import article

    found = article(_decoded(body, charset) or body, url)
    if found is None:
        raise Refused("no_text", "no article text was found in the page")
    return {"paragraphs": body_paragraphs(capped(found.paragraphs), title, author, found.headlines)}


def _decoded(body: bytes, charset: str) -> str:
    """The text as its server says to read it; empty when it names no encoding, or one that nobody knows."""
    with contextlib.suppress(LookupError):
        return body.decode(charset, "replace") if charset else ""
    return ""


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

    text = _decoded(body, charset) or body.decode("utf-8", "replace")
    tree = load_html(text)
    if tree is None:
        raise Refused("broken", "this is not a readable page")
    base = joined(url, next(iter(tree.xpath("//base/@href")), ""))
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


JOBS: dict[str, Callable[..., dict[str, Any]]] = {
    "feed": feed,
    "page": page,
    "opml": opml,
    "links": links,
    "robots": rules,
}


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

"""What the recorded odd feeds are stated to hold, by those who recorded them, as claims about fields that we keep.

Seven collections, seven ways to state it. Nothing of a collection is executed: expressions are read as syntax trees.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

FOLDER = "http://127.0.0.1:8097/"  # where the collection of feedparser was served when its expectations were written
FEEDS = {".xml", ".rss", ".atom", ".json", ".html"}


@dataclass(frozen=True)
class Claim:
    """`field` of entry number `entry` (None: of the feed) is `value`; the field `entries` counts them."""

    entry: int | None
    field: str
    value: Any


@dataclass(frozen=True)
class OddFeed:
    """A recorded feed, how it came over the network, and what is claimed about it."""

    name: str
    path: Path
    url: str
    content_type: str
    claims: tuple[Claim, ...]


def odd_feeds(folder: Path) -> Iterator[OddFeed]:
    """Every feed of the corpus in order of name; what only states expectations is none."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in FEEDS and not _states(path):
            name = path.relative_to(folder).as_posix()
            headers = dict(_headers(path)) if name.startswith("feedparser/") else {}
            url = urljoin(FOLDER + name.removeprefix("feedparser/"), headers.get("content-location", ""))
            beside = path.with_name(f"{path.name}.expected.json")
            if beside.exists():
                url = json.loads(beside.read_text(encoding="utf-8"))["url"]
            claims = tuple(_COLLECTIONS.get(name.split("/")[0], _nothing)(path))
            yield OddFeed(name, path, url, headers.get("content-type", ""), claims)


def _states(path: Path) -> bool:
    beside = path.suffix == ".json" and any(
        path.with_suffix(one).exists() for one in (".xml", ".rss", ".atom")
    )
    return beside or path.name.endswith(("expected.json", "_expected.json")) or path.parent.name == "output"


def _nothing(path: Path) -> Iterator[Claim]:
    yield from ()


def _decoded(path: Path) -> str:
    body = path.read_bytes()
    for encoding in ("utf-16", "utf-32") if body[:1] in (b"\xff", b"\xfe", b"\x00") else ("utf-8",):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    wide = next(
        (one for one in ("utf-16-le", "utf-16-be") if "Expect" in body.decode(one, "replace")), "latin-1"
    )
    return body.decode(wide, "replace")


def _headers(path: Path) -> Iterator[tuple[str, str]]:
    for name, value in re.findall(r"(?m)^\s*Header:\s*([\w-]+):\s*(.*?)\s*$", _decoded(path)[:2000]):
        yield name.lower(), value


# feedparser: a Python expression in the first comment.

_FEED_KEYS = {"title": "title", "link": "link", "language": "language"}
_ENTRY_KEYS = {
    "title": "title",
    "link": "link",
    "author": "author",
    "id": "guid",
    "guid": "guid",
    "published_parsed": "published",
    "updated_parsed": "date",
    "created_parsed": "date",
    "published": "published",
    "updated": "date",
    "created": "date",
    "description": "text",
    "summary": "text",
}


def _feedparser(path: Path) -> Iterator[Claim]:
    text = _decoded(path)
    found = re.search(r"Expect:\s*(.+)", text)
    if found is None:
        return
    expression = re.sub(r"\s*-->.*$", "", found[1]).strip()
    if path.suffix == ".xml" and not re.search(r"(?<!not )\bbozo\b", expression):
        bare = re.sub(r"(?s)<!--.*?-->|<!\[CDATA\[.*?\]\]>", "", text)
        yield Claim(None, "entries", len(re.findall(r"(?i)<(?:\w+:)?(?:item|entry)[\s>/]", bare)))
    for test in _all_of(ast.parse(expression, mode="eval").body):
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq):
            yield from _compared(test)


def _all_of(test: ast.expr) -> list[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]


def _compared(test: ast.Compare) -> Iterator[Claim]:
    keys = _keys(test.left)
    try:
        value = ast.literal_eval(test.comparators[-1])
    except ValueError:
        return
    match keys:
        case ["len", "entries"]:
            yield Claim(None, "entries", value)
        case ["feed", key, *rest] if key in ("title_detail", *_FEED_KEYS) and rest in ([], ["value"]):
            yield Claim(None, key.removesuffix("_detail"), value)
        case ["entries", int(number), "title_detail" | "summary_detail" as key, "value"]:
            yield Claim(number, {"title_detail": "title"}.get(key, "text"), value)
        case ["entries", int(number), "content", 0, "value"]:
            yield Claim(number, "text", value)
        case ["entries", int(number), "author_detail", "name"] | [
            "entries",
            int(number),
            "authors",
            _,
            "name",
        ]:
            yield Claim(number, "author", value)
        case ["entries", int(number), str(key)] if key in _ENTRY_KEYS:
            yield Claim(number, _ENTRY_KEYS[key], value)


def _keys(node: ast.expr) -> list[Any]:
    match node:
        case ast.Subscript(value, ast.Constant(key)):
            return [*_keys(value), key]
        case ast.Attribute(value, key):
            return [*_keys(value), key]
        case ast.Call(ast.Name(name), [argument]):
            return [name, *_keys(argument)]
        case ast.Name(name):
            return [name]
    return []


# gofeed, rss-parser and feeds.fun: a JSON document beside the feed.


def _gofeed(path: Path) -> Iterator[Claim]:
    beside = (
        path.with_suffix(".json") if path.suffix == ".xml" else path.with_name(f"{path.stem}_expected.json")
    )
    if not beside.exists():
        return
    stated = json.loads(beside.read_text(encoding="utf-8"))
    entries = stated.get("entries", stated.get("items"))
    yield from _fields(None, {"title": stated.get("title"), "link": stated.get("link")})
    yield from _fields(None, {"language": stated.get("language"), "entries": len(entries)})
    for number, one in enumerate(entries):
        authors = one.get("authors") or [one.get("author")]
        links = [link.get("href") for link in one.get("links", []) if isinstance(link, dict)]
        guid, content = one.get("guid"), one.get("content")
        yield from _fields(
            number,
            {
                "title": one.get("title"),
                "link": one.get("link") or next(iter(links), None),
                "date": one.get("publishedParsed") or one.get("pubDateParsed") or one.get("updatedParsed"),
                "guid": guid.get("value") if isinstance(guid, dict) else guid or one.get("id"),
                "text": content.get("value")
                if isinstance(content, dict)
                else content or one.get("description"),
            },
        )
        for author in authors:
            yield from _fields(number, {"author": author.get("name") if isinstance(author, dict) else author})


def _rss_parser(path: Path) -> Iterator[Claim]:
    beside = path.parent.parent / "output" / f"{path.stem}.json"
    stated = json.loads(_decoded(beside))["feed"]
    yield from _fields(None, {"title": stated.get("title"), "link": stated.get("link")})
    yield from _fields(None, {"language": stated.get("language"), "entries": len(stated["items"])})
    for number, one in enumerate(stated["items"]):
        yield from _fields(
            number,
            {
                "title": one.get("title"),
                "link": one.get("link"),
                "author": one.get("creator") or one.get("author"),
                "date": one.get("isoDate"),
                "guid": one.get("guid") or one.get("id"),
                "text": one.get("content:encoded") or one.get("content"),
            },
        )


def _feedsfun(path: Path) -> Iterator[Claim]:
    stated = json.loads(path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8"))
    yield from _fields(None, {"title": stated["title"], "entries": len(stated["entries"])})
    for number, one in enumerate(stated["entries"]):
        yield from _fields(
            number,
            {
                "title": one["title"],
                "link": one["external_url"],
                "date": one["published_at"],
                "text": one["body"],
            },
        )


# reader: a Python module that builds the feed and its entries.


def _reader(path: Path) -> Iterator[Claim]:
    stated = path.with_name(f"{path.name}.py.expect.txt")
    if not stated.exists():
        return
    calls = [
        node for node in ast.walk(ast.parse(stated.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    entries = [call for call in calls if _keys(call.func) == ["EntryData"]]
    yield Claim(None, "entries", len(entries))
    for call in calls:
        if _keys(call.func) == ["FeedData"]:
            said = _said(call)
            yield from _fields(None, {"title": said.get("title"), "link": said.get("link")})
    for number, call in enumerate(entries):
        said = _said(call)
        yield from _fields(
            number,
            {
                "title": said.get("title"),
                "link": said.get("link"),
                "guid": said.get("id"),
                "published": said.get("published"),
                "date": said.get("updated"),
            },
        )


def _said(call: ast.Call) -> dict[str, Any]:
    return {word.arg: _value(word.value) for word in call.keywords if word.arg}


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value):
            return value
        case ast.JoinedStr(parts):
            return "".join(
                _value(part) if isinstance(part, ast.Constant) else FOLDER + "reader/tests/data/"
                for part in parts
            )
        case ast.Call(ast.Attribute(_, "datetime"), parts):
            return datetime(*[ast.literal_eval(part) for part in parts], tzinfo=UTC)
    return None


def _fields(entry: int | None, values: dict[str, Any]) -> Iterator[Claim]:
    for field, value in values.items():
        if value not in (None, ""):
            yield Claim(entry, field, value)


_COLLECTIONS: dict[str, Callable[[Path], Iterable[Claim]]] = {
    "feedparser": _feedparser,
    "gofeed": _gofeed,
    "rss-parser": _rss_parser,
    "feedsfun": _feedsfun,
    "reader": _reader,
}


def moment(stated: Any) -> datetime | None:
    """A stated time in UTC: a tuple of feedparser, a datetime, or text as feeds write it; None for no such thing."""
    if isinstance(stated, datetime):
        return stated
    if isinstance(stated, tuple):
        return datetime(*stated[:6], tzinfo=UTC)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(stated)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None

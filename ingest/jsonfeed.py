"""Reads JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) leniently: a bad field is left out, its item kept."""

from __future__ import annotations

import json
import re
from typing import Any

from ingest.furniture import body_paragraphs
from ingest.hidden import shown
from ingest.plain import LONGEST_TEXT, capped, html_paragraphs, line, paragraphs, visible, web_link
from ingest.times import Times, standard

ADDRESS = re.compile(r"https?://jsonfeed\.org/version/")
BARE = ("1", "1.0", "1.1")  # not what the format says, but there are feeds that say it


def read(body: bytes, url: str, most_items: int) -> dict[str, Any] | None:
    """The feed as plain values, its newest `most_items` entries in it, or None when the JSON is no JSON Feed."""
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not _is_feed(_text(document, "version")):
        return None
    items = document.get("items")
    if not isinstance(items, list):
        return None
    good = [item for item in items if isinstance(item, dict)]
    if len(good) > most_items:
        good.sort(key=_newest_first)
    language = line(_text(document, "language"), 12).lower()
    times = Times(language)
    return {
        "title": line(_text(document, "title"), 300),
        "site_url": web_link(_text(document, "home_page_url"), url),
        "language": language,
        "items": [_item(item, url, times) for item in good[:most_items]],
        "left_out": max(0, len(good) - most_items),
    }


def _is_feed(version: str) -> bool:
    return bool(ADDRESS.match(version)) or version in BARE


def _newest_first(item: dict[str, Any]) -> float:
    when = standard(_text(item, "date_published")) or standard(_text(item, "date_modified"))
    return -when if when is not None else 0.0


def _item(item: dict[str, Any], feed_url: str, times: Times) -> dict[str, Any]:
    texts = [html_paragraphs(shown(_text(item, "content_html")[: 2 * LONGEST_TEXT]))]
    texts += [paragraphs(_text(item, key)[: 2 * LONGEST_TEXT]) for key in ("content_text", "summary")]
    best = max(texts, key=lambda parts: sum(map(len, parts)))
    title, author = line(_text(item, "title")), line(_author(item), 200)
    return {
        "guid": visible(_text(item, "id"))[:2000].strip(),
        "url": web_link(_text(item, "url") or _text(item, "external_url"), feed_url),
        "title": title,
        "author": author,
        "published": times.read(_text(item, "date_published")),
        "updated": times.read(_text(item, "date_modified")),
        "paragraphs": body_paragraphs(capped(best), title, author),
    }


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)  # version 1 allows a number as an id


def _author(item: dict[str, Any]) -> str:
    authors = item.get("authors")
    several = authors if isinstance(authors, list) and authors else [item.get("author")]
    names = [_text(one, "name") for one in several[:20] if isinstance(one, dict)]
    return ", ".join(dict.fromkeys(filter(None, names)))

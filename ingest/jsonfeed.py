"""Reads JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) leniently: a bad field is left out, its item kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ingest.furniture import body_paragraphs
from ingest.hidden import shown
from ingest.plain import html_paragraphs, line, paragraphs, visible, web_link

VERSION = "https://jsonfeed.org/version/"


def read(body: bytes, url: str, most_items: int) -> dict[str, Any] | None:
    """The feed as plain values, or None when the JSON is no JSON Feed."""
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not _text(document, "version").startswith(VERSION):
        return None
    items = document.get("items")
    if not isinstance(items, list):
        return None
    good = [_item(item, url) for item in items if isinstance(item, dict)]
    return {
        "title": line(_text(document, "title"), 300),
        "site_url": web_link(_text(document, "home_page_url"), url),
        "language": line(_text(document, "language"), 12).lower(),
        "items": good[:most_items],
        "left_out": len(items) - len(good[:most_items]),
    }


def _item(item: dict[str, Any], feed_url: str) -> dict[str, Any]:
    if html := _text(item, "content_html"):
        parts = html_paragraphs(shown(html))
    else:
        parts = paragraphs(_text(item, "content_text") or _text(item, "summary"))
    tags = item.get("tags")
    title, author = line(_text(item, "title")), line(_author(item), 200)
    return {
        "guid": visible(_text(item, "id"))[:2000].strip(),
        "url": web_link(_text(item, "url") or _text(item, "external_url"), feed_url),
        "title": title,
        "author": author,
        "published": _time(_text(item, "date_published")),
        "updated": _time(_text(item, "date_modified")),
        "paragraphs": body_paragraphs(parts, title, author),
        "tags": [line(tag, 60) for tag in tags[:20] if isinstance(tag, str)]
        if isinstance(tags, list)
        else [],
    }


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)  # version 1 allows a number as an id


def _author(item: dict[str, Any]) -> str:
    authors = item.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else item.get("author")
    return _text(first, "name") if isinstance(first, dict) else ""


def _time(value: str) -> float | None:
    try:
        when = datetime.fromisoformat(value)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None

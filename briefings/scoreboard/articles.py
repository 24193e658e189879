"""Articles to measure the verifier on, from a folder of recorded pages: read as ingest reads a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from briefings.schemas import SourceText, Span
from ingest import passages
from ingest.parse import ParseError, extract_page

LEAST = 1500  # characters of text below which a page is no article worth measuring
TITLE = re.compile(r"<title[^>]*>([^<]+)</title>", re.IGNORECASE)
WHEN = datetime(2000, 1, 1, tzinfo=UTC)  # no rule asks when


def articles_in(folder: Path) -> list[SourceText]:
    """The articles of all `*.html` under the folder, by name; pages without enough text are left out."""
    found = (_article(number, path) for number, path in enumerate(sorted(folder.rglob("*.html")), start=1))
    return [article for article in found if article]


def _article(number: int, path: Path) -> SourceText | None:
    try:
        html = path.read_bytes()
        page = extract_page(html, "https://outlet.invalid/", "")
    except ParseError:
        return None
    found = TITLE.search(html.decode(errors="replace"))
    title = " ".join(unescape(found[1]).split()) if found else path.stem
    text = passages.compose(title, page.paragraphs)
    if len(text) < LEAST:
        return None
    spans = tuple(Span(place, start, end) for place, (start, end) in enumerate(passages.spans(text)))
    return SourceText(number, 1, number, "The Outlet", False, 0.5, title, "", text, spans, WHEN)

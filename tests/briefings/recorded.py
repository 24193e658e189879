"""Recorded articles as stories to write about: those of one event together, and long ones of feeds each alone."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from briefings.schemas import Material, SourceText, Span
from ingest import parse
from ingest.passages import compose, spans
from tests.briefings import test_extractive_corpus as fulltext

CORPUS = Path(os.environ.get("NUTGRAF_CORPUS", Path(__file__).parents[3] / "shared" / "data"))
MISSING = f"no recorded articles at {CORPUS}; set NUTGRAF_CORPUS"
LONG, A_FEED = 2_000, 8  # characters of an article that is worth telling, and how many of one feed


def present() -> bool:
    return (CORPUS / "fulltext" / "events.tsv").exists() and (CORPUS / "feeds").is_dir()


def stories(every: int = 1) -> list[Material]:
    """All of them, or one of `every` so many, in an order that does not change; none where the corpus is missing."""
    return [*list(fulltext.stories())[::every], *_long_articles(every)] if present() else []


def _long_articles(every: int) -> list[Material]:
    found: dict[str, Material] = {}
    for path in sorted((CORPUS / "feeds").glob("20*/*.xml"))[::every]:
        try:
            feed = parse.parse_feed(path.read_bytes(), f"https://feeds.example/{path.stem}.xml", "")
        except parse.ParseError:
            continue
        long = [item for item in feed.items if sum(map(len, item.paragraphs)) >= LONG]
        for item in long[:A_FEED]:
            found.setdefault(item.title, _story(feed.title or path.stem, item))
    return list(found.values())


def _story(publisher: str, item: parse.ParsedItem) -> Material:
    text = compose(item.title, item.paragraphs)
    when = item.published or datetime(2025, 8, 7, tzinfo=UTC)
    article = SourceText(
        article=1,
        revision=1,
        source=1,
        publisher=publisher,
        primary=False,
        authority=0.5,
        title=item.title,
        url=item.url,
        text=text,
        spans=tuple(Span(number, start, end) for number, (start, end) in enumerate(spans(text))),
        happened_at=when,
        published_at=when,
    )
    return Material(story="s1", title=item.title, articles=(article,))

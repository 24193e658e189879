"""Chooses an article's text: what its page says, or what its feed said. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.furniture import is_teaser
from ingest.parse import PageText
from ingest.plain import BREAK

SHORTEST_PAGE = 300
GAIN = 1.15  # a page must say noticeably more than the feed to replace it
LIKENESS = 0.4

_WORD = re.compile(r"\w{4,}")


def wants_page(url: str, feed_text: str) -> bool:
    """Whether the feed only announces an article that stands on a page we could read."""
    paragraphs = feed_text.split(BREAK) if feed_text else []
    return url.startswith(("http://", "https://")) and is_teaser(paragraphs)


def page_refusal(title: str, feed_text: str, page: PageText | None) -> str:
    """Why the page's text is not to replace the feed's; empty when it is, or when there is none to judge.

    Sign-in walls, consent pages and error pages come with status 200 too, and they say nothing of what the feed
    announced: most of the words of the title and teaser must be in the page's text.
    """
    if page is None:
        return ""
    size = sum(map(len, page.paragraphs))
    if size < SHORTEST_PAGE:
        return "the page holds almost no text"
    if size < GAIN * len(feed_text):
        return "the page says no more than the feed"
    if _likeness(f"{title} {feed_text[:600]}", page.paragraphs) < LIKENESS:
        return "the page's text is not this article"
    return ""


def _likeness(announced: str, paragraphs: Sequence[str]) -> float:
    words = set(_WORD.findall(announced.casefold()))
    found = set(_WORD.findall(" ".join(paragraphs).casefold()))
    return len(words & found) / len(words) if words else 1.0

"""Today's paper: the project's own sample articles with today's dates, as whole feeds or as teasers and pages."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import feedparser

from tests.fakes.web_server import item, rss
from tests.processes import PROJECT


@dataclass(frozen=True)
class Report:
    """One article: `body` is HTML."""

    title: str
    body: str

    @property
    def plain(self) -> str:
        """Its text in one paragraph."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.body)).split())

    @property
    def teaser(self) -> str:
        """Its first two sentences as plain text."""
        return " ".join(re.split(r"(?<=[.!?])\s+(?=[A-Z])", self.plain)[:2])

    @property
    def page(self) -> str:
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f"<title>{html.escape(self.title)}</title></head>"
            f"<body><article><h1>{html.escape(self.title)}</h1>{self.body}</article></body></html>"
        )


def reports(sample: str) -> list[Report]:
    """The articles of one bundled feed, such as `docket`."""
    feed = feedparser.parse((PROJECT / "ingest" / "sample" / f"{sample}.xml").read_bytes())
    return [Report(entry.title, entry.content[0].value) for entry in feed.entries]


def whole(*of: Report, name: str = "The Paper") -> str:
    """A feed that carries the articles in full."""
    return rss(*(item(one.title, text=one.body, guid=one.title, date=_today()) for one in of), title=name)


def announced(report: Report, link: str, name: str = "The Paper") -> str:
    """A feed that only announces the article at `link`."""
    return rss(item(report.title, link, report.teaser, guid=link, date=_today()), title=name)


def _today() -> str:
    return format_datetime(datetime.now(UTC) - timedelta(hours=5))

"""A paper that edits its article, and Ada who had the brief of it in the morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from briefings import correct, edition
from briefings.models import Brief, Correction, Edition
from ingest.models import Source
from ingest.run import ingest
from tests.briefings import rows
from tests.fakes.newspaper import Report, reports
from tests.fakes.web_server import WebServer, item, rss
from users.models import User

FIRST = reports("docket")[0]
MORNING = datetime(2025, 9, 6, 8, tzinfo=UTC)
EVENING, NEXT = MORNING + timedelta(hours=10), MORNING + timedelta(hours=23)


def edited(report: Report, *swaps: tuple[str, str]) -> Report:
    title, body = report.title, report.body
    for old, new in swaps:
        assert old in title + body
        title, body = title.replace(old, new), body.replace(old, new)
    return Report(title, body)


SECOND = edited(FIRST, ("1.5 billion", "1.7 billion"))
SMALL = edited(FIRST, ("about $3,000", "about $4,000"))


class Paper:
    """A feed on loopback with one article, looked at whenever it is printed."""

    def __init__(
        self, web: WebServer, path: str = "/f", title: str = "Docket", owner: User | None = None
    ) -> None:
        self.web, self.path = web, path
        self.source = Source.objects.create(url=web.url(path), title=title, any_topic=True, owner=owner)

    def prints(self, report: Report, at: datetime) -> list[Correction]:
        """The paper says this now, and workers do what follows: the corrections they make."""
        self.looks_like(report, at)
        return correct.catch_up(at)

    def looks_like(self, report: Report, at: datetime) -> None:
        dated = item(report.title, text=report.body, guid="g", date="Sat, 06 Sep 2025 07:30:00 GMT")
        self.web.put(self.path, rss(dated))
        ingest([self.source.pk], at, True, lambda words: None)


def edition_of(user: User, at: datetime) -> Edition:
    row = edition.request(user, edition.local_date_of(user, at))
    made = edition.prepare(row.pk, at)
    assert made is not None
    return made


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example", time_zone="UTC")


@pytest.fixture
def paper(web: WebServer) -> Paper:
    return Paper(web)


@pytest.fixture
def given(paper: Paper, ada: User) -> Brief:
    """The brief that Ada got in the morning."""
    assert paper.prints(FIRST, MORNING) == []
    return edition_of(ada, MORNING).items.get().brief


def places(strikes: Sequence[dict[str, Any]]) -> set[str]:
    return {one["where"] for one in strikes}


def of(brief: Brief, made: Sequence[Correction]) -> Correction:
    """The one correction of this brief: what replaced it may be corrected at once."""
    (one,) = [one for one in made if one.brief_id == brief.pk]
    return one

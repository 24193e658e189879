"""The operator hears once of a feed that stays away, and again only when it was well in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ingest.models import Source
from ingest.refresh import refresh
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest.test_refresh import source

pytestmark = pytest.mark.django_db


def looks(one: Source, *days: float) -> None:
    start = timezone.now()
    for day in days:
        refresh(one.pk, start + timedelta(days=day), force=True)
    one.refresh_from_db()


def heard(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if "needs attention" in one.getMessage()]


@pytest.mark.parametrize(
    ("status", "words"), [(404, "never read yet, 3 failures in a row"), (410, "given up")]
)
def test_the_operator_is_told_once_of_a_feed_that_stays_away(
    web: WebServer, caplog: pytest.LogCaptureFixture, status: int, words: str
) -> None:
    one = source(web.put("/f", b"", status))
    looks(one, 0, 0.5)
    assert heard(caplog) == []
    looks(one, 1.5, 2, 9, 30)
    (told,) = heard(caplog)
    assert told.startswith(f"{one.url} needs attention: {words}")
    assert one.told_at is not None


def test_the_operator_is_told_again_of_a_feed_that_was_well_in_between(
    web: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    one = source(web.put("/f", b"", 404))
    for _ in range(2):
        web.put("/f", b"", 404)
        looks(one, 2, 3)
        web.put("/f", rss(item("A")))
        looks(one, 0, 0)  # the second look finds nothing new
        assert one.told_at is None
    assert len(heard(caplog)) == 2

"""JSON Feed as the format says, and as feeds have it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ingest.parse import ParsedFeed
from tests.ingest.test_parse import feed


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_it_reads_json_feed(version: str) -> None:
    entry = {
        "id": 7,
        "url": "/e",
        "title": "E",
        "content_html": "<p>One.</p><script>x</script>",
        "date_published": "2025-08-08T10:00:00+02:00",
        "authors": [{"name": "Ada"}],
    }
    document = {
        "version": f"https://jsonfeed.org/version/{version}",
        "title": "T",
        "items": [entry, "nonsense", {}],
    }
    got = feed(json.dumps(document))
    one = got.items[0]
    assert (one.guid, one.url, one.title, one.author) == ("7", "https://news.example.com/e", "E", "Ada")
    assert one.paragraphs == ("One.",)
    assert one.published == datetime(2025, 8, 8, 8, tzinfo=UTC)
    assert len(got.items) == 2


def json_feed(*items: object, **more: object) -> ParsedFeed:
    return feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **more}))


def test_it_takes_the_newest_of_a_long_json_feed() -> None:
    dates = [f"2025-{1 + n % 12:02}-{1 + n % 28:02}T10:00:00Z" for n in range(3000)]
    got = json_feed(
        *({"id": str(n), "title": f"T{n}", "date_published": date} for n, date in enumerate(dates))
    )
    assert (len(got.items), got.left_out) == (2000, 1000)
    assert min(one.published for one in got.items if one.published) >= datetime(2025, 4, 1, tzinfo=UTC)


def test_it_reads_a_json_feed_that_bends_the_rules() -> None:
    entry = {
        "id": "1",
        "title": "T",
        "authors": [{"name": "Ada"}, {"name": "Ben"}, {"url": "x"}],
        "content_html": "<p>Short.</p>",
        "content_text": "The whole article.\n\nAt length. " + "x" * 300_000,
        "date_published": "8. August 2025",
    }
    (one,) = json_feed(entry, version="1.1", language="de").items
    assert (one.author, one.paragraphs[0]) == ("Ada, Ben", "The whole article.")
    assert sum(map(len, one.paragraphs)) <= 100_000
    assert one.published == datetime(2025, 8, 8, tzinfo=UTC)

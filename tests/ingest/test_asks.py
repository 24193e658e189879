"""What publishers ask of readers, in feeds and in headers."""

from __future__ import annotations

import pytest

from ingest.asks import NOTHING, Asks, fresh_for, of_channel

ITEM = b"<item><title>Our <ttl>5</ttl> explained</title></item>"
SKIPS = b"<skipHours><hour>0</hour><hour> 23 </hour><hour>99</hour></skipHours><skipDays><day>Sunday</day></skipDays>"


def feed(before: bytes = b"", after: bytes = b"") -> bytes:
    return b"<rss version='2.0'><channel>" + before + ITEM + ITEM + after + b"</channel></rss>"


def test_it_reads_them_before_and_after_the_entries() -> None:
    asked = Asks(60, (0, 23), (6,))
    assert (
        of_channel(feed(b"<ttl>60</ttl>" + SKIPS))
        == of_channel(feed(after=SKIPS + b"<ttl>60</ttl>"))
        == asked
    )
    assert of_channel(feed(b"<ttl><![CDATA[ 60 ]]></ttl>")) == Asks(60)


def test_what_an_entry_writes_about_is_not_asked() -> None:
    assert of_channel(feed()) == NOTHING


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<ttl>soon</ttl>",
        b"<ttl>-5</ttl>",
        b"<skipHours></skipHours>",
        b"<skipHours>" * 50_000,
        b"<skipDays><day>Caturday</day></skipDays>",
        b'{"version": "https://jsonfeed.org/version/1.1"}',
    ],
)
def test_nonsense_asks_for_nothing(body: bytes) -> None:
    assert of_channel(body) == NOTHING


@pytest.mark.parametrize(
    ("cache_control", "age", "seconds"),
    [
        ("max-age=600", "", 600),
        ('public, MAX-AGE="600", must-revalidate', "", 600),
        ("max-age=600", "200", 400),
        ("max-age=600", "900", 0),
        ("s-maxage=600", "", None),
        ("no-cache, max-age=600", "", None),
        ("max-age=600,no-store", "", None),
        ("", "100", None),
        ("max-age=soon", "", None),
        ("max-age=600", "old", 600),
    ],
)
def test_an_answer_is_fresh_as_long_as_its_headers_say(
    cache_control: str, age: str, seconds: float | None
) -> None:
    assert fresh_for(cache_control, age) == seconds

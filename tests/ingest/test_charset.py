"""Feeds in every encoding, declared rightly, wrongly or not at all."""

from __future__ import annotations

import pytest

from ingest.parse import parse_feed
from tests.fakes.web_server import item, rss
from tests.ingest.test_parse import URL, feed


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "koi8-r", "windows-1251"])
def test_it_reads_every_encoding_that_is_declared(encoding: str) -> None:
    text = rss(item("Модель вышла", "https://a.example/1")).replace("utf-8", encoding)
    assert feed(text.encode(encoding)).items[0].title == "Модель вышла"


@pytest.mark.parametrize("declared", ["utf-16", "iso-8859-1", "windows-1251", "no-such-thing"])
@pytest.mark.parametrize(
    "header", ["", "text/xml", "application/xml; charset=utf-16", "text/html; charset=latin-1"]
)
def test_it_knows_utf_8_whatever_is_declared(declared: str, header: str) -> None:
    body = rss(item("Café")).replace("utf-8", declared).encode()
    assert parse_feed(body, URL, header).items[0].title == "Café"


def test_it_recovers_from_a_wrong_charset() -> None:
    body = rss(item("Café — “quoted”")).encode("windows-1252")
    assert feed(body).items[0].title == "Café — “quoted”"

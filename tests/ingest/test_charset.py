"""Feeds in every encoding, declared rightly, wrongly or not at all."""

from __future__ import annotations

import pytest

from ingest.parse import extract_page, parse_feed, parse_links
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


@pytest.mark.parametrize("charset", ["utf8mb4", "utf-8;utf-8", "hex", "none"])
def test_a_page_whose_server_names_no_encoding_there_is_can_be_read(charset: str) -> None:
    told = "The model answers faster and makes fewer errors than the one before it, OpenAI says. "
    link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    body = (
        f"<html><head>{link}</head><body><article><p>{told * 3}</p><p>{told * 4}</p></article></body></html>"
    )
    url = "https://a.example/1"
    assert told.strip() in " ".join(extract_page(body.encode(), url, charset).paragraphs)
    assert parse_links(body.encode(), url, charset) == ["https://a.example/feed"]

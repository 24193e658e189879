"""The door: what it brings, what it refuses, and that no server can hold it."""

from __future__ import annotations

import gzip
import resource
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from ingest import fetch as door
from ingest.fetch import FetchError, fetch
from tests.fakes import web_server
from tests.fakes.web_server import WebServer, item, rss

FEED = rss(item("One", "https://example.com/1"))


@pytest.fixture
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "DEADLINE", {"feed": 1.0, "page": 1.0})


def refused(url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url)
    assert caught.value.words
    return caught.value


def test_it_brings_a_feed_with_what_a_second_look_needs(web: WebServer) -> None:
    got = fetch(web.put("/feed.xml", FEED, last_modified="Mon, 01 Sep 2025 00:00:00 GMT"))
    assert (got.status, got.body.decode(), got.content_type) == (200, FEED, "application/rss+xml")
    assert got.etag
    assert got.last_modified == "Mon, 01 Sep 2025 00:00:00 GMT"
    assert "+http" in web.last_headers["User-Agent"]


def test_it_brings_nothing_when_nothing_changed(web: WebServer) -> None:
    url = web.put("/feed.xml", FEED)
    again = fetch(url, etag=fetch(url).etag)
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    ("encoding", "pack"), [("identity", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_it_unpacks_the_encodings_it_asks_for(web: WebServer, encoding: str, pack: type[bytes]) -> None:
    assert fetch(web.misbehave("/f", web_server.encoded(encoding, pack(FEED.encode())))).body == FEED.encode()


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "compress", "gzip, deflate"])
def test_it_refuses_other_and_double_encodings(web: WebServer, encoding: str) -> None:
    body = gzip.compress(gzip.compress(FEED.encode()))
    assert refused(web.misbehave("/f", web_server.encoded(encoding, body))).code == "encoding"


def test_it_refuses_a_lie_about_the_encoding(web: WebServer) -> None:
    assert refused(web.misbehave("/f", web_server.encoded("gzip", b"plain"))).code == "encoding"


def test_it_refuses_gzip_that_is_cut_off(web: WebServer) -> None:
    body = gzip.compress(FEED.encode())[:-20]
    assert refused(web.misbehave("/f", web_server.encoded("gzip", body))).code == "broken"


@pytest.mark.parametrize("how", [web_server.endless, web_server.bomb])
def test_it_stops_at_its_cap_without_keeping_more(web: WebServer, how: web_server.Misbehaviour) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(web.misbehave("/big", how)).code == "too_large"
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 450_000
    )  # the server's own bomb included


@pytest.mark.usefixtures("short_deadline")
@pytest.mark.parametrize("how", [web_server.drip, web_server.drip_headers, web_server.silent])
def test_it_lets_no_server_hold_it_past_its_deadline(web: WebServer, how: web_server.Misbehaviour) -> None:
    began = time.monotonic()
    assert refused(web.misbehave("/slow", how)).code == "timeout"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("how", [web_server.hang_up, web_server.gibberish])
def test_it_names_a_broken_answer(web: WebServer, how: web_server.Misbehaviour) -> None:
    assert refused(web.misbehave("/odd", how)).code == "broken"


def test_it_names_a_host_that_refuses(web: WebServer) -> None:
    assert refused("http://127.0.0.1:9/feed").code == "connect"


def test_it_names_a_host_that_does_not_exist() -> None:
    assert refused("http://no-such-host.invalid/feed").code == "dns"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "not_found"),
        (410, "gone"),
        (429, "rate_limited"),
        (403, "refused"),
        (500, "server_error"),
        (418, "refused"),
    ],
)
def test_it_tells_apart_what_servers_refuse(web: WebServer, status: int, code: str) -> None:
    error = refused(web.put("/no", b"no", status))
    assert (error.code, error.status) == (code, status)


def test_it_reads_retry_after_in_both_forms(web: WebServer) -> None:
    assert refused(web.put("/a", b"", 429, retry_after="120")).retry_after == 120
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    assert refused(web.put("/b", b"", 503, retry_after=date)).retry_after == pytest.approx(600, abs=5)
    assert refused(web.put("/c", b"", 503, retry_after="soon")).retry_after is None


def test_it_follows_redirects_and_tells_of_permanent_ones(web: WebServer) -> None:
    url = web.put("/feed.xml", FEED)
    web.redirect("/two", "/feed.xml", 308)
    assert fetch(web.redirect("/one", "/two", 301)).moved_to == url
    web.redirect("/two", "/feed.xml", 302)
    moved = fetch(web.url("/one"))
    assert (moved.url, moved.moved_to) == (url, "")


def test_it_leaves_a_redirect_loop(web: WebServer) -> None:
    assert refused(web.redirect("/loop", "/loop")).code == "redirects"
    assert web.seen["/loop"] == door.MOST_HOPS + 1


@pytest.mark.parametrize(
    "inward",
    ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://[fd00::1]/"],
)
def test_it_is_not_led_inward_by_a_redirect(web: WebServer, inward: str) -> None:
    assert refused(web.redirect("/out", inward)).code == "blocked_address"


@pytest.mark.parametrize(
    "elsewhere", ["file:///etc/passwd", "ftp://example.com/", "gopher://x/", "data:text/xml,x"]
)
def test_it_is_not_led_to_other_schemes(web: WebServer, elsewhere: str) -> None:
    assert refused(web.redirect("/out", elsewhere)).code == "bad_url"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://１２７.０.０.１/",
        "http://0.0.0.0/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/",
        "http://224.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fec0::1]/",
        "http://[fe80::1]/",
        "http://[ff02::1]/",
        "http://[::127.0.0.1]/",
    ],
)
def test_it_reaches_no_inner_address_in_any_spelling(settings: Any, url: str) -> None:
    settings.NUTGRAF_FETCH_ALLOW = []
    assert refused(url).code in ("blocked_address", "dns")


def test_it_reaches_only_ports_of_the_web(settings: Any) -> None:
    settings.NUTGRAF_FETCH_ALLOW = []
    assert "port" in refused("http://1.1.1.1:22/").words


@pytest.mark.parametrize(
    "url", ["", "feed", "http://", "http://user:secret@example.com/", "http://a\r\nb/", "javascript:1"]
)
def test_it_takes_only_plain_web_addresses(url: str) -> None:
    assert refused(url).code == "bad_url"


def test_it_serves_bundled_samples_like_a_server() -> None:
    first = fetch("sample:wire")
    assert first.status == 200
    assert fetch("sample:wire", etag=first.etag).status == 304


@pytest.mark.parametrize("name", ["none", "../settings", "", "WIRE", "wire.xml"])
def test_it_serves_no_other_file(name: str) -> None:
    assert refused(f"sample:{name}").code == "not_found"

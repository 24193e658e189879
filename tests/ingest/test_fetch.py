"""The door: what it brings, what it refuses, and that no server can hold it."""

from __future__ import annotations

import gzip
import ipaddress
import json
import os
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing import get_context
from typing import Any

import pytest

from ingest import connection
from ingest import fetch as door
from ingest.addresses import Unreachable, refuse_inward
from ingest.fetch import FetchError, fetch
from tests.fakes import hostile, web_server
from tests.fakes.hostile import Crowd, Resolver
from tests.fakes.web_server import WebServer, item, rss

FEED = rss(item("One", "https://example.com/1"))


def refused(url: str, **how: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, **how)
    assert caught.value.words
    return caught.value


def test_it_brings_a_feed_with_what_a_second_look_needs(web: WebServer, settings: Any) -> None:
    settings.NUTGRAF_URL = "https://briefs.example"
    got = fetch(web.put("/feed.xml", FEED, last_modified="Mon, 01 Sep 2025 00:00:00 GMT"))
    assert (got.status, got.body.decode(), got.content_type) == (200, FEED, "application/rss+xml")
    assert got.etag
    assert got.last_modified == "Mon, 01 Sep 2025 00:00:00 GMT"
    assert web.last_headers["User-Agent"] == "Nutgraf/0.1 (news briefing reader; +https://briefs.example)"


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


@pytest.mark.parametrize("how", hostile.SLOW)
def test_it_lets_no_server_hold_it_past_its_deadline(web: WebServer, how: str) -> None:
    began = time.monotonic()
    assert refused(web.misbehave("/slow", hostile.SLOW[how]), seconds=1.0).code == "timeout"
    assert time.monotonic() - began < 3


def test_each_of_many_ends_at_its_own_deadline(web: WebServer) -> None:
    url = web.misbehave("/slow", web_server.drip)

    def held(seconds: float) -> float:
        began = time.monotonic()
        assert refused(url, seconds=seconds).code == "timeout"
        return time.monotonic() - began

    asked = [1.6, 0.4, 1.2, 0.8, 2.0]
    with ThreadPoolExecutor(len(asked)) as pool:
        for seconds, took in zip(asked, pool.map(held, asked), strict=True):
            assert seconds <= took < seconds + 0.4


def test_a_forked_process_has_deadlines_of_its_own(web: WebServer) -> None:
    url = web.misbehave("/slow", web_server.drip)
    assert refused(url, seconds=0.5).code == "timeout"
    child = get_context("fork").Process(target=refused, args=(url,), kwargs={"seconds": 0.5})
    child.start()
    child.join(5)
    assert child.exitcode == 0


def test_it_waits_for_a_slow_first_byte(web: WebServer) -> None:
    crowd = Crowd(FEED, seconds=connection.CONNECT + 1)
    assert fetch(web.misbehave("/slow", crowd.answer)).body == FEED.encode()


def test_a_resolver_cannot_hold_it_past_its_deadline() -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(5)
        return ["127.0.0.1"]

    began = time.monotonic()
    assert refused("http://news.example/feed", seconds=0.5, lookup=slow).code == "dns"
    assert time.monotonic() - began < 3


def test_nothing_takes_more_memory_than_its_allowance(web: WebServer) -> None:
    hostile.prepare()
    urls = {web.misbehave(f"/{name}", how): name for name, how in (hostile.QUICK | hostile.SLOW).items()}
    run = subprocess.run(
        [sys.executable, "-m", "tests.fakes.fetching", "3", *urls],
        env=os.environ | {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    told = json.loads(run.stdout)
    assert told["growth"] < 60_000_000
    assert {urls[url]: code for url, code in told["codes"].items()} == {
        "huge": "too_large",
        "endless": "too_large",
        "chunked": "too_large",
        "chunk_without_end": "broken",
        "headers_without_end": "broken",
        "bomb": "too_large",
        "deflate_bomb": "too_large",
        "gzip_of_gzip": f"{len(hostile._packed(31))} bytes",  # unpacked once, and no feed
        "two_gzips": "encoding",
        "brotli": "encoding",
        "zstd": "encoding",
        "hang_up": "broken",
        "gibberish": "broken",
        **dict.fromkeys(hostile.SLOW, "timeout"),
    }


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


def test_it_connects_to_the_address_it_has_judged_and_asks_for_it_once(settings: Any) -> None:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1/32")]
    with WebServer() as outside:
        outside.put("/f", FEED)
        url = f"http://news.example:{outside.port}/f"
        rebinding = Resolver(["127.0.0.1"], ["127.0.0.2"])
        assert fetch(url, lookup=rebinding).body == FEED.encode()
        assert rebinding.asked == 1
        assert refused(url, lookup=rebinding).code == "blocked_address"
        assert (rebinding.asked, outside.seen["/f"]) == (2, 1)


def test_a_name_that_changes_between_two_hops_leads_nowhere(settings: Any) -> None:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1/32")]
    with WebServer() as outside:
        outside.redirect("/f", f"http://news.example:{outside.port}/secret")
        rebinding = Resolver(["127.0.0.1"], ["169.254.169.254"])
        assert refused(f"http://news.example:{outside.port}/f", lookup=rebinding).code == "blocked_address"
        assert outside.seen == {"/f": 1}


@pytest.mark.parametrize(
    "answer", [["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["::1", "127.0.0.1"]]
)
def test_one_inner_address_among_several_closes_a_name(settings: Any, answer: list[str]) -> None:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1/32")]
    with WebServer() as outside:
        outside.put("/f", FEED)
        url = f"http://news.example:{outside.port}/f"
        assert refused(url, lookup=Resolver(answer)).code == "blocked_address"
        assert not outside.seen


def test_the_internet_does_not_redirect_into_networks_the_operator_opened() -> None:
    public, opened = ipaddress.ip_address("93.184.215.14"), ipaddress.ip_address("10.1.2.3")
    refuse_inward(None, opened)
    refuse_inward(opened, opened)
    refuse_inward(opened, public)
    refuse_inward(public, public)
    with pytest.raises(Unreachable, match="private network"):
        refuse_inward(public, opened)


def test_what_is_found_on_the_internet_leads_into_no_network_the_operator_opened(settings: Any) -> None:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1/32")]

    def lookup(host: str, port: int) -> list[str]:
        return ["93.184.215.14" if host == "blog.example" else "127.0.0.1"]

    with WebServer() as inside:
        inside.put("/f", FEED)
        url = f"http://wiki.example:{inside.port}/f"
        led = refused(url, found_at="http://blog.example/", lookup=lookup)
        assert (led.code, inside.seen["/f"]) == ("blocked_address", 0)
        assert fetch(url, found_at=f"http://intranet.example:{inside.port}/", lookup=lookup).status == 200
        assert fetch(url, lookup=lookup).status == 200


def test_it_reaches_only_ports_of_the_web(settings: Any) -> None:
    settings.NUTGRAF_FETCH_ALLOW = []
    assert "port" in refused("http://1.1.1.1:22/").words


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed",
        "http://",
        "http://user:secret@example.com/",
        "http://a\r\nb/",
        "javascript:1",
        "http://<script>/",
        'http://a.example"onclick=x/',
        "http://a..b/",
        f"http://{'a' * 64}.example/",
        "http://🤖..example/",
    ],
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

"""Handing over by the door: https alone, nothing inward in any spelling, nothing followed, never past the deadline."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ingest.fetch import FetchError
from ingest.post import post
from tests.fakes import web_server
from tests.fakes.push_service import PushService, push_service
from tests.fakes.web_server import WebServer


@pytest.fixture
def open_network(settings: Any) -> None:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def service(open_network: None) -> Iterator[PushService]:
    with push_service() as running:
        yield running


def refused(url: str, seconds: float = 3, **how: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        post(url, b"x", {}, seconds=seconds, **how)
    return caught.value


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104
        "localhost",
        "127.0.0.1.",
        "\uff11\uff12\uff17.0.0.1",  # full-width digits
        "10.0.0.8",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "[::]",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_nothing_is_handed_inward(host: str) -> None:
    error = refused(f"https://{host}/push")
    assert error.code in ("blocked_address", "bad_url", "dns")
    assert error.code != "dns" or host.endswith(".")


def test_a_name_that_points_inward_is_none_better() -> None:
    told = refused("https://push.example/1", lookup=lambda host, port: ["93.184.216.34", "10.1.2.3"])
    assert told.code == "blocked_address"


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example/1",
        "ftp://push.example/1",
        "https://user:password@push.example/1",
        "https://push.example\r\nHost: other/1",
        "//push.example/1",
        "push.example",
        "sample:wire",
        "file:///etc/passwd",
    ],
)
def test_only_https_is_written_to(url: str) -> None:
    assert refused(url, lookup=lambda host, port: ["93.184.216.34"]).code == "bad_url"


@pytest.mark.parametrize("port", [22, 25, 5432, 6379])
def test_ports_of_other_services_are_closed(port: int) -> None:
    url = f"https://push.example:{port}/1"
    assert refused(url, lookup=lambda host, port: ["93.184.216.34"]).code == "blocked_address"


def test_it_is_handed_over_with_its_headers(service: PushService) -> None:
    phone = service.phone()
    assert post(phone.endpoint, b"sealed", {"Authorization": "vapid"}, seconds=5).status == 403


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_is_followed(status: int, open_network: None) -> None:
    with WebServer() as server:
        address = server.misbehave(
            "/push", _answer(f"HTTP/1.1 {status} Moved\r\nLocation: {server.url('/inside')}\r\n\r\n")
        )
        assert post(address, b"x", {}, seconds=5).status == status
        assert server.seen["/inside"] == 0


def test_what_no_server_took_is_no_unknown(open_network: None) -> None:
    assert refused("http://127.0.0.1:1/push").code == "connect"


@pytest.mark.parametrize(
    "how",
    [lambda sock: time.sleep(3), lambda sock: sock.close(), lambda sock: sock.sendall(b"SSH-2.0\r\n")],
    ids=["silent", "hangs up", "another protocol"],
)
def test_what_may_have_been_taken_is_lost(how: Callable[[Any], None], open_network: None) -> None:
    with WebServer() as server:
        began = time.monotonic()
        assert refused(server.misbehave("/push", how), seconds=1).code == "lost"
        assert time.monotonic() - began < 5


def test_a_status_counts_though_its_body_drips(open_network: None) -> None:
    with WebServer() as server:
        began = time.monotonic()
        assert post(server.misbehave("/push", web_server.drip), b"x", {}, seconds=1).status == 200
        assert time.monotonic() - began < 5


def test_an_endless_answer_is_not_read(open_network: None) -> None:
    def endless(sock: Any) -> None:
        sock.sendall(b"HTTP/1.1 400 Bad\r\nRetry-After: 7\r\n\r\n" + b"<b>no\x00\n</b>" * 10)
        for _ in range(1000):
            sock.sendall(b"x" * 100_000)

    with WebServer() as server:
        told = post(server.misbehave("/push", endless), b"x", {}, seconds=5)
    assert (told.status, told.retry_after) == (400, 7.0)
    assert len(told.words) <= 200
    assert "\x00" not in told.words
    assert "<b>" not in told.words


def _answer(text: str) -> Callable[[Any], None]:
    return lambda sock: sock.sendall(text.encode())

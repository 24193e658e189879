"""Handing over by the door: https alone, nothing inward in any spelling, nothing followed, never past the deadline."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ingest.addresses import target
from ingest.connection import Connection, retry_after
from ingest.fetch import FetchError
from ingest.post import Posted, _hand_over, post
from tests.fakes import web_server
from tests.fakes.push_service import PushService, push_service
from tests.fakes.web_server import WebServer

HERE = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def service() -> Iterator[PushService]:
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
    assert post(phone.endpoint, b"sealed", {"Authorization": "vapid"}, seconds=5, allowed=HERE).status == 403


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_is_followed(status: int) -> None:
    with WebServer() as server:
        address = server.misbehave(
            "/push", _answer(f"HTTP/1.1 {status} Moved\r\nLocation: {server.url('/inside')}\r\n\r\n")
        )
        assert post(address, b"x", {}, seconds=5, allowed=HERE).status == status
        assert server.seen["/inside"] == 0


def test_what_no_server_took_is_no_unknown() -> None:
    assert refused("http://127.0.0.1:1/push", allowed=HERE).code == "connect"


@pytest.mark.parametrize(
    "how",
    [lambda sock: time.sleep(3), lambda sock: sock.close(), lambda sock: sock.sendall(b"SSH-2.0\r\n")],
    ids=["silent", "hangs up", "another protocol"],
)
def test_what_may_have_been_taken_is_lost(how: Callable[[Any], None]) -> None:
    with WebServer() as server:
        began = time.monotonic()
        assert refused(server.misbehave("/push", how), seconds=1, allowed=HERE).code == "lost"
        assert time.monotonic() - began < 5


def test_a_status_counts_though_its_body_drips() -> None:
    with WebServer() as server:
        began = time.monotonic()
        assert (
            post(server.misbehave("/push", web_server.drip), b"x", {}, seconds=1, allowed=HERE).status == 200
        )
        assert time.monotonic() - began < 5


def test_an_endless_answer_is_not_read() -> None:
    with WebServer() as server:
        told = heard(server.misbehave("/push", endless(400)))
    assert (told.status, told.retry_after) == (400, 7.0)
    assert len(told.words) <= 200
    assert "\x00" not in told.words
    assert told.words.startswith("no no no")


def test_nothing_is_read_of_what_took_it() -> None:
    with WebServer() as server:
        assert heard(server.misbehave("/push", endless(201))).words == ""


def test_what_answers_in_a_private_network_is_shown_to_nobody() -> None:
    with WebServer() as server:
        told = post(server.misbehave("/push", endless(400)), b"x", {}, seconds=5, allowed=HERE)
    assert (told.status, told.words) == (400, "")


def test_what_was_opened_for_feeds_is_closed_here(settings: Any) -> None:
    settings.NUTGRAF_FETCH_ALLOW = HERE
    with WebServer() as server:
        for scheme in ("http", "https"):
            url = server.url("/push").replace("http", scheme)
            assert refused(url).code == "blocked_address"
        assert server.seen["/push"] == 0


@pytest.mark.parametrize(
    "value",
    [
        "Fri, 27 Nov 99999999999999 10:00:00 GMT",
        "Fri, 27 Nov 2026 10:00:00 +99999999999999999999",
        "9" * 400,
        "Fri, 99 Nov 2026 10:00:00 GMT",
        "\ud800",
    ],
)
def test_a_wait_that_is_none_is_none(value: str) -> None:
    assert retry_after(value) is None


@pytest.mark.parametrize("url", ["https://push.example/a\ud800", "https://push.example/?q=\udfff"])
def test_half_a_character_is_no_address(url: str) -> None:
    assert refused(url).code == "bad_url"


def heard(url: str) -> Posted:
    """What is told of a server of the public internet."""
    where = target(url)
    with Connection(where, ipaddress.ip_address(where.host), time.monotonic() + 5) as connection:
        connection.connect()
        return _hand_over(connection, b"x", {}, heard=True)


def endless(status: int) -> Callable[[Any], None]:
    def answer(sock: Any) -> None:
        head = f"HTTP/1.1 {status} So\r\nRetry-After: 7\r\n\r\n".encode()
        sock.sendall(head + b"<b>no\x00\n</b>" * 10)
        for _ in range(1000):
            sock.sendall(b"x" * 100_000)

    return answer


def _answer(text: str) -> Callable[[Any], None]:
    return lambda sock: sock.sendall(text.encode())

"""Every spelling of an inner address through every entry: nothing connects.

A server listens on loopback, in both families, and counts connections; and the system's own resolver is asked, as in
production. `ingest/addresses.py` says which networks are meant.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import secrets
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from briefings.models import PushSubscription
from briefings.push import trial
from ingest import check, own
from ingest.addresses import Unreachable, target
from ingest.discover import discover
from ingest.fetch import FetchError, fetch
from ingest.models import Article, Source
from ingest.pages import Run, Wanted, read_pages
from ingest.post import post
from ingest.refresh import refresh
from ingest.robots import Gate
from tests.api.device import Device
from tests.fakes.push_service import Phone
from tests.fakes.web_server import WebServer, item, rss
from tests.security.conftest import signed_in
from tests.security.spellings import inward
from users.models import User

pytestmark = pytest.mark.django_db


class Listener:
    """Counts who connects to its port, of IPv4 and IPv6 and all of 127.0.0.0/8."""

    def __init__(self) -> None:
        self.came = 0
        self.sockets = [socket.create_server(("", 0))]
        self.port = int(self.sockets[0].getsockname()[1])
        with contextlib.suppress(OSError):  # where there is no IPv6
            self.sockets.append(socket.create_server(("::", self.port), family=socket.AF_INET6))
        for one in self.sockets:
            threading.Thread(target=self._count, args=(one,), daemon=True).start()

    def _count(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                one.accept()[0].close()
                self.came += 1

    def close(self) -> None:
        for one in self.sockets:
            one.close()


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    settings.NUTGRAF_FETCH_ALLOW = []
    one = Listener()
    yield one
    one.close()


@pytest.fixture
def site(listener: Listener, settings: Any) -> Iterator[WebServer]:
    """A site that the operator opened, alone: what it leads to is not."""
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.99/32")]
    with WebServer("127.0.0.99") as server:
        yield server


@pytest.fixture
def addresses(listener: Listener) -> list[str]:
    return inward(listener.port)


def test_the_listener_hears_what_does_connect(listener: Listener) -> None:
    """Else a count of none would say nothing."""
    for host in ("127.0.0.1", "127.8.9.10"):
        socket.create_connection((host, listener.port), timeout=5).close()
    heard = threading.Event()
    for _ in range(50):
        if listener.came == 2:
            break
        heard.wait(0.1)
    assert listener.came == 2


def test_the_door_opens_none(listener: Listener, addresses: list[str]) -> None:
    for url in addresses:
        with pytest.raises(FetchError) as refused:
            fetch(url)
        assert refused.value.code in ("blocked_address", "bad_url", "dns"), url
    assert listener.came == 0


def test_the_door_of_pushes_opens_none(listener: Listener, addresses: list[str], settings: Any) -> None:
    """Not even where all of it is open to feeds."""
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")]
    for url in secured(addresses):
        with pytest.raises(FetchError) as refused:
            post(url, b"x", {}, seconds=5)
        assert refused.value.code in ("blocked_address", "bad_url", "dns"), url
    assert listener.came == 0


@pytest.mark.parametrize("way", ["form", "app"])
def test_a_device_registered_there_is_never_written_to(
    way: str, listener: Listener, addresses: list[str], ada: User, phone: Device, settings: Any
) -> None:
    settings.NUTGRAF_PUSH_KEY = secrets.token_urlsafe(32)
    browser, keys = signed_in(ada), Phone("", "").keys
    for url in secured(addresses):
        cache.clear()
        told = {"endpoint": url, "keys": keys}
        if way == "form":
            answer = browser.post("/settings/notifications/on/", json.dumps(told), "application/json")
            assert answer.status_code in (204, 422), url
        else:
            assert phone.post("/push/subscriptions", told).status_code in (201, 422), url
        for one in PushSubscription.objects.all():  # a name is judged when it is written to, not before
            assert trial.send(one), url
            assert not PushSubscription.objects.filter(pushed_at__isnull=False).exists()
        PushSubscription.objects.all().delete()
    assert listener.came == 0


def secured(addresses: list[str]) -> list[str]:
    """As they are and by https, so that none is refused for its scheme alone."""
    return [*addresses, *(url.replace("http://", "https://", 1) for url in addresses)]


def test_neither_with_another_way_to_ask(listener: Listener, addresses: list[str]) -> None:
    for url in addresses:
        assert not discover(url).feeds, url
        assert check.look(url).error, url
        assert check.look(url, found_at="https://blog.example/").error, url
    assert listener.came == 0


def test_a_reader_adds_none_by_form(listener: Listener, addresses: list[str], ada: User) -> None:
    browser = signed_in(ada)
    for url in addresses:
        cache.clear()  # ten a minute otherwise
        answer = browser.post("/sources/add/", {"url": url})
        assert answer.status_code in (200, 302, 400, 422), url
    assert listener.came == 0
    for one in Source.objects.filter(
        owner=ada
    ):  # taken for a site that does not answer now, and never looked up inward
        refresh(one.pk, timezone.now(), force=True)
    assert listener.came == 0


def test_a_reader_adds_none_by_an_app(listener: Listener, addresses: list[str], phone: Device) -> None:
    for url in addresses:
        cache.clear()
        assert phone.post("/sources", {"url": url}).status_code in (200, 422), url
    assert listener.came == 0


@pytest.mark.parametrize("way", ["form", "app", "command"])
def test_a_list_brings_none_that_is_ever_reached(
    way: str, listener: Listener, addresses: list[str], ada: User, phone: Device
) -> None:
    safe = [url for url in addresses if url.isprintable()]  # what XML can hold at all
    lines = "".join(f"<outline type='rss' xmlUrl={quoteattr(url)}/>" for url in safe)
    body = f"<opml version='2.0'><body>{lines}</body></opml>".encode()
    if way == "form":
        signed_in(ada).post("/sources/import/", {"file": SimpleUploadedFile("feeds.opml", body)})
    elif way == "app":
        phone_import(phone, body)
    else:
        own.add_list(ada.pk, body)
    found = list(Source.objects.filter(owner=ada))
    assert found, "a list is taken as it is; whatever it names is judged when it is looked at"
    for one in found:
        look = refresh(one.pk, timezone.now(), force=True)
        assert look.outcome == "failed", one.url
    assert listener.came == 0


def phone_import(phone: Device, body: bytes) -> None:
    from django.test import Client

    headers = {"Authorization": f"Bearer {phone.token}"}
    answer = Client().post("/api/v1/sources/import", body, content_type="text/x-opml", headers=headers)
    assert answer.status_code == 200, json.loads(answer.content)


def test_no_link_of_an_article_leads_there(listener: Listener, addresses: list[str], site: WebServer) -> None:
    """The feed lies where the operator opened; its articles' pages do not."""
    wanted = [Wanted(number, url, "t", "", site.url("/f")) for number, url in enumerate(addresses)]
    pages = [page for one in wanted for page in read_pages([one], Run(), Gate({}, timezone.now()))]
    assert all(page.text is None and page.error for page in pages)
    assert len(pages) == len(addresses)
    assert listener.came == 0


def test_no_redirect_leads_there(listener: Listener, addresses: list[str], site: WebServer) -> None:
    for number, url in enumerate(addresses):
        if "\r" in url or not url.isascii():
            continue  # no header can hold it
        with pytest.raises(FetchError) as refused:
            fetch(site.redirect(f"/{number}", url), kind="page")
        assert refused.value.code in ("blocked_address", "bad_url", "dns", "not_found", "redirects"), url
    assert listener.came == 0


def test_no_page_that_names_its_feed_leads_there(
    listener: Listener, addresses: list[str], site: WebServer
) -> None:
    for start in range(0, len(addresses), 10):  # only so many are looked at
        some = "".join(
            f"<link rel=alternate type=application/rss+xml href={quoteattr(url)}>"
            for url in addresses[start : start + 10]
        )
        site.put("/", f"<html><head>{some}</head><body>x</body></html>", content_type="text/html")
        assert discover(site.url("/")).feeds == ()
    assert listener.came == 0


def test_no_feed_leads_there_by_what_it_says_of_itself(
    listener: Listener, addresses: list[str], site: WebServer
) -> None:
    """Links, guids, icons, enclosures and pictures of a feed are never fetched, but for articles' pages."""
    entries = [
        item(f"Model {number}", guid=url).replace("</item>", f"<enclosure url={quoteattr(url)}/></item>")
        for number, url in enumerate(addresses)
        if url.isprintable()
    ]
    icons = "".join(f"<image><url><![CDATA[{url}]]></url></image>" for url in addresses if url.isprintable())
    body = rss(*entries).replace("<description>d</description>", f"<description>d</description>{icons}")
    source = Source.objects.create(url=site.put("/f", body), due_at=timezone.now(), any_topic=True)
    assert refresh(source.pk, timezone.now(), force=True).outcome == "fetched"
    assert Article.objects.filter(source=source).exists()
    assert listener.came == 0


def test_every_spelling_is_judged_by_its_number_and_the_plain_ones_are_known() -> None:
    """None of them is refused only because it looks odd: what the system resolves is refused for where it leads."""
    judged = 0
    for url in inward(8080):
        with contextlib.suppress(Unreachable):
            assert urlsplit(target(url).url).scheme in ("http", "https")
            judged += 1
    assert judged > 60

"""When a feed is looked at again, and where: it is gone, it moved, it asks for a pause."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone

from ingest.models import Article, Source
from ingest.refresh import refresh
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest.test_refresh import about, source

pytestmark = pytest.mark.django_db


def test_a_feed_gone_for_a_day_is_switched_off(web: WebServer) -> None:
    one = source(web.put("/f", b"", 410))
    now = timezone.now()
    refresh(one.pk, now)
    refresh(one.pk, now + timedelta(hours=12), force=True)
    one.refresh_from_db()
    assert one.enabled
    refresh(one.pk, now + timedelta(hours=25), force=True)
    one.refresh_from_db()
    assert not one.enabled


def test_it_comes_back_as_the_feed_and_its_server_ask(web: WebServer) -> None:
    asking = rss(item("A")).replace("<description>d</description>", "<ttl>120</ttl>")
    by_feed, by_server = (
        source(web.put("/f", asking)),
        source(web.put("/g", rss(), cache_control="max-age=7200")),
    )
    for one in (by_feed, by_server):
        for outcome in ("fetched", "not_modified"):
            assert refresh(one.pk, timezone.now(), force=True).outcome == outcome
            one.refresh_from_db()
            assert timedelta(hours=2) <= about(one) <= timedelta(hours=2.5)


def test_it_comes_back_as_often_as_the_feed_publishes(web: WebServer) -> None:
    now = timezone.now()
    dates = [format_datetime(now - timedelta(days=number)) for number in range(5)]
    one = source(web.put("/f", rss(*(item(f"T{n}", date=date) for n, date in enumerate(dates)))))
    refresh(one.pk, now)
    one.refresh_from_db()
    assert one.publishes_every == timedelta(days=1)
    assert timedelta(hours=2) <= about(one) <= timedelta(hours=2.5)


def test_a_feed_that_moved_for_good_gets_its_new_address_after_a_day(web: WebServer) -> None:
    new = web.put("/new", rss(item("A", guid="a")))
    one = source(web.redirect("/old", "/new", 301))
    now = timezone.now()
    for hours in (0, 12):
        refresh(one.pk, now + timedelta(hours=hours), force=True)
        one.refresh_from_db()
        assert one.url == web.url("/old")
    assert refresh(one.pk, now + timedelta(hours=24), force=True).outcome == "not_modified"
    one.refresh_from_db()
    assert (one.url, one.moved_to, one.moved_looks) == (new, "", 0)
    refresh(one.pk, now + timedelta(hours=25), force=True)
    assert (web.seen["/old"], Article.objects.count()) == (3, 1)


def test_a_feed_keeps_its_address_while_it_is_not_sure_to_have_moved(web: WebServer) -> None:
    web.put("/new", rss(item("A")))
    web.put("/page", "<!doctype html><html>Sign in to the network</html>", content_type="text/html")
    one, now = source(web.redirect("/old", "/new", 301)), timezone.now()
    for hours, to, status in ((0, "/new", 301), (12, "/new", 302), (24, "/new", 301), (36, "/page", 301)):
        web.redirect("/old", to, status)
        refresh(one.pk, now + timedelta(hours=hours), force=True)
    one.refresh_from_db()
    assert (one.url, one.moved_looks) == (web.url("/old"), 1)


def test_a_feed_that_moved_where_another_source_is_keeps_its_address(web: WebServer) -> None:
    other, one = source(web.put("/new", rss(item("A")))), source(web.redirect("/old", "/new", 308))
    for hours in (0, 12, 24):
        assert refresh(one.pk, timezone.now() + timedelta(hours=hours), force=True).outcome != "failed"
    assert set(Source.objects.values_list("url", flat=True)) == {one.url, other.url}


def test_a_feed_is_never_moved_inward(web: WebServer, settings: Any) -> None:
    one, now = source(web.redirect("/old", "http://127.9.9.9/feed", 301)), timezone.now()
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1/32")]
    for hours in (0, 12, 24, 36):
        assert "private" in refresh(one.pk, now + timedelta(hours=hours), force=True).error
    one.refresh_from_db()
    assert (one.url, one.moved_to) == (web.url("/old"), "")

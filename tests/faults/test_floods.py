"""F45 and F46: readers who bring ten thousand feeds at once, or five thousand of one host."""

from __future__ import annotations

import ipaddress
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ingest import own
from ingest.hosts import PER_HOST
from ingest.models import Source
from ingest.refresh import refresh_many
from tests.briefings import rows
from tests.fakes.hostile import Crowd
from tests.fakes.web_server import WebServer, item, rss
from tests.statements import statements

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_limits")]
FEED = '<outline type="rss" xmlUrl="https://{}.example/feed"/>'
HEAD, FOOT = '<opml version="2.0"><body>', "</body></opml>"
LAUGHS = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))
LISTS = {
    "ten thousand feeds": (HEAD + "".join(map(FEED.format, range(10_000))) + FOOT, (400, 413)),
    "more than a reader may have": (HEAD + "".join(map(FEED.format, range(own.MOST + 1))) + FOOT, (400,)),
    "eight megabytes": (HEAD + " " * 8 * 2**20 + FOOT, (413,)),
    "no list": ("<html>", (400,)),
    "an entity bomb": (
        f'<?xml version="1.0"?><!DOCTYPE o [<!ENTITY b0 "ha">{LAUGHS}]>{HEAD}<outline text="&b11;"/>{FOOT}',
        (400, 302),
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_hostile_list_is_refused_before_anything_is_stored(name: str) -> None:
    ada, browser = rows.reader("ada@bank.example"), Client()
    browser.force_login(ada)
    body, expected = LISTS[name]
    began = time.monotonic()
    with statements() as asked:
        file = SimpleUploadedFile("feeds.opml", body.encode())
        answer = browser.post("/sources/import/", {"file": file})
    assert answer.status_code in expected
    assert not any(one.startswith('INSERT INTO "ingest_') for one in asked)
    assert not Source.objects.exists()
    assert time.monotonic() - began < 20


def test_a_list_ten_thousand_deep_brings_its_one_feed() -> None:
    ada, browser = rows.reader("ada@bank.example"), Client()
    browser.force_login(ada)
    deep = HEAD + '<outline text="g">' * 10_000 + FEED.format(1) + "</outline>" * 10_000 + FOOT
    browser.post("/sources/import/", {"file": SimpleUploadedFile("feeds.opml", deep.encode())})
    assert [one.url for one in Source.objects.filter(owner=ada)] == ["https://1.example/feed"]


def test_five_thousand_feeds_of_one_host_are_too_many_and_what_fits_is_read_two_at_a_time(
    settings: Any,
) -> None:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    ada = rows.reader("ada@bank.example")
    with WebServer() as host:
        crowd = Crowd(rss(item("A")), seconds=0.02)
        urls = [host.misbehave(f"/{number}", crowd.answer) for number in range(own.MOST)]
        flood = urls + [host.url(f"/{number}") for number in range(own.MOST, 5_000)]
        lines = [f'<outline type="rss" xmlUrl="{url}"/>' for url in flood]
        with pytest.raises(own.TooMany):
            own.add_list(ada.pk, (HEAD + "".join(lines) + FOOT).encode())
        assert not Source.objects.exists()
        own.add_list(ada.pk, (HEAD + "".join(lines[: own.MOST]) + FOOT).encode())
        looks = refresh_many(list(Source.objects.values_list("pk", flat=True)), timezone.now())
    assert {look.outcome for look in looks} == {"fetched"}
    assert (len(looks), crowd.most) == (own.MOST, PER_HOST)

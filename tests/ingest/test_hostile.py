"""A batch in which everybody means harm: each is over within its limit, and well feeds do not wait for them."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.db import connection
from django.utils import timezone

from ingest import opml
from ingest.hosts import PER_HOST
from ingest.models import Article, Source
from ingest.refresh import refresh_many
from tests.fakes import hostile
from tests.fakes.hostile import Crowd
from tests.fakes.web_server import WebServer, item, rss

WELL = 30


def sources(urls: list[str]) -> list[int]:
    due = timezone.now() - timedelta(seconds=5)
    return [Source.objects.create(url=url, due_at=due).pk for url in urls]


def well_feeds(web: WebServer) -> list[str]:
    return [web.put(f"/{number}", rss(item(f"News {number}", guid=str(number)))) for number in range(WELL)]


class Watch:
    """Notes, beside the test, when the well feeds had all been stored."""

    def __init__(self, keys: list[int]) -> None:
        self.keys = keys
        self.seconds = 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self.began = time.monotonic()
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()

    def _look(self) -> None:
        well = Source.objects.filter(pk__in=self.keys, last_success_at__isnull=False)
        while not self.over.wait(0.05) and well.count() < len(self.keys):
            pass
        self.seconds = time.monotonic() - self.began
        connection.close()


@pytest.fixture
def servers(web: WebServer) -> Iterator[list[WebServer]]:
    """One for each feed that is hostile at once; those that only hang lie beside the well ones."""
    with ExitStack() as stack:
        yield [stack.enter_context(WebServer()) for _ in (*hostile.QUICK, "loop", "inward")]


@pytest.mark.django_db(transaction=True)
def test_hostile_servers_end_within_their_limits_and_hold_nobody_up(
    web: WebServer, servers: list[WebServer]
) -> None:
    hostile.prepare()
    *misbehaving, loop, inward = servers
    bad = [loop.redirect("/f", "/f", 301), inward.redirect("/f", "http://169.254.169.254/latest/", 301)]
    bad += [
        server.misbehave("/f", how) for server, how in zip(misbehaving, hostile.QUICK.values(), strict=True)
    ]
    bad += [web.misbehave(f"/{name}", how) for name, how in hostile.SLOW.items()]
    well = sources(well_feeds(web))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with Watch(well) as watch:
        looks = refresh_many([*sources(bad), *well], timezone.now())
    assert time.monotonic() - began < 45
    assert watch.seconds < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 100 * 1024
    outcomes = {look.url: look.outcome for look in looks}
    assert outcomes == dict.fromkeys(bad, "failed") | {web.url(f"/{n}"): "fetched" for n in range(WELL)}
    for one in Source.objects.filter(url__in=bad):
        assert one.error
        assert (one.failures, one.lease_until, one.moved_to) == (1, None, "")
        assert one.due_at is not None
        assert timedelta(minutes=25) < one.due_at - timezone.now() < timedelta(minutes=40)
    assert Article.objects.count() == WELL


@pytest.mark.django_db(transaction=True)
def test_a_flood_of_one_host_is_served_two_at_a_time_and_holds_nobody_up(web: WebServer) -> None:
    with WebServer() as flooded:
        crowd = Crowd(rss(item("A")), seconds=0.1)
        flood = sources([flooded.misbehave(f"/{number}", crowd.answer) for number in range(80)])
        well = sources(well_feeds(web))
        with Watch(well) as watch:
            looks = refresh_many([*flood, *well], timezone.now())
        assert {look.outcome for look in looks} == {"fetched"}
        assert crowd.most == PER_HOST
        assert watch.seconds < 3 < len(flood) * crowd.seconds / PER_HOST


@pytest.mark.django_db
@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_time_gets_it_in_either_form(web: WebServer, status: int) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    asked = {
        "/seconds": "7200",
        "/date": date,
        "/never": "99999999",
        "/now": "0",
        "/past": format_datetime(datetime(2020, 1, 1, tzinfo=UTC)),
    }
    urls = {path: web.put(path, b"", status, retry_after=value) for path, value in asked.items()}
    keys = sources(list(urls.values()))
    refresh_many(keys, timezone.now())
    waits = {one.url: one.due_at - timezone.now() for one in Source.objects.all() if one.due_at}
    minute = timedelta(minutes=1)
    for path, wait in (("/seconds", 120), ("/date", 120), ("/never", 1440), ("/now", 1), ("/past", 1)):
        assert minute * wait * 0.98 - minute / 10 < waits[urls[path]] < minute * min(wait * 1.27, 1441)


def outlines(count: int, depth: int = 1) -> bytes:
    feeds = "".join(f'<outline type="rss" xmlUrl="https://a.example/{number}"/>' for number in range(count))
    return (
        f"<opml version='2.0'><body>{'<outline>' * depth}{feeds}{'</outline>' * depth}</body></opml>".encode()
    )


BOMB = b"""<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "%s">%s]><opml version="2.0"><body>
<outline type="rss" xmlUrl="https://a.example/f" title="&z9;"/></body></opml>""" % (
    b"ha" * 100,
    b"".join(b'<!ENTITY z%d "%s">' % (n, (b"&z%d;" % (n - 1) if n else b"&a;") * 20) for n in range(10)),
)


@pytest.mark.parametrize(
    "body",
    [outlines(opml.MOST_FEEDS + 1), b" " * (opml.LARGEST + 1)],
    ids=["thousands of feeds", "larger than 8 MiB"],
)
def test_a_list_of_too_many_feeds_is_refused_whole(body: bytes) -> None:
    with pytest.raises(opml.BadList):
        opml.read(body)


def test_entities_in_a_list_of_feeds_stand_for_nothing() -> None:
    assert [(one.url, one.title) for one in opml.read(BOMB)] == [("https://a.example/f", "&z9;")]


def test_feeds_are_found_however_deep_they_lie() -> None:
    began = time.monotonic()
    assert [one.url for one in opml.read(outlines(1, depth=10_000))] == ["https://a.example/0"]
    assert time.monotonic() - began < 10

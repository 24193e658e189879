"""What a robots.txt closes to us stays unread, and a host whose robots.txt cannot be had is left alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from ingest import models
from ingest.models import Article, PageRetry
from ingest.read import read_many
from ingest.robots import ASKED_AGAIN, FORGOTTEN, KEPT, Robots
from tests.fakes import web_server
from tests.fakes.web_server import WebServer
from tests.ingest.teasers import put_page, teaser

NOON = datetime(2025, 8, 8, 12, tzinfo=UTC)


def read(web: WebServer, path: str, now: datetime | None = None, link: str = "") -> Article:
    """The article at `path` after its page was asked for."""
    put_page(web, path)
    article = teaser(web, path, link=link)
    read_many([article.pk], now or timezone.now())
    article.refresh_from_db()
    return article


@pytest.mark.django_db
def test_it_leaves_a_page_alone_that_is_closed_to_us_by_name(web: WebServer) -> None:
    web.put("/robots.txt", "User-agent: *\nAllow: /\n\nUser-agent: nutgraf\nDisallow: /private/\n")
    assert read(web, "/open/p").text_from_page
    closed = read(web, "/private/p")
    assert (closed.text_from_page, web.seen["/private/p"]) == (False, 0)
    assert "robots.txt" in closed.page_error
    assert not PageRetry.objects.exists()


@pytest.mark.django_db
def test_rules_for_others_do_not_bind_us(web: WebServer) -> None:
    web.put("/robots.txt", "User-agent: GPTBot\nDisallow: /\n")
    assert read(web, "/p").text_from_page


@pytest.mark.django_db
@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_a_robots_txt_is_open(web: WebServer, status: int) -> None:
    web.put("/robots.txt", b"Disallow: /", status)
    assert read(web, "/p").text_from_page


@pytest.mark.django_db
def test_a_robots_txt_that_redirects_for_ever_counts_as_none(web: WebServer) -> None:
    web.redirect("/robots.txt", "/robots.txt")
    assert read(web, "/p").text_from_page


@pytest.mark.django_db
@pytest.mark.parametrize("how", [web_server.gibberish, web_server.endless, web_server.bomb])
def test_a_host_whose_robots_txt_cannot_be_had_is_left_alone_for_now(
    web: WebServer, how: web_server.Misbehaviour
) -> None:
    web.misbehave("/robots.txt", how)
    article = read(web, "/p")
    assert (article.text_from_page, web.seen["/p"]) == (False, 0)
    assert "robots.txt could not be had" in article.page_error
    assert PageRetry.objects.get().article == article


@pytest.mark.django_db
def test_rules_once_read_hold_while_the_host_is_ill(web: WebServer) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /private/\n")
    now = timezone.now()
    read(web, "/first", now)
    web.put("/robots.txt", b"", 503)
    later = now + KEPT
    assert read(web, "/second", later).text_from_page
    assert not read(web, "/private/p", later).text_from_page
    assert web.seen["/robots.txt"] == 2


@pytest.mark.django_db
def test_a_host_is_asked_once_a_day_however_many_its_pages(web: WebServer) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /private/\n")
    now = timezone.now()
    for path in ("/1", "/2", "/3"):
        put_page(web, path)
    keys = [teaser(web, path).pk for path in ("/1", "/2", "/3")]
    assert read_many(keys, now).pages == 3
    read(web, "/4", now + KEPT - timedelta(minutes=1))
    assert web.seen["/robots.txt"] == 1
    web.put("/robots.txt", "User-agent: *\nDisallow: /\n")
    assert not read(web, "/5", now + KEPT).text_from_page
    assert (web.seen["/robots.txt"], models.Robots.objects.count()) == (2, 1)


@pytest.mark.django_db
def test_a_redirect_does_not_lead_round_a_robots_txt(web: WebServer) -> None:
    with WebServer() as other:
        other.put("/robots.txt", "User-agent: *\nDisallow: /\n")
        put_page(other, "/p")
        web.redirect("/r", other.url("/p"))
        article = teaser(web, "/r")
        read_many([article.pk], timezone.now())
        article.refresh_from_db()
        assert (article.text_from_page, other.seen["/p"]) == (False, 0)
        assert "robots.txt" in article.page_error


@pytest.mark.django_db
def test_it_takes_the_time_between_two_pages_that_a_host_asks_for(web: WebServer) -> None:
    web.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.3\n")
    paths = ("/1", "/2", "/3", "/4")
    for path in paths:
        put_page(web, path)
    read_many([teaser(web, path).pk for path in paths], timezone.now())
    _, *later = sorted(web.times[path][0] for path in paths)  # two may have begun before the rules were known
    assert all(second - first > 0.28 for first, second in pairwise(later))


@pytest.mark.django_db
def test_a_robots_txt_made_to_be_slow_costs_seconds_and_opens_nothing(web: WebServer) -> None:
    agents = "".join(f"User-agent: a{number}\n" for number in range(20_000))
    web.put("/robots.txt", agents + "Disallow: /x\n" * 15_000)
    began = time.monotonic()
    article = read(web, "/p")
    assert time.monotonic() - began < 15
    assert (article.text_from_page, web.seen["/p"]) == (False, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "link",
    [f"https://{'a' * 1900}/x", "http://[bad/x", "http://user:secret@a.example/", "http://a.example:99999/"],
)
def test_a_link_that_leads_nowhere_harms_nothing(web: WebServer, link: str) -> None:
    put_page(web, "/p")
    odd, well = teaser(web, "/odd"), teaser(web, "/p")
    Article.objects.filter(pk=odd.pk).update(url=link)
    assert sorted(read_many([odd.pk, well.pk], timezone.now()).read) == [odd.pk, well.pk]
    odd.refresh_from_db()
    assert (odd.text_from_page, odd.page_error != "") == (False, True)
    assert not models.Robots.objects.exclude(origin=f"http://127.0.0.1:{web.port}").exclude(answered_at=None)


def test_what_is_known_is_kept_a_day_and_silence_asked_about_sooner() -> None:
    rules = Robots().answered(b"x", NOON)
    assert rules.current(NOON + KEPT - timedelta(seconds=1))
    assert not rules.current(NOON + KEPT)
    assert not rules.silent(NOON + KEPT).current(NOON + KEPT + ASKED_AGAIN)
    assert not Robots().current(NOON)


def test_a_host_that_never_answered_is_closed_for_a_month() -> None:
    never = Robots().silent(NOON).silent(NOON + timedelta(days=20))
    assert never.unreachable(NOON + FORGOTTEN - timedelta(seconds=1))
    assert not never.unreachable(NOON + FORGOTTEN)
    assert not Robots().answered(b"x", NOON).silent(NOON + KEPT).unreachable(NOON + KEPT)
    assert not never.answered(b"", NOON).unreachable(NOON)

"""Adding a source by the address of its site: the feeds a page names, each looked at through the door."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from ingest import discover
from ingest.models import Source
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest.test_commands import run

FEED = rss(item("OpenAI releases GPT-5", "https://a.example/1"), title="The A")
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>The A</title><id>a</id><entry><id>1</id>
<title>OpenAI releases GPT-5</title><link href="https://a.example/1"/></entry></feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The J",
        "items": [{"id": "1", "url": "https://a.example/j", "title": "T", "content_text": "x"}],
    }
)


def page(web: WebServer, *links: str, body: str = "", path: str = "/") -> str:
    head = "".join(links)
    return web.put(
        path, f"<!doctype html><html><head>{head}</head><body>{body}</body></html>", content_type="text/html"
    )


def link(href: str, kind: str = "application/rss+xml", title: str = "") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def added(*arguments: str) -> tuple[dict[str, Any], int]:
    words, status = run("sources", "add", *arguments, "--json")
    return json.loads(words), status


def test_a_feed_is_its_own_answer(web: WebServer) -> None:
    url = web.put("/f", FEED)
    assert [(one.url, one.title, one.format) for one in discover.discover(url).feeds] == [
        (url, "The A", "RSS 2.0")
    ]


@pytest.mark.parametrize(
    ("body", "kind", "format_"),
    [
        (FEED, "application/rss+xml", "RSS 2.0"),
        (ATOM, "application/atom+xml", "Atom 1.0"),
        (JSON, "application/feed+json", "JSON Feed"),
        (JSON, "application/json", "JSON Feed"),
    ],
)
def test_it_finds_the_feed_that_a_page_announces(web: WebServer, body: str, kind: str, format_: str) -> None:
    feed = web.put("/blog/feed", body, content_type=kind)
    found = discover.discover(page(web, link("feed", kind), path="/blog/"))
    assert [(one.url, one.format) for one in found.feeds] == [(feed, format_)]


def test_it_finds_a_feed_that_the_text_links_to(web: WebServer) -> None:
    feed = web.put("/rss.xml", FEED)
    found = discover.discover(page(web, body='<a href="/about">About</a> <a href="/rss.xml">RSS</a>'))
    assert [one.url for one in found.feeds] == [feed]


def test_comments_other_json_and_dead_links_are_no_candidates(web: WebServer) -> None:
    feed = web.put("/feed", FEED)
    web.put("/comments/feed", rss(item("Re: GPT-5")))
    web.put("/wp-json/feedback", "{}", content_type="application/json")
    links = (
        link("/gone"),
        link("/comments/feed", title="Comments Feed"),
        link("/wp-json/feedback", "application/json"),
        link("/feed"),
    )
    assert [one.url for one in discover.discover(page(web, *links)).feeds] == [feed]


def test_the_same_entries_in_another_format_are_one_feed(web: WebServer) -> None:
    first = web.put("/feed", FEED)
    web.put("/atom", ATOM)
    found = discover.discover(page(web, link("/feed"), link("/atom", "application/atom+xml")))
    assert [one.url for one in found.feeds] == [first]


@pytest.mark.django_db
def test_a_site_is_added_by_its_one_feed(web: WebServer) -> None:
    feed = web.put("/feed", FEED)
    told, status = added(page(web, link("/feed")))
    assert (told["added"], status) == ([feed], 0)
    assert list(Source.objects.values_list("url", "title")) == [(feed, "The A")]


@pytest.mark.django_db
def test_several_feeds_are_listed_and_none_is_taken(web: WebServer) -> None:
    a, j = web.put("/feed", FEED), web.put("/j", JSON, content_type="application/feed+json")
    told, status = added(page(web, link("/feed"), link("/j", "application/feed+json")))
    assert (status, told["added"], Source.objects.count()) == (1, [], 0)
    assert [(one["url"], one["title"]) for one in told["choices"][0]["feeds"]] == [(a, "The A"), (j, "The J")]


@pytest.mark.django_db
def test_feeds_to_choose_from_are_told_a_line_each(web: WebServer) -> None:
    a, j = web.put("/feed", FEED), web.put("/j", JSON, content_type="application/feed+json")
    site, told = page(web, link("/feed"), link("/j", "application/feed+json")), StringIO()
    with pytest.raises(SystemExit):
        call_command("sources", "add", site, stdout=StringIO(), stderr=told)
    assert [line.split()[0] for line in told.getvalue().splitlines()] == [site, a, j]


@pytest.mark.django_db
def test_a_site_without_a_feed_is_a_clear_error(web: WebServer) -> None:
    told, status = added(page(web, body="Welcome"))
    assert (status, Source.objects.count()) == (1, 0)
    assert "names no feed" in told["refused"][0]["error"]


@pytest.mark.django_db
def test_a_page_whose_feed_is_broken_says_what_is_wrong(web: WebServer) -> None:
    told, status = added(page(web, link("/none")))
    assert (status, Source.objects.count()) == (1, 0)
    assert told["refused"][0]["error"].endswith("there is nothing at this address (404)")


@pytest.mark.django_db
def test_what_does_not_answer_now_is_added_and_tried_again(web: WebServer) -> None:
    told, status = added(web.url("/later"))
    assert (told["added"], status) == ([web.url("/later")], 0)


@pytest.mark.django_db
def test_what_can_never_be_read_is_refused(web: WebServer) -> None:
    inward, withdrawn = web.redirect("/in", "http://169.254.169.254/"), web.put("/gone", "", status=410)
    told, status = added(inward, withdrawn, "http://10.0.0.1/feed")
    assert (told["added"], status) == ([], 1)
    assert {one["url"] for one in told["refused"]} == {inward, withdrawn, "http://10.0.0.1/feed"}


@pytest.mark.django_db
def test_one_feed_in_several_spellings_is_one_source(web: WebServer, tmp_path: Path) -> None:
    url = web.put("/F", FEED)
    told, _ = added(url.replace("http:", "HTTP:"), f" {url}#top", url)
    assert told["added"] == [url]
    listed = tmp_path / "f.opml"
    listed.write_text(f'<opml version="2.0"><body><outline xmlUrl="{url}#top"/></body></opml>')
    assert json.loads(run("sources", "import", str(listed), "--json")[0])["known"] == [url]
    assert list(Source.objects.values_list("url", flat=True)) == [url]


@pytest.mark.django_db
def test_what_is_known_is_not_fetched(web: WebServer) -> None:
    url = web.put("/f", FEED)
    Source.objects.create(url=url)
    assert added(url)[0]["known"] == [url]
    assert not web.seen


def test_a_page_cannot_lead_the_door_astray(web: WebServer) -> None:
    found = discover.discover(page(web, link("file:///etc/passwd"), link("http://10.0.0.1/feed")))
    assert (found.feeds, found.unreached) == ((), False)
    assert "10.0.0.1" in found.error

"""The private feed: Ada reads her editions in a feed reader, at an address that only she has."""

from __future__ import annotations

import io
import re
import urllib.request
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from django.test import Client
from lxml import etree
from pytest_django.live_server_helper import LiveServer

from briefings import feed
from briefings.models import Brief, PrivateFeed
from ingest.models import Story
from ingest.parse import parse_feed
from tests.briefings import factories, rows
from users.models import User

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def body(response: Any) -> str:
    return str(response.content.decode())


def made(page: Client) -> str:
    """The path of the reader's feed, renewed."""
    shown = body(page.post("/feed/renew/", follow=True))
    (path,) = re.findall(r'value="http://[^"/]+(/feed/[\w-]+/)"', shown)
    return str(path)


def test_feed_readers_and_our_own_parser_read_it(page: Client, ada: User) -> None:
    edition = factories.edition_of_two(ada)
    answer = Client().get(made(page))
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    found = feedparser.parse(io.BytesIO(answer.content))
    assert not found.bozo
    assert found.version == "atom10"
    first, second = found.entries
    lead = edition.items.get(rank=1).brief
    assert first.title.startswith("OpenAI releases GPT-5 to every ChatGPT user")
    assert first.link.endswith(f"/brief/{lead.pk}/")
    assert "Developers pay $1.25 per million tokens in" in first.summary
    assert "https://openai-news.example/gpt-5-is-here" in first.summary
    assert "extractive" in second.summary
    assert len({entry.id for entry in found.entries}) == 2
    ours = parse_feed(answer.content, "https://n.example/feed/", answer.headers["Content-Type"])
    assert [item.title for item in ours.items] == [entry.title for entry in found.entries]
    assert any("Developers pay $1.25" in text for text in ours.items[0].paragraphs)


def test_it_is_atom_by_its_rules(page: Client, ada: User) -> None:
    factories.edition_of_two(ada)
    path = made(page)
    for document in (Client().get(path).content, b""):
        root = etree.fromstring(document or _empty())
        for element in [root, *root.findall(f"{ATOM}entry")]:
            for name in ("id", "title", "updated"):
                assert len(element.findall(ATOM + name)) == 1
        assert root.find(f"{ATOM}author/{ATOM}name").text == "Nutgraf"  # type: ignore[union-attr]
        (own,) = (link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self")
        assert own.get("href", "").startswith("http")


def _empty() -> bytes:
    ben = rows.reader("ben@fund.example", "investor")
    feed.renew(ben)
    token = feed.address(ben).split("/")[-2]
    document = feed.opened(token)
    assert document
    assert document == feed.opened(token)
    return document


def test_it_holds_nothing_of_others_and_no_lens(page: Client, ada: User) -> None:
    factories.edition_of_two(ada)
    ben = rows.reader("ben@fund.example", "investor")
    story = Story.objects.create(title="Ben's", happened_at=rows.NOON, last_at=rows.NOON)
    article = rows.article(story, rows.source("Paper"), "Ben's own story", ["It is."])
    said = rows.said("Ben's own story", rows.cite(article, "Ben's own story"))
    shape = {
        "headline": said,
        "takeaways": [said],
        "lead": [said],
        "sections": [],
        "catch": [],
        "bottom_line": [],
    }
    rows.ready_edition(ben, rows.NOON.date(), [(rows.ready_brief(story, [article], shape), None)])
    shown = body(Client().get(made(page)))
    assert "Ben&#x27;s" not in shown
    assert "own story" not in shown
    assert "The price cut reopens" not in shown
    assert "ada@" not in shown


def test_the_latest_editions_come_first_and_old_ones_drop_out(page: Client, ada: User) -> None:
    lead, short = (item.brief for item in factories.edition_of_two(ada).items.all())
    for days in range(1, 30):
        rows.ready_edition(ada, factories.MORNING + timedelta(days=days), [(short, None), (lead, None)])
    entries = feedparser.parse(io.BytesIO(Client().get(made(page)).content)).entries
    assert len(entries) == feed.MOST
    assert entries[0].id.split("/")[0].endswith(":2025-09-05")
    assert len({entry.id for entry in entries}) == feed.MOST


def test_an_unchanged_feed_costs_no_bytes(page: Client, ada: User, live_server: LiveServer) -> None:
    factories.edition_of_two(ada)
    url = live_server.url + made(page)
    with urllib.request.urlopen(url) as answer:
        etag = answer.headers["ETag"]
        assert answer.read()
    asked = urllib.request.Request(url, headers={"If-None-Match": etag})
    with pytest.raises(urllib.error.HTTPError) as not_modified:
        urllib.request.urlopen(asked)
    assert not_modified.value.code == 304
    assert not_modified.value.headers["ETag"] == etag
    rows.ready_edition(
        ada, factories.MORNING + timedelta(days=1), [(Brief.objects.get(writer="model"), None)]
    )
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
        assert answer.headers["ETag"] != etag


def test_renewed_or_closed_the_old_address_leads_nowhere(page: Client, ada: User) -> None:
    first = made(page)
    second = made(page)
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert "Closed" in body(page.post("/feed/revoke/", follow=True))
    assert Client().get(second).status_code == 404
    assert page.post("/feed/revoke/").status_code == 302
    assert body(Client().get(second)) == body(Client().get("/feed/" + "A" * 32 + "/"))


def test_a_closed_account_has_no_feed(page: Client, ada: User) -> None:
    path = made(page)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert Client().get(path).status_code == 404


def test_its_address_is_not_in_the_database_nor_anywhere_but_on_the_readers_own_pages(
    page: Client, ada: User
) -> None:
    edition = factories.edition_of_two(ada)
    path = made(page)
    row = PrivateFeed.objects.get()
    assert path.split("/")[2] not in (row.nonce, row.digest)
    found = f'<link rel="alternate" type="application/atom+xml" title="Your editions" href="http://127.0.0.1:8000{path}">'
    for own in ("/today/", "/archive/", "/feed/", f"/edition/{edition.local_date}/"):
        answer = page.get(own)
        assert found in body(answer)
        assert "no-store" in answer.headers["Cache-Control"]
    ben = Client()
    ben.force_login(rows.reader("ben@fund.example"))
    for other in ("/today/", "/archive/", "/feed/"):
        assert "application/atom+xml" not in body(ben.get(other))
    assert "application/atom+xml" not in body(Client().get("/"))


def test_it_knows_no_cookies_and_is_told_to_nobody(page: Client) -> None:
    answer = Client().get(made(page))
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-cache, private"


def test_foreign_text_is_text_and_odd_characters_do_not_break_it(page: Client, ada: User) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)> ]]> &amp; \x0b\x1b\uffff end"
    story = Story.objects.create(title=evil, happened_at=rows.NOON, last_at=rows.NOON)
    article = rows.article(story, rows.source("<b>Bold</b>"), evil, ["Nothing else."])
    said = rows.said(evil, rows.cite(article, evil))
    shape = {
        "headline": said,
        "takeaways": [said],
        "lead": [said],
        "sections": [],
        "catch": [],
        "bottom_line": [],
    }
    rows.ready_edition(ada, rows.NOON.date(), [(rows.ready_brief(story, [article], shape), None)])
    document = Client().get(made(page)).content
    (entry,) = etree.fromstring(document).findall(f"{ATOM}entry")
    html = entry.findtext(f"{ATOM}summary") or ""
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<b>" not in html
    assert set(re.findall(r"<(\w+)", html)) == {"ul", "li", "p", "a"}
    assert (entry.findtext(f"{ATOM}title") or "").startswith("<script>alert(1)"), "a title of the type text"
    assert entry.find(f"{ATOM}title").get("type") in (None, "text")  # type: ignore[union-attr]


def test_visitors_sign_in_and_links_change_nothing(page: Client) -> None:
    assert Client().get("/feed/").headers["Location"].startswith("/accounts/login/")
    assert Client().post("/feed/renew/").headers["Location"].startswith("/accounts/login/")
    assert page.get("/feed/renew/").status_code == page.get("/feed/revoke/").status_code == 405
    assert "No feed yet" in body(page.get("/feed/"))
    assert not PrivateFeed.objects.exists()

"""The pages of a reader's own sources and of what was filtered out: Ada's, with Ben beside her and Cal a stranger."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from briefings import edition, read
from briefings.models import Edition
from ingest import own, run
from ingest.models import Article, Source, Stage, Story
from tests.briefings import rows
from tests.fakes.web_server import WebServer, item, rss
from users.language import choose_for
from users.models import User

pytestmark = pytest.mark.django_db
SECRET = "OpenAI tells one reader of a secret model"
TEXT = (
    "OpenAI said on Monday that the secret model costs 5 dollars for a million tokens and scores 74.5 percent on"
    " SWE-bench Verified. It will be sold from September on, the company said in a statement to the newsletter."
)


@pytest.fixture
def web(settings: Any) -> Iterator[WebServer]:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    cache.clear()
    with WebServer() as server:
        yield server


@pytest.fixture
def ben() -> User:
    return rows.reader("ben@fund.example", "investor", "finance")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> str:
    return str(response.content.decode())


def feed(web: WebServer, path: str = "/feed", title: str = "The Letter") -> str:
    date = f"{timezone.now() - timedelta(hours=2):%a, %d %b %Y %H:%M:%S} +0000"
    return web.put(
        path, rss(item(SECRET, "https://letter.example/1", TEXT, guid="1", date=date), title=title)
    )


def read_all() -> None:
    run.ingest(list(Source.objects.values_list("pk", flat=True)), timezone.now(), True, lambda _: None)


def test_visitors_are_asked_to_sign_in() -> None:
    for path in ("/sources/", "/sources/export/", "/filtered/"):
        assert Client().get(path).headers["Location"].startswith("/accounts/login/")
    assert Client().post("/sources/add/", {"url": "https://a.example"}).status_code == 302
    assert not Source.objects.exists()


def test_a_reader_adds_a_site_and_sees_how_its_feed_is_doing(web: WebServer, ada: User, ben: User) -> None:
    feed(web)
    site = web.put(
        "/", '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    )
    answer = as_(ada).post("/sources/add/", {"url": site}, follow=True)
    assert "Added" in body(answer)
    assert "The Letter" in body(answer)
    assert Source.objects.get().owner == ada
    read_all()
    shown = body(as_(ada).get("/sources/"))
    assert "0.2 items a week" in shown
    assert "The Letter" not in body(as_(ben).get("/sources/"))


def test_own_stories_are_in_the_owners_edition_and_nowhere_else(web: WebServer, ada: User, ben: User) -> None:
    as_(ada).post("/sources/add/", {"url": feed(web)})
    read_all()
    for reader in (ada, ben):
        row = edition.request(reader, edition.local_date_of(reader, timezone.now()))
        edition.prepare(row.pk, timezone.now())
    mine, theirs = (Edition.objects.get(reader=reader) for reader in (ada, ben))
    (entry,) = mine.items.all()
    assert entry.brief.story.owner == ada
    assert not theirs.items.filter(brief__story__owner__isnull=False).exists()
    assert SECRET in body(as_(ada).get(f"/brief/{entry.brief.pk}/"))
    assert as_(ben).get(f"/brief/{entry.brief.pk}/").status_code == 404
    assert read.showcase() is None
    assert SECRET not in body(Client().get("/"))
    assert own.remove(ada.pk, Source.objects.get().pk), "what an edition shows must not stand in the way"
    today = body(as_(ada).get("/today/"))
    assert SECRET in today
    assert "0 outlets" not in today
    ada.delete()
    assert not Story.objects.exists()


def test_a_reader_is_told_once_of_an_own_source_that_is_not_to_be_had(
    web: WebServer, ada: User, ben: User, caplog: pytest.LogCaptureFixture
) -> None:
    as_(ada).post("/sources/add/", {"url": feed(web)})
    read_all()
    web.put("/feed", b"", 404)

    def look(days: float) -> None:
        run.ingest([Source.objects.get().pk], timezone.now() + timedelta(days=days), True, lambda _: None)
        Source.objects.update(last_success_at=timezone.now() - timedelta(days=days))

    words = "Your source The Letter is not being read"
    look(0.5)
    assert words not in body(as_(ada).get("/today/"))
    look(2)
    shown = body(as_(ada).get("/today/"))
    assert words in shown
    assert "there is nothing at this address (404)" in shown
    assert words not in body(as_(ben).get("/today/"))
    key = {"source": str(Source.objects.get().pk)}
    as_(ben).post("/sources/told/", key | {"source": [key["source"], "x"]})
    assert words in body(as_(ada).get("/today/")), "nobody else can say that she knows"
    assert words not in body(as_(ada).post("/sources/told/", key, follow=True))
    look(3)
    assert words not in body(as_(ada).get("/today/"))
    assert "there is nothing at this address" in body(as_(ada).get("/sources/")).lower()
    assert not [one for one in caplog.records if "needs attention" in one.getMessage()], (
        "none of the operator's"
    )
    feed(web)
    run.ingest([Source.objects.get().pk], timezone.now(), True, lambda _: None)
    web.put("/feed", b"", 404)
    look(2)
    assert words in body(as_(ada).get("/today/"))


def test_a_stranger_can_neither_see_nor_remove(web: WebServer, ada: User) -> None:
    cal = User.objects.create_user("cal@nowhere.example")
    as_(ada).post("/sources/add/", {"url": feed(web)})
    path = f"/sources/{Source.objects.get().pk}/remove/"
    assert as_(cal).post(path).status_code == 404
    assert as_(cal).post("/sources/999999/remove/").status_code == 404
    assert b"xmlUrl" not in as_(cal).get("/sources/export/").content
    assert as_(ada).get(path).status_code == 405, "a link must not remove"
    assert "Removed" in body(as_(ada).post(path, follow=True))
    assert not Source.objects.exists()


def test_several_feeds_are_offered_and_one_is_taken(web: WebServer, ada: User) -> None:
    one = feed(web, "/one", "The One")
    web.put("/two", rss(item("Other", "https://letter.example/2", guid="2"), title="<b>The Two</b>"))
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}">' for n in ("one", "two"))
    site = web.put("/", f"<html><head>{links}</head></html>")
    shown = body(as_(ada).post("/sources/add/", {"url": site, "any_topic": "on"}))
    assert "several feeds" in shown
    assert "<b>The Two</b>" not in shown
    assert f'value="{one}"' in shown
    assert not Source.objects.exists()
    as_(ada).post("/sources/add/", {"url": one, "any_topic": "on"})
    assert list(Source.objects.values_list("url", "any_topic")) == [(one, True)]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[", "ftp://a.example/f", " "])
def test_what_can_be_no_source_is_refused_in_words(ada: User, url: str) -> None:
    answer = as_(ada).post("/sources/add/", {"url": url})
    assert answer.status_code == 422
    assert 'role="alert"' in body(answer)
    assert not Source.objects.exists()


def test_a_page_without_a_feed_is_refused_in_words(web: WebServer, ada: User) -> None:
    answer = as_(ada).post("/sources/add/", {"url": web.put("/", "<html><body>Hello</body></html>")})
    assert answer.status_code == 422
    assert "This page names no feed" in body(answer)


def test_what_threads_find_out_is_said_in_the_readers_language(web: WebServer, ada: User) -> None:
    choose_for(ada, "de")
    bare, broken = web.put("/", "<html><body>Hello</body></html>"), web.put("/none", "nothing")
    link = f'<html><head><link rel="alternate" type="application/rss+xml" href="{broken}"></head></html>'
    for url, words in (
        (bare, "Diese Seite nennt keinen Feed"),
        (web.put("/names", link), "Der Feed, den diese Seite nennt, lässt sich nicht lesen"),
    ):
        answer = as_(ada).post("/sources/add/", {"url": url})
        assert answer.status_code == 422
        assert words in body(answer)


def test_an_endless_address_does_not_fill_the_page(ada: User) -> None:
    Source.objects.create(url=f"https://a.example/{'path' * 400}", owner=ada)
    shown = body(as_(ada).get("/sources/"))
    assert "https://a.example/pathpath" in shown
    assert "path" * 50 not in shown


def test_adding_is_limited(web: WebServer, ada: User, ben: User) -> None:
    feed(web)
    answers = [as_(ada).post("/sources/add/", {"url": "nothing at all"}).status_code for _ in range(12)]
    assert answers[:10] == [422] * 10
    assert answers[10:] == [429, 429]
    assert as_(ben).post("/sources/add/", {"url": web.url("/feed")}).status_code == 302


def upload(text: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("feeds.opml", text.encode())}


def test_a_list_goes_out_and_comes_in(web: WebServer, ada: User, ben: User) -> None:
    Source.objects.create(url="https://a.example/f", title="The A", kind="lab", owner=ada)
    answer = as_(ada).get("/sources/export/")
    assert "attachment" in answer.headers["Content-Disposition"]
    shown = body(as_(ben).post("/sources/import/", upload(answer.content.decode()), follow=True))
    assert "1 added" in shown
    assert list(ben.sources.values_list("title", "kind")) == [("The A", "lab")]


def test_a_bad_list_is_refused_in_words_and_changes_nothing(web: WebServer, ada: User) -> None:
    for text in ("", "no list", "x" * (1024 * 1024 + 1)):
        assert "Nothing was added" in body(as_(ada).post("/sources/import/", upload(text), follow=True))
    assert not Source.objects.exists()


def test_no_list_at_all_is_said_so(web: WebServer, ada: User) -> None:
    assert "Choose an OPML file" in body(as_(ada).post("/sources/import/", follow=True))


def test_what_was_filtered_out_is_listed_with_the_reason_page_by_page(ada: User, ben: User) -> None:
    paper, mine = (
        rows.source("Paper"),
        Source.objects.create(url="https://m.example/f", title="Mine", owner=ada),
    )
    now = timezone.now()
    for n in range(60):
        Article.objects.create(
            source=mine if n == 0 else paper,
            identity=str(n),
            title=f"<i>Mattress</i> {n}",
            url=f"https://paper.example/{n}",
            content_hash=str(n),
            stage=Stage.OFF_TOPIC,
            relevance_reason="reads like a shopping page",
            happened_at=now - timedelta(minutes=n),
        )
    first = body(as_(ada).get("/filtered/"))
    assert "&lt;i&gt;Mattress&lt;/i&gt; 0" in first
    assert "Reads like a shopping page" in first
    assert "Page 1 of 2" in first
    assert "Mattress&lt;/i&gt; 59" in body(as_(ada).get("/filtered/?page=2"))
    assert "Mattress&lt;/i&gt; 0<" not in body(as_(ben).get("/filtered/"))
    assert as_(ada).get("/filtered/?page=nonsense").status_code == 200

"""Three hundred and fifty texts that would be code: none runs on any page or reaches out, and each stays a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import feedparser
import pytest
from django.core.mail import EmailMultiAlternatives
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from briefings import feed
from briefings.digest_render import render
from briefings.models import Brief, Edition
from ingest.models import Article
from tests.briefings import rows
from tests.browser.hostile import Planted, plant
from tests.browser.session import sign_in
from tests.browser.watch import Watch, strange, strange_frames
from tests.fakes.vectors import VECTORS, Vector
from users import outbox
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKUP = ("tag", "event", "foreign", "parser", "style", "own")


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    yield context
    context.close()


@pytest.fixture
def watch(context: BrowserContext, live_server: LiveServer) -> Watch:
    return Watch(context, live_server.url)


@pytest.fixture
def ada(settings: Settings, live_server: LiveServer) -> User:
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.NUTGRAF_URL = live_server.url
    return rows.reader("ada@bank.example")


def words(text: str) -> str:
    """The text as a page lays it out: white space of any kind is one space, and some characters are nothing."""
    return " ".join(re.sub("[\x00-\x08\x0e-\x1f\x7f]", "", text).split())


def test_there_are_enough_of_them_and_no_two_alike() -> None:
    assert len(VECTORS) >= 250
    assert len({one.text.replace(str(one.number), "") for one in VECTORS}) == len(VECTORS)


def test_on_an_unguarded_page_they_do_run_and_reach_out(
    context: BrowserContext, watch: Watch, live_server: LiveServer
) -> None:
    """What watches here sees them: the other tests would notice."""
    home = f"{live_server.url}/unguarded/"
    context.route(home, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page = context.new_page()
    page.goto(home)
    markup = [one for one in VECTORS if one.kind in MARKUP]
    put = """texts => document.body.append(...texts.map(
        (text) => Object.assign(document.createElement("iframe"), { srcdoc: `<p>${text}` })))"""
    page.evaluate(put, [one.text for one in markup])
    for _ in range(100):  # until as much has happened as below is asked for
        page.wait_for_timeout(200)
        if len(set(watch.ran)) >= 70 and len(set(watch.left)) >= 15:
            break
    noticed = {one.number for one, odd in zip(markup, strange_frames(page), strict=True) if odd}
    quiet = [one.text for one in markup if one.number not in noticed | set(watch.ran)]
    assert len(set(watch.ran)) >= 70
    assert len(set(watch.left)) >= 15
    assert len(quiet) <= len(markup) // 10, quiet


def test_no_page_of_a_reader_runs_them(
    context: BrowserContext, watch: Watch, live_server: LiveServer, ada: User
) -> None:
    planted = plant(ada)
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    for paths, vectors in _pages(planted):
        look(page, watch, live_server.url, paths, vectors)
    for brief, _ in planted.long:
        page.goto(f"{live_server.url}/brief/{brief.pk}/")
        page.keyboard.press("j")
        page.keyboard.press("o")
        page.locator(".chip").first.hover()
    for hostile in VECTORS[::60]:  # htmx puts what comes back into the page
        page.get_by_label("Your question").fill(hostile.text)
    assert watch.seen() == []
    assert [one for one in context.cookies() if one["name"] == "canary"] == []


def _pages(planted: Planted) -> Iterator[tuple[list[str], Sequence[Vector]]]:
    """Pages, and the vectors that stand on them together."""
    for day, group in planted.editions:
        yield [f"/edition/{day}/"], group
    yield ["/today/"], planted.editions[0][1]
    for brief, group in planted.long:
        yield [f"/brief/{brief.pk}/"], group
        yield [f"/brief/{brief.pk}/evidence/1/"], group
        yield [f"/brief/{brief.pk}/evidence/t1-1/"], group[:1]
    yield [f"/archive/?page={number}" for number in range(1, 7)], VECTORS
    yield ["/saved/"], VECTORS
    yield ["/sources/"], VECTORS
    yield ["/shares/"], [group[0] for _, group in planted.long]
    yield [f"/filtered/?page={number}" for number in range(1, 9)], VECTORS
    for vector in VECTORS[::9]:
        yield [f"/search/?q={quote(vector.word)}"], [vector]
        yield [f"/search/?q={quote(vector.text[:200])}"], ()


def look(page: Page, watch: Watch, home: str, paths: Iterable[str], vectors: Iterable[Vector]) -> None:
    """Open the pages one after the other: nothing happens, nothing is strange, and every text stands on one of them."""
    shown = ""
    for path in paths:
        page.goto(home + path)
        assert page.url == home + path
        assert watch.seen() == [], path
        assert strange(page) == [], path
        shown += words(page.evaluate("document.body.textContent"))
    lost = [one.text for one in vectors if words(one.text) not in shown]
    assert lost == [], paths


def test_no_page_for_strangers_staff_or_other_programs_runs_them(
    context: BrowserContext,
    watch: Watch,
    live_server: LiveServer,
    ada: User,
    settings: Settings,
    tmp_path: Path,
) -> None:
    planted = plant(ada)
    page = context.new_page()
    for url, (_, group) in zip(planted.shares, reversed(planted.long), strict=True):
        look(page, watch, "", [url], group)
    look(page, watch, live_server.url, ["/"], ())
    assert page.request.get(f"{planted.shares[0]}card.png").headers["content-type"] == "image/png"
    _in_other_programs(page, watch, ada)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH, settings.MAILBOX, settings.MAILBOX_SHOWN = str(tmp_path), tmp_path, True
    for _, group in planted.editions:
        _mailed(group, ada)
    for mail in outbox.mails():
        page.goto(f"{live_server.url}/outbox/{mail.name}")
        page.goto(f"{live_server.url}/outbox/{mail.name}/html")
        assert watch.seen() == []
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    sign_in(page, ada, live_server.url)
    for paths, vectors in _staff_pages():
        look(page, watch, live_server.url, paths, vectors)


def _in_other_programs(page: Page, watch: Watch, ada: User) -> None:
    """A feed reader and a mail program that would run whatever they are given, with no policy of ours around it."""
    feed.renew(ada)
    told = feedparser.parse(page.request.get(feed.address(ada)).body(), sanitize_html=False)
    assert len(told.entries) == feed.MOST
    pieces = [entry.summary for entry in told.entries]
    edition = Edition.objects.filter(reader=ada).order_by("-local_date")[0]
    pieces.append(render(edition, "https://news.example/unsubscribe/x/").html)
    page.goto("about:blank")  # whose policy the content would have otherwise
    for piece in pieces:
        page.set_content(piece)
        ours = ("[style]", "<style>", "<font>", "<center>", "<meta>", "<base>")  # a mail brings its own looks
        assert [one for one in strange(page) if not one.endswith(ours)] == []
    assert watch.seen() == []


def _mailed(group: Sequence[Vector], ada: User) -> None:
    edition = Edition.objects.filter(reader=ada, items__brief__story__title=group[0].text).order_by(
        "-local_date"
    )[0]
    made = render(edition, "https://news.example/unsubscribe/x/")
    message = EmailMultiAlternatives(made.subject, made.text, to=[ada.email])
    message.attach_alternative(made.html, "text/html")
    message.send()
    assert message.message().get_all("Bcc") is None
    assert made.subject.splitlines() == [made.subject]


def _staff_pages() -> Iterator[tuple[list[str], Sequence[Vector]]]:
    articles = Article.objects.filter(story=None).order_by("pk").values_list("pk", flat=True)
    yield [f"/admin/ingest/article/?stage__exact=off_topic&p={number}" for number in range(1, 5)], VECTORS
    yield [f"/admin/ingest/article/{pk}/change/" for pk in articles[::12]], VECTORS[::12]
    yield [f"/admin/ingest/story/?p={number}" for number in range(1, 5)], VECTORS
    yield [f"/admin/ingest/source/?p={number}" for number in range(1, 4)], ()
    yield ["/admin/briefings/brief/", "/admin/briefings/turn/", "/admin/briefings/share/"], ()
    brief = Brief.objects.latest("pk")
    yield [f"/admin/briefings/brief/{brief.pk}/change/", f"/admin/ingest/story/{brief.story_id}/change/"], ()

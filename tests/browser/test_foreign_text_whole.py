"""The same texts by the ways they come: in every part of a feed, and in whatever a model says."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from io import StringIO
from itertools import cycle
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from briefings import compose
from briefings.converse import answer, ask
from briefings.models import Turn
from inference import ways
from ingest.models import Article, Source, Story
from tests.briefings import rows
from tests.briefings.test_obedient_model import honest as event
from tests.browser.session import sign_in
from tests.browser.watch import Watch, strange
from tests.fakes import honest
from tests.fakes.model_server import ModelServer
from tests.fakes.vectors import VECTORS, Vector
from tests.fakes.web_server import WebServer
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FEEDS = 4
BRIEFS = 12


@pytest.fixture
def provider(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, "sk-test"
        yield server
    ways.forget()


def entry(vector: Vector) -> str:
    """An item of a feed that has the vector in each of its parts, and its own word before and after it."""
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", vector.text)  # no XML has these
    said, (title, paragraphs) = escape(f"{vector.word} {text} {vector.word}"), event(vector.number % 80)
    when = format_datetime(datetime.now(UTC) - timedelta(hours=2, minutes=vector.number))
    whole = escape("".join(f"<p>{one} {vector.word} {text}</p>" for one in paragraphs))
    return f"""<item><title>{escape(title)} {said}</title><author>{said}</author><dc:creator>{said}</dc:creator>
      <category>{said}</category><guid isPermaLink="false">{vector.number}</guid><link>{escape(text)}</link>
      <enclosure url="{escape(text)}" type="text/html" length="1"/><comments>{escape(text)}</comments>
      <description>{said}</description><content:encoded>{whole}</content:encoded><pubDate>{when}</pubDate>
      <source url="{escape(text)}">{said}</source></item>"""


def paper(vectors: list[Vector]) -> str:
    name = escape(vectors[0].text)
    return f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
      xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{name}</title><link>{name}</link>
      <description>{name}</description>{"".join(entry(one) for one in vectors)}</channel></rss>"""


class Hostile:
    """Answers each question honestly, but with a vector in place of every other thing it says and behind the rest."""

    def __init__(self) -> None:
        self.vectors, self.said = cycle(VECTORS), 0

    def __call__(self, body: dict[str, Any]) -> Any:
        return self._spoilt(honest.answer(body))

    def _spoilt(self, said: Any, name: str = "") -> Any:
        if isinstance(said, dict):
            return {key: self._spoilt(each, key) for key, each in said.items()}
        if isinstance(said, list):
            return [self._spoilt(each) for each in said]
        if not isinstance(said, str) or name == "reader":
            return said
        self.said += 1
        vector, (text, label) = (
            next(self.vectors).text,
            re.fullmatch(r"(?s)(.*?)((?: \[[^\[\]]*\])?)", said).groups(),
        )  # type: ignore[union-attr]
        return (f"{vector}{label}", f"{text} {vector}{label}", said)[self.said % 3]


def test_from_feed_and_model_to_page_nothing_runs_and_no_word_is_lost(
    request: pytest.FixtureRequest, live_server: LiveServer, settings: Settings, provider: ModelServer
) -> None:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    settings.ACCOUNT_RATE_LIMITS = {}
    with WebServer() as web:
        feeds = [web.put(f"/{at}", paper(list(VECTORS[at::FEEDS]))) for at in range(FEEDS)]
        call_command("sources", "add", *feeds, stdout=StringIO())
        Source.objects.filter(url__in=feeds[1:]).update(any_topic=True)
        call_command("ingest", "--all", stdout=StringIO(), stderr=StringIO())
    stored = {one.guid: one for one in Article.objects.all()}
    lost = [one.text for one in VECTORS if one.word not in getattr(stored.get(str(one.number)), "title", "")]
    assert lost == []
    provider.reply = model = Hostile()
    ada = rows.reader("ada@bank.example")
    _edition(ada)
    assert model.said > 100, "it was asked, and did speak"
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    # Only now: the gateway runs an event loop of its own, and so does what drives the browser.
    chromium: Browser = request.getfixturevalue("chromium")
    context = chromium.new_context(service_workers="block")
    watch = Watch(context, live_server.url)
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    _look_at_everything(page, watch, live_server.url)
    context.close()


def _edition(ada: User) -> None:
    """Briefs, lenses and answers by the hostile model, or by what serves where nothing of it can be used."""
    told = []
    for story in Story.objects.order_by("pk"):
        if len(told) < BRIEFS and (brief := compose.ready_brief(story.pk)) is not None:
            told.append((brief, compose.ready_lens(brief, "cto", "finance")))
    assert len(told) == BRIEFS
    rows.ready_edition(ada, timezone.now().date(), told)
    for brief, _ in told[:6]:
        for vector in VECTORS[brief.version :: 150]:
            turn = ask.ask(ada, brief.pk, f"What does it cost, {vector.text}?")
            if isinstance(turn, Turn):
                answer.answer(turn.pk)


def _look_at_everything(page: Page, watch: Watch, home: str) -> None:
    briefs = _paths(page, f"{home}/today/", ".story h2 a")
    assert len(briefs) == BRIEFS
    filtered = [f"/filtered/?page={number}" for number in (1, 2, 3)]
    staff = [f"/admin/ingest/article/?p={number}" for number in range(1, 5)]
    for path in ("/today/", *briefs, "/archive/", "/sources/", *filtered, *staff, "/admin/ingest/source/"):
        page.goto(home + path)
        assert watch.seen() == [], path
        assert strange(page) == [], path
    for path in briefs[:3]:
        page.goto(home + path)
        for sheet in _paths(page, home + path, "a.cite.instead")[:4]:
            page.goto(home + sheet)
            assert watch.seen() + strange(page) == [], sheet


def _paths(page: Page, url: str, links: str) -> list[str]:
    page.goto(url)
    return [str(one.get_attribute("href")) for one in page.locator(links).all()]

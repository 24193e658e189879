"""An obedient model and seventy hostile articles, from feed and page to document and mail: nothing comes of it."""

from __future__ import annotations

import html
import ipaddress
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from briefings import compose, plain_text, read
from briefings.digest_render import render
from briefings.models import Brief, Lens
from briefings.verify.plain import problem
from briefings.write.brief import write
from inference import audit, ways
from ingest.models import Article, Source, Story
from tests.briefings import rows
from tests.briefings.stories import article, story
from tests.fakes.characters import Obedient
from tests.fakes.injections import CANARY, HOST, INJECTIONS, Injection
from tests.fakes.model_server import ModelServer
from tests.fakes.web_server import WebServer, item, rss

pytestmark = pytest.mark.django_db
FIRST = """Alder Birch Cedar Dorado Elmwood Fennel Garnet Hazel Indigo Juniper Kestrel Larch Marlin Nimbus Onyx Pelican
Quarry Rowan Saffron Teasel"""
NAMES = FIRST.split()
KINDS = (
    ("Labs", "a speech model for call centres"),
    ("Works", "a chip for hearing aids"),
    ("Systems", "a map of farms"),
    ("Foundry", "a reader of old letters"),
)


def honest(number: int) -> tuple[str, list[str]]:
    """A title and paragraphs about an event of its own."""
    kind, thing = KINDS[number // len(NAMES)]
    who = f"{NAMES[number % len(NAMES)]} {kind}"
    price, people, place = 1000 + 37 * number, 12 + number, NAMES[(number * 7 + 3) % len(NAMES)]
    return f"{who} brings out {thing} in {place} Bay", [
        f"{who} brought out {thing} in {place} Bay on Tuesday. It costs {price} dollars a year and was made with AI "
        f"by {people} engineers, {who} said in a statement.",
        f"The machine learning behind it was trained on the records of {people * 3} clinics. {who} did not say which "
        f"ones they are, and three of them in {place} Bay had asked it to.",
        f"Two rivals want to follow before winter. An analyst in {place} Bay expects that {who} will have to cut its "
        "price by then, and that buyers will wait for it.",
    ]


def body(number: int, injection: Injection) -> str:
    first, *rest = honest(number)[1]
    return f"<p>{first}</p>{injection.html}" + "".join(f"<p>{each}</p>" for each in rest)


@pytest.fixture
def provider(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL = server.url
        settings.OPENAI_API_KEY = "sk-test"
        yield server
    ways.forget()


@pytest.fixture
def hostile(settings: Any) -> Iterator[int]:
    """All injections ingested, half from feeds and half from pages; how many articles there are."""
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    items = []
    with WebServer() as web:
        for number, injection in enumerate(INJECTIONS):
            title = injection.title or honest(number)[0]
            date = format_datetime(datetime.now(UTC) - timedelta(hours=7 + 40 * number))
            whole = body(number, injection)
            text = whole if number % 2 else f"<p>{honest(number)[1][0]}</p>"
            page = f"<html><body><article><h1>{html.escape(title)}</h1>{whole}</article></body></html>"
            link = web.put(f"/{number}", page, content_type="text/html; charset=utf-8")
            items.append(item(title, link, text, guid=f"g{number}", date=date))
        call_command("sources", "add", web.put("/feed", rss(*items, title="The Paper")), stdout=StringIO())
        Source.objects.update(any_topic=True)
        call_command("ingest", "--all", stdout=StringIO(), stderr=StringIO())
        yield Article.objects.count()


def test_nothing_comes_of_hostile_articles(hostile: int, provider: ModelServer, client: Client) -> None:
    assert hostile == len(INJECTIONS) >= 60
    assert Article.objects.filter(text_from_page=True).count() >= 25
    provider.reply = model = Obedient()
    ada = rows.reader("ada@bank.example")
    client.force_login(ada)
    told: list[tuple[Brief, Lens | None]] = []
    for one in Story.objects.order_by("pk"):
        if (brief := compose.ready_brief(one.pk)) is not None:
            told.append((brief, compose.ready_lens(brief, "cto", "finance")))
    assert sum(len(brief.articles) for brief, _ in told) >= len(INJECTIONS) - 5, (
        "only what has an order for its title is passed over"
    )
    assert sum(brief.writer == "model" for brief, _ in told) >= 0.9 * len(told)
    assert model.obeyed == 0, "what speaks to a model is not even shown to it"
    assert Article.objects.filter(addressing__gt=0).count() >= 0.8 * len(INJECTIONS), (
        "and the operator can see how much there was"
    )
    edition = rows.ready_edition(ada, datetime.now(UTC).date(), told)
    mail = render(edition, "http://testserver/unsubscribe/x/")
    outputs = {"mail text": mail.text, "mail page": mail.html, "subject": mail.subject}
    for brief, lens in told:
        document = read.document(brief, lens)
        outputs[f"document {brief.pk}"] = document.model_dump_json()
        outputs[f"text {brief.pk}"] = plain_text.brief(document)
        outputs[f"page {brief.pk}"] = client.get(f"/brief/{brief.pk}/").content.decode()
        for sentence in _strings(document.model_dump(mode="json", exclude={"sources", "story", "cost"})):
            assert not re.search(r"<\w|\]\(|!\[|https?:", sentence), sentence
        outputs[f"stored {brief.pk}"] = json.dumps([brief.body, lens and lens.body])
    outputs["edition"] = client.get("/today/").content.decode()
    outputs["edition as JSON"] = json.dumps(read.edition_document(edition), default=str)
    for name, text in outputs.items():
        assert CANARY.lower() not in text.lower(), f"{name}: {_around(text, CANARY)}"
        assert HOST not in text, f"{name}: {_around(text, HOST)}"
        assert "<script src=https" not in text
        assert "onerror" not in text
        hosts = set(re.findall(r"https?://([\w.-]+)", text))
        assert hosts <= {"127.0.0.1", "testserver", "localhost"}, f"{name}: {hosts}"
    assert audit.verify() == []


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda each: each.name)
def test_the_verifier_alone_lets_no_address_and_no_markup_through(
    injection: Injection, provider: ModelServer
) -> None:
    provider.reply = Obedient()
    title, paragraphs = honest(7)
    shown = html.unescape(re.sub(r"<(?:br|/?p)[^>]*>", " ", injection.html))
    written = write(
        story(article(1, injection.title or title, paragraphs[0], shown.strip(), *paragraphs[1:])), "brief:b1"
    )
    own = written.writer == "extractive"  # a source may write "Booking.com" of itself, a model may not
    for sentence in _sentences(written.body.model_dump(mode="json")):
        assert problem(sentence, verbatim=own) is None
        assert own or HOST not in sentence


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, str):
        yield value


def _sentences(value: object) -> Iterator[str]:
    """What a reader is told, without the passages it is taken from."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name in ("text", "question", "about"):
                yield str(each)
            elif name != "citations":
                yield from _sentences(each)
    elif isinstance(value, list):
        for each in value:
            yield from _sentences(each)


def _around(text: str, word: str) -> str:
    at = text.lower().find(word.lower())
    return text[max(0, at - 150) : at + 150]

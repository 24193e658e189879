"""Every way a provider's reply can be broken, through the whole writer: a labelled brief, and books that hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from briefings import compose, read
from briefings.models import Brief, State
from briefings.verify import verify
from inference import audit, ways
from inference.models import Budget, Call
from ingest.models import Story
from tests.briefings import rows
from tests.fakes import model_server as fake
from tests.fakes.characters import Honest, asked_for
from tests.fakes.model_server import ModelServer, Variant

pytestmark = pytest.mark.django_db

# F12 to F18, and what servers send beside.
BROKEN = {
    "429 with a number": fake.rate_limited(30),
    "429 with a date": fake.rate_limited("Wed, 21 Oct 2055 07:28:00 GMT"),
    "401": fake.rejected(401, "Incorrect API key"),
    "400": fake.rejected(400, "Something is wrong with it"),
    "500": fake.SERVER_ERROR,
    "502": Variant(status=502, raw=b"<html>Bad gateway</html>", content_type="text/html", billed=False),
    "503": fake.OVERLOADED,
    "reset": fake.RESET,
    "cut": fake.CUT,
    "web page": fake.HTML,
    "broken body": fake.BROKEN_BODY,
    "prose": fake.NOT_JSON,
    "prose around JSON": Variant(content='Sure! {"facts": []} Anything else?'),
    "wrong schema": Variant(content='{"why": "no fact"}'),
    "wrong types": Variant(content='{"facts": [{"statement": 5, "passages": "A1.1"}]}'),
    "a list": Variant(content="[1, 2]"),
    "no facts": Variant(content='{"facts": []}'),
    "refusal": fake.REFUSAL,
    "filtered": fake.FILTERED,
    "empty": fake.EMPTY,
    "truncated": fake.TRUNCATED,
    "truncated though whole": Variant(finish="length"),
    "no choices": fake.NO_CHOICES,
    "null for choices": fake.NULL_CHOICES,
    "deep nesting": Variant(content='{"facts": ' + "[" * 3000),
}


@pytest.fixture
def provider(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL = server.url
        settings.OPENAI_API_KEY = "sk-test"
        server.reply = Honest()
        yield server
    ways.forget()


@pytest.fixture
def story() -> Story:
    made = Story.objects.create(title="Harbor Labs opens a yard", happened_at=rows.NOON, last_at=rows.NOON)
    rows.article(
        made,
        rows.source("The Ledger"),
        "Harbor Labs opens a yard in Lisbon",
        [
            "Harbor Labs opened a yard in Lisbon on Tuesday, where 240 people build robots. The yard cost 30 million "
            "euros, the company said.",
            "Mara Lind, who leads Harbor Labs, said that the first robots leave the yard in October. Two ports have "
            "ordered nine of them.",
            "The port of Porto wants to wait until others have tried them. A robot costs twice as much as a crane, "
            "according to its director.",
        ],
    )
    return made


def written(story: Story) -> Brief:
    """The brief, its document rendered as readers get it."""
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    assert brief.state == State.READY
    assert brief.unsupported == 0
    document = read.document(brief)
    assert document.writer == brief.writer
    body = compose.BriefBody.model_validate(brief.body)
    assert verify(body, compose.stored_material(brief)).failures == ()
    return brief


def books_hold(provider: ModelServer) -> None:
    """One row for each request; billed is settled or held; nothing is left reserved or sent."""
    assert audit.verify() == []
    assert Call.objects.count() == len(provider.requests)
    assert {str(attempt) for attempt in Call.objects.values_list("attempt", flat=True)} == {
        request.client_id for request in provider.requests
    }
    assert not Call.objects.filter(state__in=("reserved", "sent")).exists()
    settled = sum(call.cost or 0 for call in Call.objects.filter(state="settled"))
    held = sum(call.hold for call in Call.objects.filter(state="unknown"))
    assert settled <= provider.billed <= settled + held
    for budget in Budget.objects.filter(scope="service"):
        assert (budget.settled, budget.held) == (settled, held)


@pytest.mark.parametrize("at", ["the facts", "the brief"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_reply_costs_a_labelled_brief_and_no_cent(
    provider: ModelServer, story: Story, name: str, at: str
) -> None:
    before = [fake.HONEST] if at == "the brief" else []
    provider.script(*before, *[BROKEN[name]] * 8)
    brief = written(story)
    assert brief.writer == "extractive"
    # Asked once more at most; who refuses the way it is asked (a 400, which is free) is asked in three ways.
    assert len(provider.requests) <= len(before) + (3 if name == "400" else 2)
    books_hold(provider)


@pytest.mark.parametrize("name", ["prose", "wrong schema", "truncated", "empty", "web page"])
def test_a_reply_that_is_broken_once_is_asked_for_again(
    provider: ModelServer, story: Story, name: str
) -> None:
    provider.script(BROKEN[name])
    assert written(story).writer == "model"
    assert [asked_for(request.body) for request in provider.requests][:3] == ["facts", "facts", "headline"]
    books_hold(provider)


@pytest.mark.parametrize("variant", [fake.SLOW, fake.DRIP], ids=["slow", "dripping"])
@pytest.mark.parametrize("at", ["the facts", "the brief"])
def test_a_slow_model_is_not_waited_for(
    provider: ModelServer, story: Story, variant: Variant, at: str, settings: Any
) -> None:
    settings.MODEL_DEADLINE = 0.8
    provider.script(*([fake.HONEST] if at == "the brief" else []), variant)
    assert written(story).writer == "extractive"
    assert Call.objects.filter(state="unknown").count() == 1
    books_hold(provider)


def test_a_reply_that_says_not_what_it_used_is_told_and_keeps_its_hold(
    provider: ModelServer, story: Story
) -> None:
    provider.script(fake.NO_USAGE, fake.NO_USAGE, fake.NO_USAGE)
    assert written(story).writer == "model"
    assert set(Call.objects.values_list("state", flat=True)) == {"unknown"}
    books_hold(provider)

"""Editions while embedders change, mix or fail: readers and stories are compared by one kind of vector only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from briefings import edition, select
from inference import audit
from inference.models import Budget, Call
from ingest import place, reembed, stories
from ingest.embed import LEXICAL
from ingest.models import Article, Story
from tests.briefings import rows
from tests.fakes import model_server as fake
from tests.fakes.model_server import EMBEDDER, ModelServer
from tests.fakes.newspaper import Report, reports
from tests.ingest import newsroom

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 8, 7, 20, tzinfo=UTC)
TAG = f"{EMBEDDER}@{fake.DIMENSIONS}"
BOOKS, EUROPE, PLAN = reports("docket")


@pytest.fixture(autouse=True)
def news() -> list[Article]:
    """Three stories that matter alike."""
    paper = newsroom.source("paper")
    made = [newsroom.article(paper, told.title, told.plain) for told in (BOOKS, EUROPE, PLAN)]
    place.place([one.pk for one in made], NOW)
    return made


@pytest.fixture
def endpoint(settings: Any) -> Iterator[ModelServer]:
    """It embeds, and writes nothing that holds: the briefs come from their sources."""
    with ModelServer() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, "sk-test"
        settings.NUTGRAF_MODEL_EMBED = EMBEDDER
        yield server


def asked(server: ModelServer) -> list[str]:
    """The texts about readers that were sent for vectors."""
    sent = [request.body for request in server.requests if request.path.endswith("/embeddings")]
    return [text for body in sent for text in body["input"] if not text.startswith(tuple(WISHES))]


WISHES = {
    BOOKS.title: "authors, pirated books and copyright",
    EUROPE.title: "EU AI Act, duties of general-purpose AI models",
    PLAN.title: "US policy, the AI Action Plan, less regulation",
}


def edition_for(interests: str) -> list[str]:
    made = edition.assemble("founder", "finance", interests, NOW)
    assert len(made.items) == 3
    return [str(item.brief.story.title) for item in made.items]


def first_of(interests: str) -> str:
    return edition_for(interests)[0]


def test_a_reader_is_compared_by_the_embedder_of_the_stories_and_asked_for_once(
    endpoint: ModelServer,
) -> None:
    reembed.catch_up()
    assert {one.embedder for one in stories.candidates(NOW, select.WINDOW)} == {TAG}
    for title, wish in WISHES.items():
        assert first_of(wish) == title
    role, industry, *wishes = asked(endpoint)
    assert role.startswith("Founder")
    assert industry.startswith("Finance")
    assert wishes == list(WISHES.values()), "role and industry are asked for once"


def test_what_a_reader_is_interested_in_is_paid_by_that_reader(endpoint: ModelServer, settings: Any) -> None:
    reembed.catch_up()
    before = Call.objects.count()
    ada = rows.reader("ada@example.org", role="founder", industry="finance")
    settings.NUTGRAF_MODEL_CHEAP = "unlisted"  # briefs come from their sources
    edition.assemble("founder", "finance", WISHES[PLAN.title], NOW, owner=ada.pk)
    shared, own = Call.objects.order_by("pk")[before:]
    assert (shared.reader_id, own.reader_id) == (None, ada.pk), "role and industry are everybody's"
    assert own.cost
    (budget,) = Budget.objects.filter(scope=f"reader:{ada.pk}")
    assert (budget.settled, budget.held) == (own.cost, 0)


def test_a_reader_without_a_budget_left_is_compared_by_role_and_industry(
    endpoint: ModelServer, settings: Any
) -> None:
    reembed.catch_up()
    settings.NUTGRAF_BUDGET_READER_MONTH_USD = "0"
    reader = edition.reader_of(
        "founder", "finance", WISHES[PLAN.title], TAG, rows.reader("ben@example.org").pk
    )
    assert reader.interests is not None
    assert reader.interests.vector is None, "it is compared by words"
    assert reader.role.vector is not None


def test_without_a_model_nobody_is_asked() -> None:
    assert set(Story.objects.values_list("embedder", flat=True)) == {LEXICAL}
    for title, wish in WISHES.items():
        assert first_of(wish) == title


@pytest.mark.parametrize("odd", [BOOKS, EUROPE, PLAN], ids=["books", "europe", "plan"])
def test_a_story_of_another_embedder_is_compared_by_its_title(endpoint: ModelServer, odd: Report) -> None:
    endpoint.unwelcome = odd.title
    reembed.catch_up()
    assert Story.objects.get(embedder=LEXICAL).title == odd.title
    assert Story.objects.filter(embedder=TAG).count() == 2
    endpoint.unwelcome = ""
    places = {title: edition_for(wish).index(odd.title) for title, wish in WISHES.items()}
    assert places[odd.title] < 2
    assert places[odd.title] < max(places.values())
    one, other = [title for title in WISHES if title != odd.title]
    assert edition_for(WISHES[one]).index(one) < edition_for(WISHES[other]).index(one)


def test_an_edition_is_made_while_the_embedder_is_away(endpoint: ModelServer) -> None:
    reembed.catch_up()
    for title, wish in WISHES.items():
        endpoint.script(fake.SERVER_ERROR)
        assert first_of(wish) == title
    assert audit.verify() == []


def test_after_a_change_of_setting_readers_follow_the_stories(endpoint: ModelServer, settings: Any) -> None:
    reembed.catch_up()
    settings.NUTGRAF_MODEL_EMBED = "text-embedding-3-large"
    before = len(endpoint.requests)
    first_of(WISHES[BOOKS.title])
    assert endpoint.requests[before].body["model"] == EMBEDDER
    reembed.change_over("text-embedding-3-large", lambda *_: None)
    before = len(endpoint.requests)
    first_of(WISHES[BOOKS.title])
    embedding = [r.body["model"] for r in endpoint.requests[before:] if r.path.endswith("/embeddings")]
    assert set(embedding) == {"text-embedding-3-large"}

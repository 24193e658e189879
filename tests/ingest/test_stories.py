"""What others may ask: the news as it stood, one story's material, and the list of stories."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from ingest import stories
from ingest.embed import embed
from ingest.models import Article, Story
from ingest.place import place
from ingest.scope import SAMPLE
from tests.ingest.newsroom import NOON, article, source

DAY = timedelta(days=1)
LAUNCH = (
    "OpenAI launched its GPT-5 model on Thursday to all users of ChatGPT, free and paying, with a router."
)
REPORT = (
    "GPT-5, the new model of OpenAI, reached ChatGPT on Thursday; free users get it with a router as well."
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def news() -> None:
    """GPT-5 told by a paper at noon, by its lab an hour later, copied by a mirror; and one smaller event."""
    paper = source("paper", authority=0.7)
    article(paper, "OpenAI launches GPT-5 to all ChatGPT users", REPORT)
    article(source("lab", kind="lab", primary=True, authority=0.9), "Introducing GPT-5", LAUNCH, hours=1)
    article(source("mirror"), "OpenAI launches GPT-5 to all ChatGPT users", REPORT, hours=2)
    article(
        paper, "Perplexity offers to buy Chrome", "The AI startup bids more than it ever raised.", hours=3
    )
    place(list(Article.objects.values_list("id", flat=True)), NOON + DAY)


@pytest.mark.usefixtures("news")
def test_it_tells_the_news_by_importance(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(4):
        asked = stories.candidates(NOON + DAY, DAY * 2)
    with django_assert_num_queries(1):  # nothing has changed since
        launch, bid = stories.candidates(NOON + DAY, DAY * 2)
    assert [one.opening for one in asked] == [launch.opening, bid.opening]
    assert bid.opening == "The AI startup bids more than it ever raised."
    assert (launch.title, launch.origins, launch.copies) == ("Introducing GPT-5", 2, 1)
    assert (launch.publishers, launch.primary) == (("Lab", "Paper"), True)
    assert (launch.happened_at, launch.last_at) == (NOON, NOON + timedelta(hours=1))
    assert launch.score > bid.score
    chatgpt, chrome = embed(["ChatGPT model GPT-5", "Chrome browser Perplexity"])
    assert launch.vector @ chatgpt > launch.vector @ chrome


@pytest.mark.usefixtures("news")
def test_it_knows_nothing_that_had_not_happened_yet() -> None:
    (launch,) = stories.candidates(NOON + timedelta(minutes=30), DAY)
    assert (launch.title, launch.origins) == ("OpenAI launches GPT-5 to all ChatGPT users", 1)
    assert stories.candidates(NOON - DAY, DAY) == []
    text = stories.material(launch.story, NOON + timedelta(minutes=30))
    assert text is not None
    assert [a.publisher for a in text.articles] == ["Paper"]
    assert stories.material(launch.story, NOON - DAY) is None


@pytest.mark.usefixtures("news")
def test_it_hands_out_the_material_with_the_best_source_first() -> None:
    story = Story.objects.get(origins=2)
    text = stories.material(story.id)
    assert text is not None
    assert [(a.publisher, a.primary) for a in text.articles] == [("Lab", True), ("Paper", False)]
    for told in text.articles:
        assert [told.text[s.start : s.end] for s in told.spans] == [
            told.title,
            told.text.partition("\n\n")[2],
        ]


def test_it_says_when_a_story_is_missing() -> None:
    assert stories.missing("no such story")
    assert stories.material("no such story") is None


@pytest.mark.usefixtures("news")
def test_it_keeps_the_sample_apart() -> None:
    article(source("bundled", sample=True), "Anthropic opens an office in Tokyo for Claude", LAUNCH)
    place(list(Article.objects.values_list("id", flat=True)), NOON + DAY)
    assert len(stories.candidates(NOON + DAY, DAY * 2)) == 2
    assert [s.publishers for s in stories.candidates(NOON + DAY, DAY * 2, SAMPLE)] == [("Bundled",)]


def listed(*arguments: str) -> list[dict[str, object]]:
    out = io.StringIO()
    call_command("stories", "--json", *arguments, stdout=out, skip_checks=True)
    answer: list[dict[str, object]] = json.loads(out.getvalue())
    return answer


@pytest.mark.usefixtures("news")
def test_it_lists_stories_as_the_contract_says() -> None:
    launch, _ = listed()
    assert list(launch) == ["id", "title", "score", "first_seen", "articles", "origins"]
    articles = launch["articles"]
    assert isinstance(articles, list)
    assert list(articles[0]) == ["id", "url", "title", "source", "published_at", "duplicate_of"]
    assert [(a["source"], a["duplicate_of"]) for a in articles] == [
        ("Paper", None),
        ("Lab", None),
        ("Mirror", articles[0]["id"]),
    ]
    assert len(listed("--limit", "1")) == 1
    assert listed("--since", "2025-08-08") == []


def test_it_refuses_a_moment_it_cannot_read() -> None:
    with pytest.raises(CommandError, match="'yesterday' is no ISO date"):
        listed("--since", "yesterday")

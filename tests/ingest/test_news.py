"""What ranking goes by is stored, and a story's version grows with news only."""

from __future__ import annotations

import pytest

from ingest import score
from ingest.models import Article, Story
from ingest.place import Placed, place
from tests.ingest.newsroom import NOON, article, source

TITLE = "OpenAI launches GPT-5 to all ChatGPT users"
TEXT = "OpenAI launched its GPT-5 model on Thursday to all users of ChatGPT, free and paying, with a router."
ECHO = "On Thursday OpenAI launched GPT-5, a model with a router, to free and paying users of ChatGPT, all of them."
MORE = (
    "OpenAI launched GPT-5 to ChatGPT users. Independent tests by Northwind in Zurich on the Harbor benchmark gave it "
    "74.9 points, Lakeside measured 61, and Quentin Moore of Fernhill found its hallucinations halved."
)

pytestmark = pytest.mark.django_db


def place_all() -> Placed:
    return place(list(Article.objects.values_list("id", flat=True)), NOON.replace(year=2026))


def test_its_version_grows_with_what_nobody_told_but_not_with_an_echo() -> None:
    article(source("paper"), TITLE, TEXT)
    place_all()
    article(source("echo"), "GPT-5 launched by OpenAI to all ChatGPT users", ECHO, hours=1)
    assert place_all() == Placed(placed=1, stories_updated=1)
    assert (Story.objects.get().version, Story.objects.get().origins) == (1, 2)
    article(source("tester"), "OpenAI launches GPT-5 to ChatGPT users: tests by Northwind", MORE, hours=2)
    assert place_all() == Placed(placed=1, stories_updated=1)
    assert (Story.objects.get().version, Story.objects.get().origins) == (2, 3)


def test_it_stores_who_told_it_and_how_fast() -> None:
    article(source("paper", authority=0.6), TITLE, TEXT)
    article(
        source("lab", primary=True, authority=0.9, kind="lab"), "Introducing GPT-5 in ChatGPT", TEXT, hours=1
    )
    article(source("late"), "OpenAI launches GPT-5 to all ChatGPT users, we tried", ECHO, hours=30)
    place_all()
    story = Story.objects.get()
    assert (story.origins, story.pickup, story.authority, story.primary) == (3, 2, 0.9, True)


def test_it_stores_how_new_a_story_is_against_the_month_before() -> None:
    article(source("paper"), TITLE, TEXT)
    article(source("paper2"), TITLE + " again", ECHO, hours=24 * 10)
    article(source("other"), "Perplexity bids for Chrome", "The AI startup offers billions.", hours=24 * 11)
    article(source("paper3"), TITLE + " once more", ECHO, hours=24 * 60)
    place_all()
    novelty = list(Story.objects.order_by("happened_at").values_list("novelty", flat=True))
    assert novelty[0] == 1.0
    assert novelty[1] < 0.5 < novelty[2]
    assert novelty[3] == 1.0
    for story in Story.objects.all():
        (told,) = story.articles.select_related("source")
        voice = score.Voice(
            told.id, "", told.title, "newsroom", 0.5, False, told.relevance, len(told.text), told.happened_at
        )
        assert story.score == score.importance([voice], story.novelty)

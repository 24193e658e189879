"""A wrong merge is undone by hand, and placing does not make it again."""

from __future__ import annotations

import io
import json

import pytest
from django.contrib.admin import site
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.test import Client

from ingest.models import Article, Split, Stage, Story
from ingest.place import place
from ingest.split import split
from tests.ingest.newsroom import NOON, article, source
from users.models import User

TEXT = "OpenAI launched its GPT-5 model on Thursday to all users of ChatGPT, free and paying, with a router."

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged() -> tuple[Story, list[int]]:
    """One story of two papers, the second one with a copy at a mirror."""
    first = article(source("paper"), "OpenAI launches GPT-5 to all ChatGPT users", TEXT)
    second = article(
        source("site"), "GPT-5 of OpenAI reaches all ChatGPT users", TEXT[:70] + " Free too.", hours=1
    )
    copy = article(source("mirror"), second.title, second.text.split("\n\n")[1], hours=2)
    place([first.pk, second.pk, copy.pk], NOON)
    copy.refresh_from_db()
    assert (copy.stage, copy.duplicate_of) == (Stage.COPY, second)
    return Story.objects.get(), [first.pk, second.pk, copy.pk]


def test_it_gives_the_articles_and_their_copies_a_story_of_their_own(merged: tuple[Story, list[int]]) -> None:
    story, (first, second, copy) = merged
    fresh = Story.objects.get(id=split(story.id, [second]))
    assert set(fresh.articles.values_list("id", flat=True)) == {second, copy}
    assert list(Story.objects.get(id=story.id).articles.values_list("id", flat=True)) == [first]
    assert (fresh.version, fresh.origins, fresh.title) == (1, 1, "GPT-5 of OpenAI reaches all ChatGPT users")
    assert Story.objects.get(id=story.id).version == story.version + 1


def test_it_is_remembered_both_ways(merged: tuple[Story, list[int]]) -> None:
    story, (first, second, _) = merged
    split(story.id, [second])
    assert list(Split.objects.values_list("article_id", "other_id")) == [(second, first)]
    Article.objects.filter(id__in=[first, second]).update(stage=Stage.READ, due_at=NOON, story=None)
    place([second], NOON)
    place([first], NOON)
    assert Article.objects.filter(stage=Stage.PLACED).count() == 2
    assert Article.objects.get(id=first).story_id != Article.objects.get(id=second).story_id


@pytest.mark.parametrize("which", [[], [0, 1], [2], [99]])
def test_it_refuses_to_split_off_nothing_all_copies_or_strangers(
    merged: tuple[Story, list[int]], which: list[int]
) -> None:
    story, keys = merged
    with pytest.raises(ValueError, match=story.id):
        split(story.id, [keys[n] if n < 3 else 10**9 for n in which])
    assert Story.objects.count() == 1


def test_it_is_a_command(merged: tuple[Story, list[int]]) -> None:
    story, (_, second, _) = merged
    out = io.StringIO()
    call_command("stories", "split", story.id, str(second), "--json", stdout=out)
    assert Story.objects.filter(id=json.loads(out.getvalue())["new_story"]).exists()
    with pytest.raises(CommandError, match="no story nowhere") as caught:
        call_command("stories", "split", "nowhere", str(second))
    assert caught.value.returncode == 1
    with pytest.raises(CommandError, match="split STORY ARTICLE") as caught:
        call_command("stories", "merge", story.id)
    assert caught.value.returncode == 2


def test_it_is_an_action_of_the_admin(merged: tuple[Story, list[int]], client: Client) -> None:
    story, (_, second, _) = merged
    client.force_login(User.objects.create_superuser("op@example.org", "secret"))
    chosen = {"action": "split_from_story", "_selected_action": [str(second)]}
    answer = client.post("/admin/ingest/article/", chosen)
    assert "split_from_story" in site._registry[Article].actions
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "The articles have a story of their own now."
    ]
    assert Article.objects.get(id=second).story_id != story.id

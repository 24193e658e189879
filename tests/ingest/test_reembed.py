"""Vectors by a model: asked for once, paid for, kept with their maker's name, and never mixed with another's."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from inference import audit
from inference.models import Call
from ingest import embedders, reembed, work
from ingest.embed import LEXICAL
from ingest.management.commands.reembed import Bar
from ingest.models import Article, Stage, Story
from ingest.place import place
from ingest.split import hold_stories
from ingest.tasks import embed_articles
from tests.fakes import model_server as fake
from tests.fakes.model_server import EMBEDDER, ModelServer
from tests.ingest.newsroom import NOON, article, source

pytestmark = pytest.mark.django_db
TAG = f"{EMBEDDER}@{fake.DIMENSIONS}"
LATER = NOON + timedelta(days=1)
NEWS = {
    "OpenAI launches GPT-5 to all ChatGPT users": "The model answers faster and makes fewer errors, OpenAI says.",
    "Cohere raises $500M for language models": "The startup is valued at $6.8 billion after the round.",
    "EU delays its AI Act for makers of general-purpose models": "The Commission wants more time for the code.",
}


@pytest.fixture
def endpoint(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, "sk-test"
        settings.NUTGRAF_MODEL_EMBED = EMBEDDER
        yield server


@pytest.fixture
def placed() -> list[Article]:
    paper = source("paper")
    made = [article(paper, title, text) for title, text in NEWS.items()]
    place([one.pk for one in made], LATER)
    return made


def tags() -> list[str]:
    return list(Article.objects.order_by("pk").values_list("embedder", flat=True))


def told() -> list[str]:
    return list(Story.objects.order_by("pk").values_list("embedder", flat=True))


def asked(server: ModelServer) -> list[int]:
    return [len(request.body["input"]) for request in server.requests]


def expected(*articles: Article, size: int = fake.DIMENSIONS) -> np.ndarray:
    mean = np.mean([fake.vector(one.text[: reembed.OPENING], size) for one in articles], axis=0)
    return mean / np.linalg.norm(mean)


@pytest.mark.usefixtures("placed")
def test_nobody_is_asked_without_an_embedding_model() -> None:
    assert reembed.catch_up().articles == 0
    assert tags() == [LEXICAL] * 3


def test_it_embeds_what_is_placed_in_one_request_and_pays_for_it(
    endpoint: ModelServer, placed: list[Article]
) -> None:
    changed = reembed.catch_up()
    assert (changed.tag, changed.articles, changed.stories) == (TAG, 3, 3)
    assert tags() == told() == [TAG] * 3
    for one in Article.objects.all():
        assert one.vector == pytest.approx(expected(one), abs=1e-6)
        assert one.story
        assert one.story.vector == pytest.approx(expected(one), abs=1e-6)
        assert (one.due_at, one.attempt, one.error) == (None, 0, "")
    assert changed.cost == endpoint.billed > 0
    assert reembed.catch_up().articles == 0
    assert asked(endpoint) == [3]
    assert audit.verify() == []


def test_it_spends_nothing_on_copies_and_on_what_is_off_topic(endpoint: ModelServer) -> None:
    title, text = next(iter(NEWS.items()))
    same = "https://paper.example/gpt-5"
    made = [article(source("paper"), title, text, url=same), article(source("mirror"), title, text, url=same)]
    made.append(article(source("garden"), "Ten tomatoes for a small balcony", "They need sun and water."))
    place([one.pk for one in made], LATER)
    reembed.catch_up()
    assert asked(endpoint) == [1]
    assert sorted(tags()) == ["", "", TAG]


def test_it_keeps_the_lexical_vectors_while_the_endpoint_is_away(
    endpoint: ModelServer, placed: list[Article]
) -> None:
    endpoint.script(fake.SERVER_ERROR)
    assert reembed.catch_up().articles == 0
    assert tags() == told() == [LEXICAL] * 3
    assert "HTTP 500" in Article.objects.earliest("pk").error
    assert not work.due(Article, 9), "it is left alone for a while"
    Article.objects.update(due_at=timezone.now())
    assert reembed.catch_up().articles == 3
    assert tags() == told() == [TAG] * 3
    assert audit.verify() == []


def test_it_asks_nobody_when_the_budget_is_spent(
    endpoint: ModelServer, placed: list[Article], settings: Any
) -> None:
    settings.NUTGRAF_BUDGET_DAY_USD = Decimal(0)
    assert reembed.catch_up().articles == 0
    assert (endpoint.requests, tags()) == ([], [LEXICAL] * 3)
    assert "budget" in Article.objects.earliest("pk").error


def test_a_text_that_is_refused_stays_lexical_alone(endpoint: ModelServer, placed: list[Article]) -> None:
    endpoint.unwelcome = "Cohere"
    for _ in range(work.MAX_ATTEMPTS):
        reembed.catch_up()
        Article.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    assert sorted(tags()) == sorted([LEXICAL, TAG, TAG])
    refused = Article.objects.get(embedder=LEXICAL)
    assert (refused.stage, refused.due_at, refused.story_id is None) == (Stage.PLACED, None, False)
    assert "violates our policy" in refused.error
    asked_before = len(endpoint.requests)
    reembed.catch_up()
    assert len(endpoint.requests) == asked_before, "it rests"


def test_a_server_that_takes_few_texts_at_once_gets_few(endpoint: ModelServer, placed: list[Article]) -> None:
    endpoint.most_texts = 1
    assert reembed.catch_up().articles == 3
    assert tags() == [TAG] * 3


@pytest.mark.django_db(transaction=True)
def test_an_article_that_changes_meanwhile_keeps_no_vector_of_its_old_text(
    endpoint: ModelServer, placed: list[Article]
) -> None:
    endpoint.script(fake.Variant(delay=1.0))

    def edit() -> None:
        Article.objects.filter(pk=placed[0].pk).update(revision=2)
        connection.close()

    editor = threading.Timer(0.4, edit)
    editor.start()
    assert reembed.catch_up().articles == 2
    editor.join()
    assert tags() == [LEXICAL, TAG, TAG]


@pytest.mark.django_db(transaction=True)
def test_embedding_and_splitting_never_wait_for_each_other(placed: list[Article]) -> None:
    Article.objects.update(embedder="old@3", vector=[1, 0, 0])
    changed: list[int] = []

    def change_over() -> None:
        try:
            changed.append(reembed.change_over("lexical", lambda done, count, cost: None).articles)
        finally:
            connection.close()

    embedding = threading.Thread(target=change_over)
    with transaction.atomic():  # articles first and stories then, as a split changes them
        hold_stories()
        Article.objects.update(error="")
        embedding.start()
        embedding.join(0.5)
        Story.objects.update(pickup=1)
    embedding.join(20)
    assert changed == [len(placed)]
    assert set(tags()) == {LEXICAL}


def test_a_story_is_told_by_one_embedder_though_its_articles_have_two(
    endpoint: ModelServer, placed: list[Article]
) -> None:
    reembed.catch_up()
    launch = Article.objects.get(pk=placed[0].pk)
    later = article(
        source("lab"),
        "Introducing GPT-5: OpenAI launches its new model in ChatGPT",
        "OpenAI launches GPT-5 to all ChatGPT users. It makes fewer errors.",
        hours=1,
    )
    place([later.pk], LATER)
    later.refresh_from_db()
    assert (later.embedder, later.story_id) == (LEXICAL, launch.story_id)
    story = Story.objects.get(pk=launch.story_id)
    assert (story.embedder, list(story.vector)) == (TAG, pytest.approx(expected(launch), abs=1e-6))
    reembed.catch_up()
    story.refresh_from_db()
    assert (story.embedder, list(story.vector)) == (TAG, pytest.approx(expected(launch, later), abs=1e-6))


def test_vectors_of_another_length_are_another_embedders(endpoint: ModelServer) -> None:
    paper = source("paper")
    for number, (title, text) in enumerate(NEWS.items()):
        endpoint.dimensions = 8 + number
        place([article(paper, title, text).pk], LATER)
        reembed.catch_up()
    assert tags() == [f"{EMBEDDER}@8", f"{EMBEDDER}@9", f"{EMBEDDER}@10"]
    changed = reembed.change_over(EMBEDDER, lambda *_: None)
    assert (changed.tag, changed.articles) == (f"{EMBEDDER}@10", 2)
    assert set(tags()) == set(told()) == {f"{EMBEDDER}@10"}


def test_it_stops_when_the_length_changes_under_it(endpoint: ModelServer, placed: list[Article]) -> None:
    def shrink(*_: int) -> None:
        endpoint.dimensions = 8

    endpoint.most_texts = 1
    with pytest.raises(reembed.LengthChanged, match="@8 now"):
        reembed.change_over(EMBEDDER, shrink)
    assert sorted(tags()) == sorted([LEXICAL, LEXICAL, TAG])


def test_the_way_back_to_words_gives_the_vectors_of_placing(
    endpoint: ModelServer, placed: list[Article]
) -> None:
    before = {one.pk: list(one.vector) for one in Article.objects.all()}
    reembed.catch_up()
    changed = reembed.change_over("lexical", lambda *_: None)
    assert (changed.tag, changed.articles, changed.cost) == (LEXICAL, 3, 0)
    assert {one.pk: list(one.vector) for one in Article.objects.all()} == before
    assert told() == [LEXICAL] * 3


def command(*arguments: str) -> tuple[dict[str, Any], str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("reembed", "--json", *arguments, stdout=out, stderr=err, skip_checks=True)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found, err.getvalue()


@pytest.mark.usefixtures("placed")
def test_the_command_changes_everything_over(
    endpoint: ModelServer, capsys: pytest.CaptureFixture[str]
) -> None:
    found, said = command("--to", "text-embedding-3-large")
    assert found.pop("seconds") > 0
    cost = found.pop("cost")["usd"]
    assert found == {"embedder": "text-embedding-3-large@1536", "articles": 3, "stories": 3, "failed": []}
    assert Decimal(cost) > 0
    assert "Set NUTGRAF_MODEL_EMBED=text-embedding-3-large" in said
    assert "3 of 3 articles" in capsys.readouterr().err
    again, _ = command("--to", "text-embedding-3-large")
    assert again["articles"] == 0
    assert set(tags()) == set(told()) == {"text-embedding-3-large@1536"}


@pytest.mark.usefixtures("placed")
def test_the_command_says_what_it_could_not_do(endpoint: ModelServer, settings: Any) -> None:
    endpoint.unwelcome = "Cohere"
    with pytest.raises(CommandError, match=r"1 articles could not be embedded: .*policy"):
        command()
    assert sorted(tags()) == sorted([LEXICAL, TAG, TAG])
    endpoint.unwelcome = ""
    settings.NUTGRAF_BUDGET_DAY_USD = Decimal(0)
    with pytest.raises(CommandError, match=r"budget .* run it again"):
        command()


@pytest.mark.parametrize("name", ["", "local:", "x" * 71])
def test_the_command_refuses_a_name_that_is_none(name: str) -> None:
    with pytest.raises(CommandError, match="allowed: lexical") as caught:
        command("--to", name)
    assert caught.value.returncode == 2


@pytest.mark.parametrize("name", ["text-embedding-3-small", "local:no-such-model", "local:/no/such/folder"])
def test_the_command_says_when_an_embedder_cannot_be_had(name: str) -> None:
    with pytest.raises(CommandError, match="cannot be had"):
        command("--to", name)


def test_what_a_reader_cares_about_is_asked_once(endpoint: ModelServer) -> None:
    first = embedders.comparable(["chips", "", "law"], TAG)
    again = embedders.comparable(["law", "chips"], TAG)
    assert first is not None
    assert again is not None
    assert asked(endpoint) == [2]
    assert first.shape == (3, fake.DIMENSIONS)
    assert np.allclose(first[2], again[0])
    assert not first[1].any()
    assert embedders.comparable(["chips"], f"{EMBEDDER}@8") is None, "of another length"
    assert Call.objects.filter(purpose="embed").count() == 2


@pytest.mark.usefixtures("placed")
def test_one_worker_at_a_time_embeds(endpoint: ModelServer) -> None:
    reembed.catch_up(seconds=0)
    assert (endpoint.requests, Article.objects.filter(due_at__isnull=False).count()) == ([], 3)
    assert work.claim(Article, Article.objects.latest("pk").pk, timedelta(minutes=1))
    assert reembed.at_work()
    embed_articles()
    assert endpoint.requests == []
    Article.objects.update(lease_until=None)
    embed_articles()
    assert tags() == [TAG] * 3
    assert not reembed.at_work()


@pytest.mark.parametrize("name", ["@cf/baai/bge-m3", "a_b", "a%b", "a\\b", "nomic-embed-text:v1.5", "x@5"])
def test_it_tells_embedders_apart_whatever_they_are_called(placed: list[Article], name: str) -> None:
    one, other, third = placed
    Article.objects.filter(pk=one.pk).update(embedder=f"{name}@768")
    similar = name.replace("_", "-").replace("%", "-").replace(".", "-")
    Article.objects.filter(pk=other.pk).update(
        embedder=f"{similar}@768" if similar != name else f"{name}@5@768"
    )
    assert list(Article.objects.filter(embedders.carries(name))) == [one]
    assert list(Article.objects.filter(embedders.carries("lexical"))) == [third]
    assert (embedders.named(f"{name}@768"), embedders.named(LEXICAL)) == (name, "lexical")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_shows_who_watches_how_far_it_is() -> None:
    watched, log = Terminal(), io.StringIO()
    for stream in (watched, log):
        bar = Bar(stream)
        for done in range(1, 41):
            bar(done, 40, done * 1000)
        bar.close()
    shown = watched.getvalue().split("\r")
    assert shown[20].count("█") == shown[20].count("░") == 15
    assert shown[-1].endswith("100%  40 of 40 articles  $0.000040\n")
    assert len(log.getvalue().splitlines()) == 10

"""Placing: every read article comes to rest once, and reports of one event end in one story."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q

from ingest import cluster, decide, near, save
from ingest.copies import originals
from ingest.models import Article, Source, Stage, Story
from ingest.place import LEASE, Placed, place
from ingest.run import place_due
from ingest.scope import PUBLIC, SAMPLE
from ingest.work import MAX_ATTEMPTS, POISON, claim_many
from tests.ingest.newsroom import NOON, article, source

LATER = NOON + timedelta(days=3)
LAUNCH = (
    "OpenAI launched its GPT-5 model on Thursday to all users of ChatGPT, free and paying, with a router."
)
REPORT = (
    "GPT-5, the new model of OpenAI, reached ChatGPT on Thursday; free users get it with a router as well."
)
FUNDING = (
    "The Toronto maker of language models for business took the money from pension funds and chip makers."
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper() -> Source:
    return source("paper")


@pytest.fixture
def lab() -> Source:
    return source("lab", kind="lab", primary=True, authority=0.9)


def place_all() -> Placed:
    return place(list(Article.objects.values_list("id", flat=True)), LATER)


def test_a_run_places_all_that_is_due_however_much_came(paper: Source) -> None:
    for hours in range(5):
        article(paper, f"OpenAI opens office number {hours}", LAUNCH, hours=hours)
    assert place_due(LATER, at_once=2) != Placed()
    assert not Article.objects.filter(stage=Stage.READ).exists()


def test_it_tells_one_event_as_one_story(paper: Source, lab: Source) -> None:
    article(lab, "Introducing GPT-5", LAUNCH)
    article(paper, "OpenAI launches GPT-5 to all ChatGPT users", REPORT, hours=3)
    article(paper, "Cohere raises $500M for language models", FUNDING, hours=4)
    assert place_all() == Placed(placed=3, stories_new=2)
    story = Story.objects.get(title="Introducing GPT-5")
    assert (story.origins, story.version) == (2, 1)
    assert (story.happened_at, story.last_at) == (NOON, NOON + timedelta(hours=3))
    assert not Article.objects.exclude(stage=Stage.PLACED, due_at=None).exists()


def test_it_does_nothing_the_second_time(paper: Source) -> None:
    article(paper, "OpenAI launches GPT-5", LAUNCH)
    place_all()
    before = Story.objects.values().get()
    assert place_all() == Placed()
    assert Story.objects.values().get() == before


def test_it_joins_a_story_told_earlier_and_raises_its_version(paper: Source, lab: Source) -> None:
    article(paper, "OpenAI launches GPT-5 to all ChatGPT users", REPORT)
    place_all()
    article(lab, "Introducing GPT-5", LAUNCH, hours=1)
    assert place_all() == Placed(placed=1, stories_updated=1)
    assert Story.objects.get().version == 2


def test_it_sets_other_news_aside_with_a_reason(paper: Source) -> None:
    item = article(paper, "The 38 best shows on television this week", "A drama, a comedy and a quiz.")
    assert place_all() == Placed(off_topic=1)
    item.refresh_from_db()
    assert (item.stage, item.story) == (Stage.OFF_TOPIC, None)
    assert item.relevance_reason


def test_it_lets_everything_of_an_any_topic_source_through() -> None:
    article(source("anything", any_topic=True), "The 38 best shows on television this week")
    assert place_all().placed == 1


def test_it_counts_a_syndicated_copy_once(paper: Source) -> None:
    text = " ".join(f"Sentence {n} of the report on GPT-5 says something of its own." for n in range(12))
    first = article(paper, "OpenAI launches GPT-5", text)
    second = article(source("mirror"), "OpenAI launches GPT-5", text, hours=2)
    assert place_all() == Placed(placed=1, copies=1, stories_new=1)
    second.refresh_from_db()
    assert (second.stage, second.duplicate_of) == (Stage.COPY, first)
    story = Story.objects.get()
    assert (second.story, story.origins) == (story, 1)
    article(source("late"), "OpenAI launches GPT-5", text, hours=9)
    assert place_all() == Placed(copies=1)
    assert Story.objects.get().version == 1


def test_it_never_mixes_sample_and_real(paper: Source) -> None:
    article(paper, "OpenAI launches GPT-5 to all ChatGPT users", LAUNCH)
    article(source("bundled", sample=True), "OpenAI launches GPT-5 to all ChatGPT users", LAUNCH)
    assert place_all() == Placed(placed=2, stories_new=2)
    assert sorted(Story.objects.values_list("sample", flat=True)) == [False, True]


def test_it_keeps_a_revised_article_in_its_story(paper: Source, lab: Source) -> None:
    item = article(paper, "OpenAI launches GPT-5 to all ChatGPT users", REPORT)
    article(lab, "Introducing GPT-5", LAUNCH)
    place_all()
    Article.objects.filter(id=item.id).update(
        stage=Stage.READ, due_at=NOON, revision=2, text="Corrected: OpenAI's GPT-5."
    )
    assert place_all() == Placed(placed=1, stories_updated=1)
    assert Story.objects.get().version == 2


def test_it_lets_go_of_an_article_that_is_about_something_else_now(paper: Source, lab: Source) -> None:
    item = article(paper, "OpenAI launches GPT-5 to all ChatGPT users", REPORT)
    article(lab, "Introducing GPT-5", LAUNCH)
    place_all()
    title = "KitchenAid promo code: a mixer for less"
    Article.objects.filter(id=item.id).update(
        stage=Stage.READ, due_at=NOON, revision=2, title=title, text=title
    )
    assert place_all() == Placed(off_topic=1, stories_updated=1)
    story = Story.objects.get()
    assert (story.origins, story.version, story.title) == (1, 2, "Introducing GPT-5")


def test_it_keeps_two_funding_rounds_apart(paper: Source) -> None:
    article(paper, "AI startup Anysphere raises $900M at a $9.9B valuation", "The round was led by Thrive.")
    article(
        source("other"), "AI startup Harvey raises $900M at a $9.9B valuation", "The round was led by Thrive."
    )
    assert place_all().stories_new == 2


def test_it_believes_no_time_after_now(paper: Source) -> None:
    article(paper, "OpenAI launches GPT-5", LAUNCH, hours=24 * 365)
    assert place_all().placed == 1


def forbid(title: str) -> None:
    """A rule of the database that placing knows nothing of."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE ingest_article ADD CONSTRAINT rule CHECK (title <> '{title}' OR stage = 'read')"
        )


def test_an_article_that_cannot_be_placed_harms_no_other(paper: Source) -> None:
    forbid("OpenAI launches GPT-3 to all users")
    articles = [article(paper, f"OpenAI launches GPT-{n} to all users", hours=n * 200) for n in range(7)]
    assert place_all().placed == 6
    for attempt in range(1, MAX_ATTEMPTS + 1):
        bad = Article.objects.get(stage=Stage.READ)
        assert (bad.pk, bad.attempt, bad.lease_until) == (articles[3].pk, attempt, None)
        assert "could not be placed" in bad.error
        assert (bad.due_at is None) == (attempt == MAX_ATTEMPTS)
        Article.objects.filter(stage=Stage.READ, due_at__isnull=False).update(due_at=NOON)
        assert place_all() == Placed()


def test_an_article_that_kills_its_workers_lets_the_others_pass_and_comes_to_rest(paper: Source) -> None:
    deadly = article(paper, "OpenAI launches GPT-5 to all users")
    harmless = article(paper, "Anthropic opens an office in Tokyo", "The AI lab hires a head of Japan.")
    both = Q(pk__in=[deadly.pk, harmless.pk])
    for _ in range(POISON - 1):
        assert len(claim_many(Article, both, -LEASE)) == 2
    assert claim_many(Article, Q(pk=deadly.pk), -LEASE)
    assert place_all() == Placed(placed=1, stories_new=1)
    deadly.refresh_from_db()
    harmless.refresh_from_db()
    assert (harmless.stage, harmless.attempt) == (Stage.PLACED, 0)
    assert (deadly.stage, deadly.due_at, deadly.error) == (Stage.READ, None, "given up after 10 attempts; ")


def test_it_leaves_alone_what_another_worker_is_placing(paper: Source) -> None:
    article(paper, "OpenAI launches GPT-5 to all users")
    assert claim_many(Article, Q(), LEASE)
    assert place_all() == Placed()


@pytest.mark.django_db(transaction=True)
def test_it_opens_one_story_when_two_workers_place_at_once() -> None:
    one = article(source("one"), "OpenAI launches GPT-5 to all ChatGPT users", LAUNCH)
    two = article(source("two"), "GPT-5 is here: OpenAI launches its model in ChatGPT", REPORT)
    start = threading.Barrier(2)

    def work(item: Article) -> None:
        start.wait()
        place([item.id], LATER)
        connection.close()

    threads = [threading.Thread(target=work, args=(item,)) for item in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Story.objects.count() == 1
    assert Article.objects.filter(stage=Stage.PLACED).count() == 2


def crowd(by: Source, size: int) -> None:
    """So many placed articles of that day about nothing that others are about."""
    story = Story.objects.create(title="Crowd", happened_at=NOON, last_at=NOON)
    Article.objects.bulk_create(
        Article(
            source=by,
            identity=f"crowd-{number}",
            content_hash=f"crowd-{number}",
            title=(words := f"{number:x}crowd {number:o}of{number} things{number}"),
            text=words,
            happened_at=NOON,
            stage=Stage.PLACED,
            story=story,
        )
        for number in range(size)
    )


def test_it_finds_the_story_when_the_work_is_cut_into_parts(paper: Source, lab: Source) -> None:
    article(paper, "OpenAI launches GPT-5 to all ChatGPT users", REPORT)
    place_all()
    crowd(source("crowd"), 5000)  # more than are compared at once
    article(lab, "Introducing GPT-5", LAUNCH, hours=1)
    article(
        source("site"),
        "OpenAI launches GPT-5, its newest model, in ChatGPT",
        REPORT + " So it said.",
        hours=2,
    )
    article(paper, "Anthropic opens an office in Tokyo", "The AI lab hires a head of Japan.", hours=200)
    assert place_all() == Placed(placed=3, stories_new=1, stories_updated=1)


def test_it_gives_a_copy_that_comes_later_the_story_of_its_original(paper: Source) -> None:
    first = article(paper, "OpenAI launches GPT-5 to all ChatGPT users", LAUNCH)
    place_all()
    other = source("aggregator")
    draft = decide.Draft(
        identity="x",
        second="x",
        guid="x",
        url=first.url,
        canonical_url=first.canonical_url,
        title="GPT-5 launched",
        author="",
        paragraphs=("A short note.",),
        published_at=LATER,
        happened_at=LATER,
        content_hash="x",
    )
    assert save.add([(other, [draft])], LATER) == {other.pk: 1}
    copy = Article.objects.get(source=other)
    first.refresh_from_db()
    assert (copy.stage, copy.duplicate_of, copy.story) == (Stage.COPY, first, first.story)
    assert Story.objects.get().origins == 1


def test_it_gives_a_stored_article_found_to_be_a_copy_the_story_of_its_original(paper: Source) -> None:
    first = article(paper, "OpenAI launches GPT-5 to all ChatGPT users", LAUNCH)
    place_all()
    waiting = article(source("aggregator"), "GPT-5 launched")
    later = decide.Candidate(
        first.id, paper.id, "https://shared.example/gpt-5", "", first.title, 90, False, True
    )
    Article.objects.filter(id=waiting.id).update(canonical_url=later.canonical_url)
    assert originals([later], PUBLIC) == {waiting.id: first.id}
    waiting.refresh_from_db()
    first.refresh_from_db()
    assert (waiting.stage, waiting.story) == (Stage.COPY, first.story)


def test_it_compares_with_the_latest_and_the_like_where_there_are_very_many() -> None:
    paper = source("paper", any_topic=True)
    like = article(paper, "Quantum kettles by Harbor boil water in seconds", "Harbor sells them in AI shops.")
    for n in range(20):
        article(paper, f"Model number{n} writes poems about town{n}", f"The lab{n} says so.", hours=1 + n)
    place_all()
    title = "Harbor kettles: quantum boiling in seconds"
    new = cluster.item(0, "x", title, "Harbor has shops.", NOON + timedelta(hours=22))
    assert len(near.neighbours([new], PUBLIC)) == 21
    found = near.neighbours([new], PUBLIC, few=5, latest=2)
    newest = Article.objects.order_by("-happened_at").values_list("pk", flat=True)[:2]
    assert {item.key for item in found} == {like.pk, *newest}
    assert near.neighbours([new], SAMPLE, few=5, latest=2) == []

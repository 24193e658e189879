"""What is near an arriving article is found at the same cost in a great archive, and as it reads now."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ingest import bulk, cluster, duplicates, near
from ingest.models import Article, Source, Stage, Story
from ingest.place import place
from ingest.scope import PUBLIC
from tests.ingest.newsroom import NOON, article, source

BOILING = "Harbor sells kettles that boil water by quantum effects in its shops."
LATER = NOON + timedelta(days=90)


@pytest.fixture
def paper(db: None) -> Source:
    return source("paper", any_topic=True)


def arriving(title: str, hours: float) -> cluster.Item:
    return cluster.item(0, "x", title, f"{title}\n\n{BOILING}", NOON + timedelta(hours=hours))


def many(paper: Source, count: int) -> None:
    """Articles of a year, each with marks and bands of its own."""
    story = Story.objects.create(title="Much", happened_at=NOON, last_at=NOON)
    Article.objects.bulk_create(
        Article(
            source=paper,
            identity=str(number),
            content_hash=str(number),
            title=f"Number {number}",
            text=f"Number {number}",
            happened_at=NOON + timedelta(hours=number),
            stage=Stage.PLACED,
            story=story,
            bands=[number * 17 + n for n in range(17)],
            marks=[number * 12 + n for n in range(12)],
        )
        for number in range(count)
    )


def test_the_indexes_answer_for_a_few_articles_whatever_the_planner_knows_of_the_table(paper: Source) -> None:
    many(paper, 4000)
    new = arriving("Quantum kettles boil", 100)
    print_ = duplicates.fingerprint(0, "x", "", "Quantum kettles boil", BOILING, new.at)
    with CaptureQueriesContext(connection) as asked:
        near.originals([print_], PUBLIC)
        near.neighbours([new], PUBLIC, few=5, latest=2)
    plans = {}
    with connection.cursor() as cursor:
        for index in ("bands", "marks"):
            told = [one["sql"] or "" for one in asked.captured_queries]  # of what is prepared it has no words
            (query,) = [one for one in told if f"WHERE {index} @>" in one]
            cursor.execute(f"EXPLAIN {query}")
            plans[index] = "\n".join(line for (line,) in cursor.fetchall())
            assert f"Bitmap Index Scan on article_{index}" in plans[index], plans[index]
            assert "Seq Scan on ingest_article" not in plans[index], plans[index]


def test_it_finds_what_shares_rare_words_to_the_ends_of_the_window_and_not_beyond(paper: Source) -> None:
    reach = cluster.WINDOW / timedelta(hours=1)
    hours = {"Oslo": -reach - 1, "Rome": -reach, "Bonn": 0, "Kyiv": reach, "Lima": reach + 1}
    told = {
        town: article(paper, f"Quantum kettles reach {town}", BOILING, hours=at) for town, at in hours.items()
    }
    for number in range(6):
        article(paper, f"Model{number} writes poems", f"The lab{number} says so.", hours=number)
    place(list(Article.objects.values_list("pk", flat=True)), LATER)
    found = {
        item.key for item in near.neighbours([arriving("Quantum kettles boil", 0)], PUBLIC, few=2, latest=1)
    }
    assert [town for town, one in told.items() if one.pk in found] == ["Rome", "Bonn", "Kyiv"]


def test_a_word_of_all_days_leads_to_those_of_these_days_alone() -> None:
    here, there = arriving("Quantum kettles", 0), arriving("Quantum kettles", 24 * 60)
    assert set(cluster.marks(here.gist, here.at)) <= set(cluster.marks_around(here.gist, here.at))
    assert set(cluster.marks(here.gist, here.at)).isdisjoint(cluster.marks_around(there.gist, there.at))


def test_it_compares_with_an_article_as_it_reads_now(paper: Source) -> None:
    stored = article(paper, "Quantum kettles boil", BOILING)
    place([stored.pk], LATER)
    new = arriving("Another", 1)
    assert "kettl" in near.neighbours([new], PUBLIC)[0].gist.whole
    title = "Solar lamps glow"
    Article.objects.filter(pk=stored.pk).update(title=title, text=f"{title}\n\nAt night.", revision=2)
    (item,) = near.neighbours([new], PUBLIC)
    assert "lamp" in item.gist.whole
    assert "kettl" not in item.gist.whole


def test_a_story_is_compared_by_the_vector_it_has_now(paper: Source) -> None:
    place([article(paper, "Quantum kettles boil", BOILING).pk], LATER)
    since, until = NOON - timedelta(days=1), NOON + timedelta(days=1)
    (before,) = bulk.recent(since, until, PUBLIC)
    other = np.zeros_like(before.vector)
    other[0] = 1
    for vector in (other, -other):  # twice within one transaction
        bulk.turn_stories([(before.story, before.embedder, vector)])
        (now,) = bulk.recent(since, until, PUBLIC)
        assert np.array_equal(now.vector, vector)

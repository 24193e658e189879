"""Many rows of old news: forgetting takes time by what goes, not by what is there, and stops nobody.

Fifty thousand of them with `make test-faults` (NUTGRAF_FAULTS=whole), a third of it with `make test`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import psutil
import pytest
from django.db import OperationalError, connection

from briefings import retention
from ingest.models import Article, Passage, Revision, Stage, Story
from tests.briefings import rows

pytestmark = pytest.mark.django_db(transaction=True)
WHOLE = os.environ.get("NUTGRAF_FAULTS") == "whole"
STORIES, KEPT, LOOSE, PASSAGES = (4_000, 400, 2_000, 4) if WHOLE else (1_300, 130, 650, 4)
LEAST = 45_000 if WHOLE else 15_000  # rows
OLD = rows.NOON


def fill() -> None:
    """A tenth of the stories are a year older than the rest; two articles each."""
    with (
        connection.cursor() as cursor
    ):  # articles numbered like somebody's revision are kept, to be on the safe side
        cursor.execute("SELECT setval(pg_get_serial_sequence('ingest_article', 'id'), 100000)")
    publisher = rows.source("Wire")
    at = [OLD - timedelta(days=365 if n % 10 == 0 else 0, seconds=n) for n in range(STORIES)]
    stories = Story.objects.bulk_create(
        Story(title=f"Story {n}", happened_at=when, last_at=when, vector=[1.0, 0.0], embedder="lexical")
        for n, when in enumerate(at)
    )
    made = [
        Article(
            source=publisher, identity=f"{n}.{m}", content_hash=f"{n}.{m}", title=f"Story {n}", text="Told. " * 100,
            happened_at=at[n], first_seen=at[n], stage=Stage.PLACED, story=stories[n], vector=[1.0, 0.0],
            embedder="lexical", bands=[n, n + 1, n + 2], marks=[n * 7, n * 7 + m],
        )
        for n in range(STORIES) for m in range(2)
    ]  # fmt: skip
    made += [
        Article(
            source=publisher, identity=f"loose {n}", content_hash=f"loose {n}", title="Rain", text="Rain. " * 100,
            happened_at=OLD - timedelta(seconds=n), first_seen=OLD, stage=Stage.OFF_TOPIC,
        )
        for n in range(LOOSE)
    ]  # fmt: skip
    articles = Article.objects.bulk_create(made, batch_size=2_000)
    Article.objects.update(first_seen=OLD - timedelta(days=400))
    Passage.objects.bulk_create(
        (
            Passage(article=one, number=number, start=number * 150, end=number * 150 + 150)
            for one in articles
            for number in range(PASSAGES)
        ),
        batch_size=5_000,
    )
    Revision.objects.bulk_create(
        (Revision(article=one, number=1, title="Earlier", text="Earlier.") for one in articles[:2_000]),
        batch_size=2_000,
    )
    for number in range(KEPT):  # every tenth of the newer half was written up
        story = stories[number * 10 + 1]
        rows.ready_brief(story, [articles[(number * 10 + 1) * 2]], {})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def somebody_else() -> Iterator[None]:
    """Who takes in new articles and looks at old ones all the while, and never waits half a second for a lock."""
    over, turns, failed = Event(), [0], list[str]()
    publisher, today = rows.source("Fresh"), OLD + timedelta(days=900)

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
        while not over.wait(0.05) and not failed:
            try:
                story = Story.objects.create(title="New", happened_at=today, last_at=today)
                rows.article(story, publisher, f"News {turns[0]}", ["It came today."], today)
                Passage.objects.filter(article__story__title="Story 11").count()
                Article.objects.filter(title="Story 11").update(page_error="")
                turns[0] += 1
            except OperationalError as error:
                failed.append(str(error))
        connection.close()

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(60)
    assert failed == []
    assert turns[0] > 5


def processor() -> float:
    """Seconds that this thread and its process in the database server have taken: others change little of that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return time.thread_time() + float(server.user + server.system)


def took(days: int) -> tuple[float, int]:
    """How long forgetting what is older took, and how many articles went."""
    began = processor()
    gone = retention.forget_before(OLD + timedelta(days=days))
    assert gone.done
    return processor() - began, gone.articles


@pytest.mark.faults
def test_old_news_goes_in_time_and_stops_nobody() -> None:
    fill()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ingest_article) + (SELECT count(*) FROM ingest_passage) "
            "+ (SELECT count(*) FROM ingest_story) + (SELECT count(*) FROM ingest_revision)"
        )
        assert cursor.fetchone()[0] > LEAST
    with somebody_else():
        few, first = took(-100)
        many, second = took(100)
        none, nothing = took(100)
    assert (first, second, nothing) == (2 * STORIES // 10, 2 * (STORIES * 9 // 10 - KEPT) + LOOSE, 0)
    # By what goes: ten times as much takes ten times as long, give or take; and looking for nothing is next to none.
    assert many / second < 3 * few / first, (few, many, none)
    assert none < many / 10, (few, many, none)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ingest_article")
        look = retention._ARTICLES + retention._ARTICLES_AFTER
        cursor.execute(
            f"EXPLAIN {look}", {"before": OLD, "at": OLD - timedelta(days=999), "key": 0, "most": 500}
        )
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert "article_loose" in plan, "what is forgotten is not gone through again and again"
    kept = Article.objects.filter(stage=Stage.PLACED, happened_at__lt=OLD + timedelta(days=100))
    assert kept.count() == 2 * KEPT
    assert Passage.objects.filter(article__in=kept).count() == 2 * PASSAGES * KEPT
    gone = Article.objects.filter(stage=Stage.FORGOTTEN)
    assert gone.count() == first + second
    assert not gone.exclude(vector=None, text="", bands=[], marks=[], story=None).exists()
    assert not Passage.objects.filter(article__in=gone).exists()
    assert not Revision.objects.filter(article__in=gone).exists()

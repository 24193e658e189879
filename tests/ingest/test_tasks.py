"""Sweeps find what is due and nudge; a nudge that nobody heeds in time is gone from the queue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import signals
from django.utils import timezone

from ingest import refresh
from ingest.hosts import AT_A_TIME
from ingest.models import PageRetry, Source
from ingest.tasks import ILL_PER_TASK, SOURCES_PER_TASK, sweep_articles, sweep_pages, sweep_sources
from tests.ingest.newsroom import article, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> Iterator[list[tuple[str, list[int], dict[str, Any]]]]:
    """What went into the queue, which the tests keep in memory: task, ids and headers."""
    messages: list[tuple[str, list[int], dict[str, Any]]] = []

    def note(sender: str, body: Any, headers: dict[str, Any], **_: Any) -> None:
        messages.append((sender, body[0][0], headers))

    signals.before_task_publish.connect(note)
    yield messages
    signals.before_task_publish.disconnect(note)


def test_nudges_end_when_nobody_heeds_them(sent: list[Any]) -> None:
    one = source("paper", due_at=timezone.now() - timedelta(minutes=1))
    item = article(one, "OpenAI launches GPT-5")
    sweep_sources()
    sweep_articles()
    assert [message[:2] for message in sent] == [
        ("ingest.tasks.refresh_sources", [one.pk]),
        ("ingest.tasks.place_articles", [item.pk]),
    ]
    assert all(headers["expires"] for _, _, headers in sent)


def test_a_source_that_may_have_taken_workers_down_is_looked_at_alone(sent: list[Any]) -> None:
    due = timezone.now() - timedelta(minutes=1)
    keys = [source(f"s{n}", due_at=due).pk for n in range(SOURCES_PER_TASK + 1)]
    Source.objects.filter(pk__in=keys[:2]).update(attempt=4)
    sweep_sources()
    assert sorted(len(ids) for _, ids, _ in sent) == [1, 1, SOURCES_PER_TASK - 1]


def test_sources_that_failed_last_time_are_waited_for_together(sent: list[Any]) -> None:
    now = timezone.now()
    well = {source(f"well{n}", due_at=now - timedelta(minutes=1)).pk for n in range(3)}
    ill = {source(f"ill{n}", due_at=now - timedelta(minutes=n)).pk for n in (0, 1, 2)}
    Source.objects.filter(pk__in=ill).update(failures=1)
    sweep_sources()
    assert [set(ids) for _, ids, _ in sent] == [well]
    Source.objects.filter(pk=max(ill)).update(due_at=now - timedelta(minutes=4))
    sent.clear()
    sweep_sources()
    assert [set(ids) for _, ids, _ in sent] == [well, ill], "all that failed, once one has waited for long"


def test_those_that_may_all_hang_hold_a_process_for_one_deadline(sent: list[Any]) -> None:
    assert ILL_PER_TASK <= refresh.AT_ONCE
    keys = [
        source(f"ill{n}", due_at=timezone.now() - timedelta(minutes=4)).pk for n in range(ILL_PER_TASK + 3)
    ]
    Source.objects.filter(pk__in=keys).update(failures=1)
    sweep_sources()
    assert sorted(len(ids) for _, ids, _ in sent) == [3, ILL_PER_TASK]


def test_a_flood_of_one_host_leaves_the_sweep_to_others(sent: list[Any]) -> None:
    long_due, due = timezone.now() - timedelta(days=1), timezone.now() - timedelta(minutes=1)
    Source.objects.bulk_create(
        Source(url=f"https://flood.example/{number}", due_at=long_due) for number in range(5000)
    )
    others = {source(f"s{number}", due_at=due).pk for number in range(50)}
    sweep_sources()
    nudged = {key for _, ids, _ in sent for key in ids}
    assert others <= nudged
    assert len(nudged - others) == AT_A_TIME


def test_a_page_to_be_tried_again_is_nudged_when_its_time_has_come(sent: list[Any]) -> None:
    one = source("paper")
    first, second = article(one, "OpenAI launches GPT-5"), article(one, "OpenAI cuts its prices")
    PageRetry.objects.create(article=first, due_at=timezone.now() - timedelta(minutes=1))
    PageRetry.objects.create(article=second, due_at=timezone.now() + timedelta(minutes=1))
    sweep_pages()
    assert [message[:2] for message in sent] == [("ingest.tasks.reread_pages", [first.pk])]

"""The door handles of the workers: how long they may take, and that nudges nobody heeds do not pile up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.utils import timezone

from briefings import compose, front, tasks
from briefings.models import Brief
from ingest import place
from ingest.models import Article
from tests.fakes.newspaper import reports
from tests.ingest import newsroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def nudges() -> Iterator[list[dict[str, Any]]]:
    """The headers of every message sent; the tests' broker lies in memory."""
    sent: list[dict[str, Any]] = []

    def note(headers: dict[str, Any], **_: object) -> None:
        sent.append(headers)

    before_task_publish.connect(note)
    yield sent
    before_task_publish.disconnect(note)


def placed(name: str) -> Article:
    report = reports("docket")[0]
    article = newsroom.article(newsroom.source(name), report.title, report.plain)
    place.place([article.pk], timezone.now())
    return Article.objects.get(pk=article.pk)


def test_a_slow_model_leaves_time_for_the_sources_own_sentences(settings: Any) -> None:
    asked = (
        5 * settings.MODEL_DEADLINE
    )  # fact sheet and brief, each asked again once, and the flex tier in vain
    for task in (tasks.write_brief, tasks.write_lenses, tasks.sweep_briefs):
        soft, hard = task.soft_time_limit or 0, task.time_limit or 0
        assert asked < soft < hard < compose.LEASE.total_seconds()


def test_a_nudge_that_nobody_heeds_expires(nudges: list[dict[str, Any]]) -> None:
    story = placed("docket").story
    assert story
    compose.brief_for(compose.material_of(story.pk))
    tasks.sweep_briefs()
    assert [(each["task"], bool(each["expires"])) for each in nudges] == [
        ("briefings.tasks.write_brief", True)
    ]


def test_the_front_page_keeps_its_brief_for_some_hours_though_the_story_grows() -> None:
    now = newsroom.NOON + timedelta(hours=1)
    story = placed("docket").story
    assert story
    first = front.keep_fresh(now)
    Brief.objects.update(written_at=now, fingerprint="the story before it grew")
    assert front.keep_fresh(now) == first
    again = front.keep_fresh(now + front.KEPT)
    assert again
    assert (again.story, again.version) == (story, 2)

"""The door handles of the workers: how long they may take, and that nudges nobody heeds do not pile up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.utils import timezone

from briefings import compose, correct, front, tasks
from briefings.converse import answer
from briefings.models import Brief
from briefings.write import asking
from ingest import place
from ingest.models import Article, Revision
from tests.briefings import rows
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
    asked = asking.OPEN + 2 * settings.MODEL_DEADLINE  # the last request, at the flex tier in vain
    for task in (tasks.write_brief, tasks.write_lenses, tasks.sweep_briefs):
        soft, hard = task.soft_time_limit or 0, task.time_limit or 0
        assert asked < soft < hard < compose.LEASE.total_seconds()
    waits = 2 * (asking.BRIEFLY * 1.25 + 0.5)
    assert 2 * settings.MODEL_DEADLINE + waits < (tasks.answer_question.soft_time_limit or 0)


def test_a_nudge_that_nobody_heeds_expires(nudges: list[dict[str, Any]]) -> None:
    story = placed("docket").story
    assert story
    compose.brief_for(compose.material_of(story.pk))
    tasks.sweep_briefs()
    assert [(each["task"], bool(each["expires"])) for each in nudges] == [
        ("briefings.tasks.write_brief", True)
    ]


def test_a_sweep_follows_edits_and_nudges_what_rests_on_them(nudges: list[dict[str, Any]]) -> None:
    article = placed("docket")
    brief = compose.ready_brief(str(article.story_id))
    assert brief is not None
    tasks.sweep_corrections()
    assert nudges == []
    rows.edit(article, "$1.5 billion", "$1.7 billion")
    tasks.sweep_corrections()
    assert [(each["task"], bool(each["expires"])) for each in nudges] == [
        ("briefings.tasks.verify_again", True)
    ]
    tasks.write_brief(brief.pk)
    assert brief.corrections.count() == 0, "writing is for what is queued"
    tasks.verify_again(brief.pk)
    tasks.verify_again(brief.pk)
    assert brief.corrections.count() == 1


def test_a_question_is_told_to_the_workers_once_it_is_stored(
    nudges: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.answer_soon(7)
        assert nudges == []
    assert [(each["task"], bool(each["expires"])) for each in nudges] == [
        ("briefings.tasks.answer_question", True)
    ]


def test_a_question_leaves_time_for_the_sources_own_sentences(settings: Any) -> None:
    soft, hard = tasks.answer_question.soft_time_limit or 0, tasks.answer_question.time_limit or 0
    asked = max(2, answer.PATIENCE + 2) * settings.MODEL_DEADLINE  # twice, or once briefly and for vectors
    assert asked < soft < hard < answer.LEASE.total_seconds()


def test_the_front_page_does_not_keep_a_brief_whose_headline_fell() -> None:
    article = placed("docket")
    now = article.happened_at + timedelta(hours=1)
    first = front.keep_fresh(now)
    assert first is not None
    rows.edit(article, "$1.5 billion", "$1.7 billion")
    (made,) = correct.catch_up(now)
    assert made.major
    Revision.objects.update(replaced_at=now)
    second = front.keep_fresh(now + timedelta(minutes=1))
    assert second is not None
    assert second.pk != first.pk


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

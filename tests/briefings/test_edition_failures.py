"""One story's fault costs that story, and an edition that cannot be made says so instead of resting in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from briefings import compose, edition
from briefings.models import Brief, Edition, Lens, State
from ingest import place, work
from ingest.models import Article, Story
from tests.briefings import rows
from tests.fakes.faults import refusing, soft_time_limit
from tests.fakes.model_server import ModelServer, Variant
from tests.fakes.newspaper import reports
from tests.ingest import newsroom

pytestmark = pytest.mark.django_db
LATER = newsroom.NOON + timedelta(hours=1)


@pytest.fixture
def story() -> Story:
    report = reports("docket")[0]
    article = newsroom.article(newsroom.source("docket"), report.title, report.plain)
    place.place([article.pk], timezone.now())
    found = Article.objects.get(pk=article.pk).story
    assert found is not None
    return found


def queued(role: str = "cto") -> Edition:
    ada = rows.reader("ada@example.org", role=role)
    return edition.request(ada, date(2025, 8, 7))


def due_now(row: Edition | Brief | Lens) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(due_at=timezone.now())


def test_an_edition_that_cannot_be_prepared_fails_with_its_words_and_is_tried_again_when_asked_for() -> None:
    row = queued(role="a role that is gone")
    for _ in range(work.MAX_ATTEMPTS):
        due_now(row)
        assert edition.prepare(row.pk, LATER) is None
    row.refresh_from_db()
    assert (row.state, row.due_at) == (State.FAILED, None)
    assert "a role that is gone" in row.error
    again = edition.request(row.reader, row.local_date)
    assert (again.pk, again.state, again.attempt, again.error) == (row.pk, State.QUEUED, 0, "")
    assert again.due_at


def test_an_edition_whose_workers_die_is_given_up_in_the_open() -> None:
    row = queued()
    Edition.objects.filter(pk=row.pk).update(attempt=edition.MOST_ROUNDS)
    assert edition.prepare(row.pk, LATER) is None
    row.refresh_from_db()
    assert (row.state, row.due_at) == (State.FAILED, None)
    assert row.error.startswith("given up")


def test_an_edition_at_rest_without_a_word_is_queued_again_when_asked_for() -> None:
    row = queued()
    Edition.objects.filter(pk=row.pk).update(due_at=None)
    assert edition.request(row.reader, row.local_date).due_at


def test_the_command_says_why_an_edition_cannot_be_prepared() -> None:
    rows.reader("ada@example.org", role="a role that is gone")
    with pytest.raises(CommandError, match="a role that is gone"):
        call_command("edition", "ada@example.org")


@pytest.fixture
def unwritable() -> Iterator[None]:
    """A brief that the database will not keep."""
    with refusing("briefings_brief", "NEW.state = 'ready'", "a sentence nobody foresaw"):
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unwritable")
def test_an_edition_goes_on_without_a_story_whose_brief_comes_to_nothing(story: Story) -> None:
    row = queued()
    made = edition.prepare(row.pk, LATER)
    assert made is not None
    assert (made.state, made.items.count()) == (State.READY, 0)
    brief = Brief.objects.get()
    assert (brief.state, brief.attempt) == (State.QUEUED, 1)
    assert brief.due_at
    assert brief.due_at > timezone.now()
    assert "nobody foresaw" in brief.error
    for _ in range(compose.MOST_ATTEMPTS - 1):
        due_now(brief)
        compose.write_brief(brief.pk)
    rests = Brief.objects.get()
    assert (rests.state, rests.due_at) == (State.FAILED, None)


def test_a_lens_of_a_brief_that_cannot_be_read_is_left_out(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    Brief.objects.update(body={"headline": 7, "verification": {"sentences": 1}})
    brief.refresh_from_db()
    assert compose.ready_lens(brief, "cto", "finance") is None
    assert "ValidationError" in Lens.objects.get().error


def test_a_task_whose_time_runs_out_keeps_nothing_claimed(story: Story, settings: Any) -> None:
    row = queued()
    with ModelServer() as model, soft_time_limit(1.0):
        settings.OPENAI_BASE_URL = model.url
        model.script(Variant(delay=30))
        assert edition.prepare(row.pk, LATER) is None
    row.refresh_from_db()
    brief = Brief.objects.get()
    assert (row.state, row.lease_until, brief.lease_until) == (State.QUEUED, None, None)
    assert "time ran out" in row.error
    assert "time ran out" in brief.error

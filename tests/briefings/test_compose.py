"""Writing shared by many workers: who comes second waits, and what never comes to an end is given up."""

from __future__ import annotations

import copy
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from briefings import compose, edition
from briefings.models import Brief, Correction, Lens, State
from briefings.schemas import Sentence
from briefings.write.brief import Written, write
from ingest import place, work
from ingest.models import Article, Story
from tests.briefings import rows
from tests.fakes.newspaper import reports
from tests.ingest import newsroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    report = reports("docket")[0]
    article = newsroom.article(newsroom.source("docket"), report.title, report.plain)
    place.place([article.pk], timezone.now())
    found = Article.objects.get(pk=article.pk).story
    assert found is not None
    return found


def test_it_writes_the_brief_and_the_lens_that_are_asked_for(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    lens = compose.ready_lens(brief, "cto", "finance")
    assert lens is not None
    assert compose.ready_brief(story.pk) == brief
    assert compose.ready_lens(brief, "cto", "finance") == lens


def test_it_says_that_another_worker_is_at_it(story: Story) -> None:
    row = compose.brief_for(compose.material_of(story.pk))
    assert work.claim(Brief, row.pk, timedelta(minutes=1))
    with pytest.raises(compose.BeingWritten):
        compose.ready_brief(story.pk)


def test_an_edition_is_not_frozen_without_a_lens_that_another_worker_writes(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    lens = Lens.objects.create(brief=brief, role="cto", industry="finance", due_at=timezone.now())
    assert work.claim(Lens, lens.pk, timedelta(minutes=1))
    made = edition.assemble("cto", "finance", "", newsroom.NOON + timedelta(hours=1))
    assert (made.waiting, made.items) == (True, ())


def spoil(brief: Brief) -> None:
    """As a stricter verifier would find it, or after a change by hand: a figure that its source never had."""
    body = copy.deepcopy(brief.body or {})
    body["lead"][0]["text"] = body["lead"][0]["text"].replace(".", " for 99 years.", 1)
    Brief.objects.filter(pk=brief.pk).update(body=body, written_at=timezone.now())


def test_a_stored_brief_is_verified_again_before_it_is_reused(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    before = brief.body
    spoil(brief)
    again = compose.ready_brief(story.pk)
    assert again is not None
    assert (again.pk, again.body) == (brief.pk, before), "written anew, for nobody has it"


def test_one_that_somebody_has_stays_as_it_was_and_goes_to_nobody_else(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    rows.ready_edition(rows.reader("ada@bank.example"), newsroom.NOON.date(), [(brief, None)])
    spoil(brief)
    brief.refresh_from_db()
    assert compose.ready_brief(story.pk) is None
    stays = Brief.objects.get(pk=brief.pk)
    assert (stays.state, stays.body) == (State.READY, brief.body)


def test_what_was_said_of_a_text_goes_with_it(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    lens = compose.ready_lens(brief, "cto", "finance")
    assert lens is not None
    correction_of(brief)
    spoil(brief)
    again = compose.ready_brief(story.pk)
    assert again == brief
    assert not Correction.objects.exists()
    assert not Lens.objects.exists()
    assert compose.ready_lens(again, "cto", "finance") is not None


def test_one_that_is_just_being_verified_is_left_to_its_worker(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    Brief.objects.filter(pk=brief.pk).update(due_at=timezone.now())
    taken = work.claim(Brief, brief.pk, timedelta(minutes=1))
    assert taken is not None
    spoil(brief)
    assert compose.ready_brief(story.pk) is None
    brief.refresh_from_db()
    assert brief.state == State.READY
    assert work.finish(taken), "and that worker has lost nothing"


@pytest.mark.django_db(transaction=True)
def test_a_story_that_goes_while_its_brief_is_wished_for_gets_none(story: Story) -> None:
    made: list[Brief | None] = []

    def go() -> None:
        try:
            made.append(compose.ready_brief(story.pk))
        finally:
            connection.close()

    wishing = threading.Thread(target=go, daemon=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE briefings_brief IN SHARE ROW EXCLUSIVE MODE")
        wishing.start()
        wishing.join(0.5)
        assert wishing.is_alive()
        Story.objects.get().delete()
    wishing.join(20)
    assert made == [None]
    assert not Brief.objects.exists()


def correction_of(brief: Brief) -> Correction:
    return Correction.objects.create(
        brief=brief,
        article=Article.objects.get(),
        from_revision=1,
        to_revision=2,
        publisher="Docket",
        title="Anthropic settles",
        restored=["lead.0"],
        changed_at=timezone.now(),
    )


def spoil_lens(lens: Lens) -> None:
    body = copy.deepcopy(lens.body or {})
    body["why_it_matters"][0] |= {"text": "It costs $987 million.", "opinion": True, "citations": []}
    Lens.objects.filter(pk=lens.pk).update(body=body, verified_at=timezone.now())


def test_a_stored_lens_is_verified_again_before_it_is_reused(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    lens = compose.ready_lens(brief, "cto", "finance")
    assert lens is not None
    spoil_lens(lens)
    again = compose.ready_lens(brief, "cto", "finance")
    assert again is not None
    assert (again.pk, again.body) == (lens.pk, lens.body), "written anew, for nobody has it"
    rows.ready_edition(rows.reader("ada@bank.example"), newsroom.NOON.date(), [(brief, lens)])
    spoil_lens(lens)
    assert compose.ready_lens(brief, "cto", "finance") is None, "and nobody else gets it"
    lens.refresh_from_db()
    assert lens.state == State.READY


def test_a_brief_of_an_earlier_revision_is_reused_for_its_own_text_only(story: Story) -> None:
    article, before = Article.objects.get(), timezone.now()
    first = compose.ready_brief(story.pk)
    rows.edit(article, "$1.5 billion", "$1.7 billion")
    second = compose.ready_brief(story.pk)
    assert first is not None
    assert second is not None
    assert first.pk != second.pk
    assert compose.ready_brief(story.pk, before) == first
    assert compose.ready_brief(story.pk) == second


def test_a_brief_whose_writing_never_comes_to_an_end_is_given_up(story: Story) -> None:
    row = compose.brief_for(compose.material_of(story.pk))
    Brief.objects.filter(pk=row.pk).update(attempt=compose.MOST_ATTEMPTS)
    assert compose.ready_brief(story.pk) is None
    row.refresh_from_db()
    assert (row.state, row.due_at) == (State.FAILED, None)
    assert row.error.startswith("given up")


def test_what_a_writer_forgot_to_verify_is_not_published(story: Story) -> None:
    material = compose.material_of(story.pk)
    row = work.claim(Brief, compose.brief_for(material).pk, timedelta(minutes=1))
    assert row
    honest = write(material, "brief:b1")
    planted = Sentence(text="It costs $987 million.", citations=honest.body.headline.citations)
    careless = honest.body.model_copy(update={"lead": (*honest.body.lead, planted)})
    with pytest.raises(IntegrityError, match="ready_brief_is_verified"), transaction.atomic():
        compose.keep(row, Written(careless, honest.writer, ()), material)
    row.refresh_from_db()
    assert (row.state, row.body) == (State.QUEUED, None)
    assert compose.keep(row, honest, material).state == State.READY


def test_a_stored_brief_has_the_verifiers_own_counts(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    assert brief.unsupported == 0
    counts = (brief.body or {})["verification"]
    assert counts["sentences"] == counts["supported"] > 0

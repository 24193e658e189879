"""A model that asks for a pause: what nobody waits for is put off, a reader is not, and no task is cut off."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from briefings import compose, lenses
from briefings.models import Brief, Half, Lens, State
from briefings.write.asking import Desk, Later, OutOfTime
from briefings.write.reply import FactsReply
from inference.errors import RateLimited
from inference.models import Call, Purpose
from ingest.models import Story
from tests.fakes import honest
from tests.fakes.model_server import HONEST, ModelServer, rate_limited

pytestmark = pytest.mark.django_db
BUSY = rate_limited(90)
OUT_OF_MONEY = rate_limited("")


@pytest.fixture(autouse=True)
def _honest(provider: ModelServer) -> None:
    provider.reply = honest.answer


@pytest.fixture
def queued(story: Story) -> Brief:
    return compose.brief_for(compose.material_of(story.pk))


def is_put_off(row: Brief | Lens) -> bool:
    """Untouched, and due when the pause is over."""
    row.refresh_from_db()
    assert (row.state, row.error, row.lease_until) == (State.QUEUED, "", None)
    assert row.due_at
    return timedelta(seconds=60) < row.due_at - timezone.now() <= timedelta(seconds=91)


def pause_is_over() -> None:
    for model in (Brief, Lens):
        model._default_manager.filter(due_at__isnull=False).update(due_at=Now())
    Call.objects.update(ask_again_at=Now())


@pytest.mark.parametrize("before", [0, 1], ids=["the facts", "the brief"])
def test_a_brief_nobody_waits_for_is_put_off(queued: Brief, provider: ModelServer, before: int) -> None:
    provider.script(*[HONEST] * before, BUSY)
    assert compose.write_brief(queued.pk, patient=True) is None
    assert is_put_off(queued)
    compose.write_brief(queued.pk, patient=True)
    assert len(provider.requests) == before + 1, "it is not due yet"
    pause_is_over()
    written = compose.write_brief(queued.pk, patient=True)
    assert written is not None
    assert written.writer == "model"


def test_an_edition_that_nobody_waits_for_waits_for_it(story: Story, provider: ModelServer) -> None:
    compose.brief_for(compose.material_of(story.pk))
    provider.script(BUSY)
    for _ in range(2):
        with pytest.raises(compose.BeingWritten):
            compose.ready_brief(story.pk, patient=True)


def test_who_comes_meanwhile_gets_it_at_once(story: Story, queued: Brief, provider: ModelServer) -> None:
    provider.script(BUSY)
    compose.write_brief(queued.pk, patient=True)
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    assert (brief.pk, brief.writer, len(provider.requests)) == (queued.pk, "extractive", 1)


def test_it_is_not_put_off_for_ever(queued: Brief, provider: ModelServer) -> None:
    for _ in range(compose.PAUSES):
        provider.script(BUSY)
        assert compose.write_brief(queued.pk, patient=True) is None
        assert is_put_off(queued)
        pause_is_over()
    provider.script(BUSY)
    written = compose.write_brief(queued.pk, patient=True)
    assert written is not None
    assert written.writer == "extractive"


def test_an_account_without_money_puts_nothing_off(queued: Brief, provider: ModelServer) -> None:
    provider.script(OUT_OF_MONEY, OUT_OF_MONEY)
    written = compose.write_brief(queued.pk, patient=True)
    assert written is not None
    assert written.writer == "extractive"


def test_lenses_are_put_off_and_what_is_paid_for_of_them_kept(story: Story, provider: ModelServer) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    for role in ("policy-maker", "cfo", "investor"):
        lenses.wish(brief, role, "agriculture")
    provider.reply = lambda body: {"lenses": honest.answer(body)["lenses"][1:]}
    provider.script(HONEST, BUSY)  # the one that was left out is asked for once more
    compose.write_lenses(brief.pk, patient=True)
    assert len(provider.requests) == 4
    assert all(is_put_off(row) for row in Lens.objects.all())
    assert Half.objects.exclude(body=None).count() == 2
    pause_is_over()
    provider.reply = honest.answer
    compose.write_lenses(brief.pk, patient=True)
    assert {(row.state, row.writer) for row in Lens.objects.all()} == {(State.READY, "model")}
    assert len(provider.requests) == 5
    assert honest.readers(provider.requests[-1].body["messages"][-1]["content"]) == ["R1"]


def asked_at(desk: Desk) -> FactsReply:
    return desk.ask(FactsReply, Purpose.FACT_SHEET, "facts", "Be brief.", "Which facts?", 100)


def test_a_desk_that_is_closed_asks_nothing(provider: ModelServer) -> None:
    with pytest.raises(OutOfTime):
        asked_at(Desk("brief:b1", until=time.monotonic() - 1))
    assert provider.requests == []


@pytest.mark.parametrize(("patient", "error"), [(True, Later), (False, RateLimited)])
def test_it_does_not_wait_until_the_desk_is_closed(
    provider: ModelServer, patient: bool, error: type[RateLimited]
) -> None:
    provider.script(rate_limited(5))
    began = time.monotonic()
    with pytest.raises(RateLimited) as caught:
        asked_at(Desk("brief:b1", patient=patient, until=time.monotonic() + 3))
    assert type(caught.value) is error
    assert time.monotonic() - began < 3

"""Looking at a brief through another role's or industry's lens: who pays, what is reused, who sees it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from briefings import compose, looks, share, tasks
from briefings.models import Brief, Lens, State
from inference import audit, costs
from inference.models import Call
from ingest import work
from ingest.models import Story
from tests.briefings import factories, rows
from tests.fakes import honest
from tests.fakes.model_server import ModelServer
from users.models import User

pytestmark = pytest.mark.django_db
CFO = {"role": "cfo", "industry": "media"}
LIVE = {"HX-Request": "true"}
NOBODY = ("recruiter", "agriculture")


@pytest.fixture
def written(ada: User, story: Story, provider: ModelServer) -> Brief:
    """A brief by a model in Ada's edition, with her lens."""
    provider.reply = honest.answer
    brief = compose.ready_brief(story.pk, reader=("cto", "finance"))
    assert brief is not None
    rows.ready_edition(ada, date(2025, 8, 7), [(brief, compose.ready_lens(brief, "cto", "finance"))])
    return brief


def body(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def asked(brief: Brief) -> Lens:
    return Lens.objects.get(brief=brief, role="cfo", industry="media")


def look(page: Client, brief: Brief) -> Lens:
    """Ask for the lens and have it written."""
    answer = page.post(f"/brief/{brief.pk}/lens/", CFO)
    assert answer.headers["Location"] == f"/brief/{brief.pk}/lens/?role=cfo&industry=media#lens"
    tasks.write_lens(asked(brief).pk)
    return asked(brief)


def test_the_readers_own_is_the_default_and_writes_nothing(page: Client, brief: Brief) -> None:
    shown = body(page.get(f"/brief/{brief.pk}/"))
    assert "For you" in shown
    assert '<option value="cto" selected>' in shown
    assert Lens.objects.count() == 1
    page.get(f"/brief/{brief.pk}/lens/", CFO)
    assert Lens.objects.count() == 1, "looking at a page asks for nothing"


def test_another_is_written_from_the_sources_where_there_is_no_model(page: Client, brief: Brief) -> None:
    page.post(f"/brief/{brief.pk}/lens/", CFO)
    row = asked(brief)
    assert (row.state, row.asked_by_id) == (State.QUEUED, User.objects.get().pk)
    waiting = body(page.get(f"/brief/{brief.pk}/lens/", CFO))
    assert "Being written" in waiting
    assert "about 3 seconds" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    tasks.sweep_briefs()
    tasks.write_lens(row.pk)
    shown = body(page.get(f"/brief/{brief.pk}/lens/", CFO))
    assert "As a CFO in Media" in shown
    assert "For you" not in shown
    assert "without a model" in shown
    assert "The price cut reopens" not in shown, "Ada's own"
    assert "The price cut reopens" in body(page.get(f"/brief/{brief.pk}/"))
    assert "http-equiv" not in shown


def test_a_model_writes_it_at_the_expense_of_who_asked(
    page: Client, ada: User, written: Brief, provider: ModelServer
) -> None:
    before = Call.objects.count()
    row = look(page, written)
    assert (row.state, row.writer, row.work_key) == (State.READY, "model", f"lens:{row.pk}")
    new = Call.objects.order_by("pk")[before:]
    assert {(call.purpose, call.reader_id, call.state, call.brief) for call in new} == {
        ("lens", ada.pk, "settled", written.pk)
    }
    (line,) = costs.of_reader(ada.pk)
    assert (line.key, line.cost.nano) == ("lens", sum(call.cost or 0 for call in new))
    assert audit.verify() == []


def test_it_is_written_once_for_everybody(page: Client, written: Brief, provider: ModelServer) -> None:
    look(page, written)
    requests = len(provider.requests)
    ben = rows.reader("ben@fund.example", "investor")
    rows.ready_edition(ben, date(2025, 8, 7), [(written, None)])
    other = Client()
    other.force_login(ben)
    look(other, written)
    assert "As a CFO in Media" in body(other.get(f"/brief/{written.pk}/lens/", CFO))
    assert len(provider.requests) == requests


def test_one_who_pays_is_not_charged_for_others_and_others_not_for_theirs(
    page: Client, ada: User, written: Brief
) -> None:
    page.post(f"/brief/{written.pk}/lens/", CFO)
    compose.ready_lens(written, "lawyer", "software")
    assert asked(written).state == State.QUEUED, "no company takes it along"
    assert not Call.objects.filter(reader=ada).exists()
    compose.write_lenses(written.pk)
    assert asked(written).state == State.QUEUED
    tasks.write_lens(asked(written).pk)
    assert Call.objects.filter(reader=ada, purpose="lens").exists()


def test_with_the_budget_used_up_the_sources_serve_and_no_call_is_made(
    page: Client, ada: User, written: Brief, settings: Any
) -> None:
    settings.NUTGRAF_BUDGETS = {("reader", "day"): Decimal("0.0000001")}
    page.post(f"/brief/{written.pk}/lens/", CFO)
    assert "Your budget is used up until" in body(page.get(f"/brief/{written.pk}/lens/", CFO))
    assert look(page, written).writer == "extractive"
    assert not Call.objects.filter(reader=ada).exists()
    settings.NUTGRAF_BUDGETS = {}
    lens = compose.ready_lens(written, "cfo", "media")
    assert lens is not None
    assert (lens.writer, lens.asked_by_id) == ("model", None), "an edition is not worse for it"
    assert not Call.objects.filter(reader=ada).exists(), "that is everybody's"


def test_it_says_what_is_left_before_it_is_spent(page: Client, written: Brief) -> None:
    shown = body(page.get(f"/brief/{written.pk}/lens/", CFO))
    assert "Nobody has looked through this lens yet" in shown
    assert "You have $1.00 of $1.00 left this month" in shown


def test_a_live_page_gets_the_lens_alone_and_nothing_while_it_waits(page: Client, brief: Brief) -> None:
    begun = page.post(f"/brief/{brief.pk}/lens/", CFO, headers=LIVE)
    assert body(begun).lstrip().startswith("<section")
    assert 'hx-trigger="every 2s"' in body(begun)
    again = {**CFO, "waiting": "1"}
    assert page.get(f"/brief/{brief.pk}/lens/", again, headers=LIVE).status_code == 204
    tasks.write_lens(asked(brief).pk)
    done = body(page.get(f"/brief/{brief.pk}/lens/", again, headers=LIVE))
    assert "<html" not in done
    assert "every 2s" not in done
    assert 'id="evidence-as-cfo--media-1"' in done


def test_its_sentences_have_their_evidence_on_pages_of_their_own(page: Client, brief: Brief) -> None:
    look(page, brief)
    shown = body(page.get(f"/brief/{brief.pk}/evidence/as-cfo--media-1/"))
    assert "<mark>" in shown
    for mark in ("as-cfo--media-99", "as-wizard--media-1", "as-cfo--lawyers-1", "as-"):
        assert page.get(f"/brief/{brief.pk}/evidence/{mark}/").status_code == 404


@pytest.mark.parametrize("wrong", [{"role": "wizard", "industry": "media"}, {"role": "cfo"}, {}])
def test_it_refuses_what_is_no_role_or_industry_in_words(
    page: Client, brief: Brief, wrong: dict[str, str]
) -> None:
    answer = page.post(f"/brief/{brief.pk}/lens/", wrong)
    assert answer.status_code == 422
    assert "Choose a role and an industry" in body(answer)
    assert Lens.objects.count() == 1
    answer = page.get(f"/brief/{brief.pk}/lens/", wrong)
    assert answer.status_code == (404 if wrong else 302)


def test_it_is_asked_for_so_often_and_no_more(page: Client, brief: Brief, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "lens": "2/m/user"}
    for _ in range(2):
        assert page.post(f"/brief/{brief.pk}/lens/", CFO).status_code == 302
    refused = page.post(f"/brief/{brief.pk}/lens/", {"role": "ceo", "industry": "media"})
    assert refused.status_code == 429
    assert "Wait a minute" in body(refused)
    assert not Lens.objects.filter(role="ceo").exists()


def test_a_stranger_gets_404_and_asks_for_nothing(brief: Brief) -> None:
    cal = Client()
    cal.force_login(rows.reader("cal@else.example"))
    assert cal.get(f"/brief/{brief.pk}/lens/", CFO).status_code == 404
    assert cal.get(f"/brief/{brief.pk}/lens/", CFO, headers=LIVE).status_code == 404
    assert cal.post(f"/brief/{brief.pk}/lens/", CFO).status_code == 404
    assert cal.post(f"/brief/{brief.pk}/lens/", CFO, headers=LIVE).status_code == 404
    waiting = {**CFO, "waiting": "1"}
    Lens.objects.create(brief=brief, **CFO, due_at=timezone.now())
    assert cal.get(f"/brief/{brief.pk}/lens/", waiting, headers=LIVE).status_code == 404
    assert Lens.objects.filter(role="cfo").count() == 1


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_brief(page: Client, brief: Brief) -> None:
    answer = Client().post(f"/brief/{brief.pk}/lens/", CFO)
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert page.get(f"/brief/{brief.pk}/lens/").headers["Location"] == f"/brief/{brief.pk}/"


def test_what_is_shared_has_no_lens(page: Client, ada: User, brief: Brief) -> None:
    look(page, brief)
    share.make(ada, brief.pk)
    shown = body(Client().get(share.mine(ada)[0].url))
    assert 'id="lens"' not in shown
    assert "CFO" not in shown
    assert "The price cut reopens" not in shown


def test_one_that_failed_is_tried_again_when_it_is_asked_for_again(page: Client, brief: Brief) -> None:
    page.post(f"/brief/{brief.pk}/lens/", CFO)
    row = work.claim(Lens, asked(brief).pk, timedelta(minutes=1))
    assert row is not None
    work.finish(row, state=State.FAILED, error="for this test")
    assert "could not be written" in body(page.get(f"/brief/{brief.pk}/lens/", CFO))
    assert look(page, brief).state == State.READY


def test_it_takes_few_queries(
    page: Client, brief: Brief, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    look(page, brief)
    with django_assert_max_num_queries(12):
        page.get(f"/brief/{brief.pk}/lens/", CFO)


def test_one_that_no_longer_passes_is_written_anew_for_whoever_asks_now(
    page: Client, ada: User, written: Brief
) -> None:
    row = look(page, written)
    row.body["why_it_matters"][0]["text"] = "OpenAI gave GPT-5 to all of its 900 million weekly users."
    Lens.objects.filter(pk=row.pk).update(body=row.body, verified_at=timezone.now())
    ben = rows.reader("ben@fund.example", "investor")
    assert compose.look(written, "cfo", "media", ben.pk)
    again = asked(written)
    assert (again.state, again.asked_by_id) == (State.QUEUED, ben.pk)


def test_who_leaves_leaves_the_lens_to_others(page: Client, ada: User, brief: Brief) -> None:
    ben = rows.reader("ben@fund.example", "investor")
    rows.ready_edition(ben, factories.MORNING, [(brief, None)])
    look(page, brief)
    ada.delete()
    assert asked(brief).asked_by_id is None


def test_who_leaves_leaves_nobody_their_bill_and_no_poor_lens(
    page: Client, ada: User, written: Brief, settings: Any
) -> None:
    page.post(f"/brief/{written.pk}/lens/", CFO)
    waiting = asked(written)
    settings.NUTGRAF_BUDGET_READER_MONTH_USD = Decimal("0.00001")
    page.post(f"/brief/{written.pk}/lens/", {"role": "lawyer", "industry": "software"})
    poor = Lens.objects.get(role="lawyer")
    tasks.write_lens(poor.pk)
    poor.refresh_from_db()
    assert poor.writer == "extractive"
    rows.ready_edition(rows.reader("ben@fund.example"), date(2025, 8, 7), [(written, None)])
    page.post("/settings/delete/", {"email": ada.email})
    assert not User.objects.filter(email=ada.email).exists()
    assert not Lens.objects.filter(pk__in=[waiting.pk, poor.pk]).exists()
    anew = compose.ready_lens(written, "lawyer", "software")
    assert anew is not None
    assert anew.writer == "model"


def test_the_markers_of_a_look_are_nobody_elses() -> None:
    assert looks.kind_of_mark("you-1") is None
    assert looks.kind_of_mark("t3-1") is None
    kind = looks.kind_of_mark("as-policy-maker--real-estate-12")
    assert kind == looks.kind_of("policy-maker", "real-estate")

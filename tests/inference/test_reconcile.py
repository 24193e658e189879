"""The provider's reports close unknown calls, or raise a discrepancy; twice the same changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from inference import audit, gateway, ledger, prices, reconcile, tasks
from inference.errors import BadReply, Rejected, Unavailable
from inference.gateway import Ask
from inference.ledger import Attempt
from inference.models import Budget, Call, Entry, Price, Statement
from inference.money import usd
from inference.reconcile import Booked, Reported, judge, spread
from tests.fakes import billing_server
from tests.fakes import model_server as fake
from tests.fakes.billing_server import BillingServer
from tests.fakes.model_server import ModelServer

LOST = fake.Variant(usage=False)  # billed, and we never hear how much


@pytest.fixture
def billing() -> Iterator[BillingServer]:
    with BillingServer() as server:
        yield server


@pytest.fixture
def day(provider: ModelServer, billing: BillingServer, ask: Ask, settings: Any) -> date:
    """Three days ago four calls were made, two of which nobody knows the outcome of; one of these was billed."""
    provider.script(fake.HONEST, LOST, replace(LOST, billed=False), fake.HONEST)
    for _ in range(4):
        gateway.generate(ask)
    then = timezone.now() - timedelta(days=3)
    _turn_to(billing, settings)
    Call.objects.update(sent_at=then)
    return then.astimezone(UTC).date()


def _turn_to(billing: BillingServer, settings: Any) -> None:
    """Reports come from the same address as answers: what was booked there moves with it."""
    settings.OPENAI_BASE_URL, settings.OPENAI_ADMIN_KEY = billing.url, billing.key
    Call.objects.update(provider=prices.host(billing.url))


def _report(billing: BillingServer, provider: ModelServer, day: date, requests: int | None = None) -> None:
    """What the provider knows of its own requests, as its usage report and its bill."""
    paid = [request for request in provider.requests if request.billed]
    billing.used(
        day,
        "gpt-6-luna-2026-09-15",
        requests=len(paid) if requests is None else requests,
        input=sum(request.prompt_tokens for request in paid),
        cached=sum(request.cached_tokens for request in paid),
        written=sum(request.written_tokens for request in paid),
        output=sum(request.completion_tokens for request in paid),
    )
    billing.billed(day, usd(provider.billed, 9))


@pytest.mark.django_db
def test_it_closes_unknown_calls_by_the_report_and_no_second_time(
    provider: ModelServer, billing: BillingServer, day: date
) -> None:
    _report(billing, provider, day)
    outcome = reconcile.run(timezone.now())
    assert (outcome.trued_up, outcome.open) == (2, [])
    assert sum(Call.objects.values_list("cost", flat=True)) == provider.billed
    assert {(b.settled, b.held) for b in Budget.objects.all()} == {(provider.billed, 0)}
    evidence = set(Entry.objects.filter(kind="true_up").values_list("evidence", flat=True))
    assert evidence == {f"usage report of {day} for gpt-6-luna: 3 requests, ${usd(provider.billed)}"}, (
        "the report stands beside what it proves"
    )
    entries = Entry.objects.count()
    again = reconcile.run(timezone.now())
    assert (again.trued_up, again.open, Entry.objects.count()) == (0, [], entries)
    assert {(s.day, s.model, s.ours, s.theirs) for s in Statement.objects.all()} == {
        (day, "gpt-6-luna", provider.billed, provider.billed),
        (day, "", provider.billed, provider.billed),
    }
    assert audit.verify() == []


@pytest.mark.django_db
def test_it_raises_a_discrepancy_when_the_report_says_more_than_was_held(
    provider: ModelServer, billing: BillingServer, day: date
) -> None:
    billing.used(day, "gpt-6-luna", requests=4, input=50_000_000)
    billing.billed(day, "12.50")
    outcome = reconcile.run(timezone.now())
    assert outcome.trued_up == 0
    assert [statement.model for statement in outcome.open] == ["gpt-6-luna", ""]
    assert "$5.00" in outcome.open[0].note
    assert Call.objects.filter(state="unknown").count() == 2
    billing.forget()
    _report(billing, provider, day)
    assert reconcile.run(timezone.now()).open == [], "a corrected report closes it"
    assert not Statement.objects.filter(agreed=False).exists()


@pytest.mark.django_db
def test_it_does_not_close_calls_while_the_report_lacks_answered_ones(
    provider: ModelServer, billing: BillingServer, day: date
) -> None:
    _report(billing, provider, day, requests=1)
    outcome = reconcile.run(timezone.now())
    assert (outcome.trued_up, outcome.open[0].note) == (0, "1 requests reported, 2 answered")


@pytest.mark.django_db
def test_it_names_a_model_that_the_ledger_never_asked(
    provider: ModelServer, billing: BillingServer, day: date
) -> None:
    _report(billing, provider, day)
    billing.used(day, "gpt-6.1-sol", requests=7, input=1000, output=1000)
    billing.embedded(day, "text-embedding-3-small", requests=1, input=1000)
    strangers = {s.model: s.note for s in reconcile.run(timezone.now()).open}
    assert set(strangers) == {"gpt-6.1-sol", "text-embedding-3-small"}
    assert strangers["gpt-6.1-sol"] == "7 requests reported, 0 sent: somebody else uses the account"


@pytest.mark.django_db
def test_it_prices_the_report_as_the_ledger_did_on_that_day(
    provider: ModelServer, billing: BillingServer, day: date
) -> None:
    """A price that changed since then changes nothing about that day."""
    # Rows say "valid from now": the day lies before, so the price of that day is written down by hand.
    began = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for axis, nano in (
        ("input", 200),
        ("cached", 20),
        ("cache_write", 250),
        ("output", 1000),
        ("reasoning", 1000),
    ):
        Price.objects.create(
            provider=prices.host(billing.url),
            model="gpt-6-luna",
            axis=axis,
            nano_per_million=nano * 1_000_000,
            valid_from=began - timedelta(days=9),
            valid_until=began + timedelta(days=1),
            source="test",
            read_on=day,
        )
    assert prices.on(day, "gpt-6-luna").prices["output"] == 1_000_000_000
    assert prices.on(day + timedelta(days=1), "gpt-6-luna").prices["output"] == 500_000_000
    _report(billing, provider, day)
    assert reconcile.run(timezone.now()).statements[0].theirs == 2 * provider.billed


@pytest.mark.django_db
def test_it_asks_for_closed_days_page_by_page_and_for_one_project(
    billing: BillingServer, settings: Any
) -> None:
    settings.OPENAI_BASE_URL, settings.OPENAI_ADMIN_KEY = billing.url, billing.key
    settings.OPENAI_PROJECT_ID = "proj_1"
    before_six = datetime(2026, 3, 10, 5, 59, tzinfo=UTC)
    outcome = reconcile.run(before_six)
    assert (outcome.first, outcome.last) == (date(2026, 3, 2), date(2026, 3, 8)), "the 9th is not settled yet"
    assert reconcile.run(before_six + timedelta(minutes=2)).last == date(2026, 3, 9)
    pages = [query for path, query in billing.asked if path == billing_server.USAGE]
    assert len(pages) == 6, "three pages of a week, twice"
    assert pages[0]["project_ids[]"] == ["proj_1"]
    assert pages[0]["group_by[]"] == ["model", "batch", "service_tier"]


@pytest.mark.django_db
def test_it_does_without_a_cost_report(provider: ModelServer, billing: BillingServer, day: date) -> None:
    _report(billing, provider, day)
    billing.broken[billing_server.COSTS] = (404, b'{"error": {"message": "not found"}}')
    outcome = reconcile.run(timezone.now())
    assert (outcome.trued_up, [s.model for s in outcome.statements]) == (2, ["gpt-6-luna"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, b'{"error": {"message": "insufficient permissions"}}', Rejected),
        (503, b"upstream connect error", Unavailable),
        (200, b"<html>", BadReply),
        (200, b"[]", BadReply),
        (200, b'{"data": 7}', BadReply),
        (200, b'{"data": [{"start_time": 1, "results": [{"input_tokens": -5}]}]}', BadReply),
        (200, b'{"data": [], "has_more": true, "next_page": "x"}', BadReply),
    ],
)
def test_a_report_that_cannot_be_used_changes_nothing(
    billing: BillingServer, day: date, status: int, body: bytes, error: type[Exception], capsys: Any
) -> None:
    billing.broken[billing_server.USAGE] = (status, body)
    with pytest.raises(error):
        reconcile.run(timezone.now())
    assert not Statement.objects.exists()
    tasks.compare_with_provider()
    with pytest.raises(SystemExit):
        call_command("ledger", "reconcile", "--json")
    assert "the provider's reports cannot be read" in json.loads(capsys.readouterr().out)["error"]
    assert Call.objects.filter(state="unknown").count() == 2


@pytest.mark.django_db
def test_a_bill_in_other_money_is_refused(provider: ModelServer, billing: BillingServer, day: date) -> None:
    _report(billing, provider, day)
    billing.billed(day, "1", currency="eur")
    with pytest.raises(BadReply, match="US dollars"):
        reconcile.run(timezone.now())


@pytest.mark.django_db
def test_the_command_closes_and_tells(
    provider: ModelServer, billing: BillingServer, day: date, capsys: Any
) -> None:
    _report(billing, provider, day)
    call_command("ledger", "reconcile", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["trued_up"], said["unknown"], said["error"]) == (2, 0, "")
    assert {(one["model"], one["agreed"]) for one in said["statements"]} == {
        ("gpt-6-luna", True),
        (None, True),
    }
    call_command("ledger", "reconcile", "--days", "30")
    assert "gpt-6-luna" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_call_of_a_model_that_costs_nothing_does_not_stay_unknown(
    provider: ModelServer, ask: Ask, settings: Any, tmp_path: Any
) -> None:
    own = tmp_path / "prices.toml"
    own.write_text('["local-model"]\ninput = 0\noutput = 0\n')
    settings.NUTGRAF_PRICES = str(own)
    provider.script(LOST)
    gateway.generate(replace(ask, model="local-model"))
    assert Call.objects.get().state == "unknown"
    tasks.compare_with_provider()
    assert (Call.objects.get().state, Call.objects.get().cost) == ("trued_up", 0)
    assert audit.verify() == []


@pytest.mark.parametrize(
    ("ours", "theirs", "costs", "note"),
    [
        (Booked(1000, 1), Reported(1000, 1), {}, ""),
        (Booked(1_000_000, 1), Reported(1_004_000, 1), {}, ""),  # within half a percent
        (Booked(1_000_000, 1), Reported(1_006_000, 1), {}, "reported"),
        (Booked(1_000_000, 1), Reported(900_000, 1), {}, "reported"),
        (Booked(1000, 1, 0, ((7, 500),)), Reported(1000, 1), {7: 0}, ""),  # it was not billed
        (Booked(1000, 1, 0, ((7, 500),)), Reported(1300, 2), {7: 300}, ""),
        (Booked(0, 0, 0, ((7, 500), (8, 1000))), Reported(900, 2), {7: 300, 8: 600}, ""),
        (Booked(0, 0, 0, ((7, 500),)), Reported(2000, 1), {}, "reported"),  # more than it can have cost
        (Booked(1000, 2, 0, ((7, 500),)), Reported(1000, 1), {}, "1 requests reported, 2 answered"),
        (Booked(1000, 1, 1), Reported(1000, 1), {}, ""),  # closed at nothing by an earlier report
        (Booked(0, 0, 0, ((7, 500),)), Reported(100, 1, (), "no price is known"), {}, "no price"),
    ],
)
def test_it_judges_by_what_the_report_proves(
    ours: Booked, theirs: Reported, costs: dict[int, int], note: str
) -> None:
    verdict = judge(ours, theirs)
    assert dict(verdict.costs) == costs
    assert bool(verdict.note) == bool(note)
    assert note in verdict.note


def test_it_spreads_to_the_nano_dollar() -> None:
    shares = spread(1000, [(1, 333), (2, 333), (3, 335)])
    assert sum(shares.values()) == 1000
    assert all(0 <= shares[call] <= hold for call, hold in ((1, 333), (2, 333), (3, 335)))
    assert spread(0, [(1, 0)]) == {1: 0}


@pytest.mark.django_db
def test_it_leaves_calls_of_today_alone(billing: BillingServer, settings: Any) -> None:
    settings.OPENAI_BASE_URL, settings.OPENAI_ADMIN_KEY = billing.url, billing.key
    call = ledger.reserve(Attempt("brief", "b", "write", "gpt-6-luna", prices.host(billing.url), 1000))
    ledger.mark_sent(call.pk)
    ledger.mark_unknown(call.pk, "time-out")
    assert reconcile.run(timezone.now()).statements == ()
    assert Call.objects.get().state == "unknown"

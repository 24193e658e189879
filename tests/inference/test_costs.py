"""What the surfaces and the commands say about spending."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from inference import costs, gateway, ledger
from inference.gateway import Ask
from inference.ledger import Attempt
from inference.models import Call
from inference.money import usd
from inference.tokens import Tokens
from tests.fakes import model_server as fake
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def spent(provider: ModelServer, ask: Ask, django_user_model: Any) -> ModelServer:
    """Two briefs, one of them twice, a lens by the strong model, Ada's question, and one call nobody knows about."""
    ada = django_user_model.objects.create_user("ada@example.com")
    provider.script(*[fake.HONEST] * 4, fake.Variant(usage=False, billed=False), fake.HONEST)
    for asked in (
        ask,
        ask,
        replace(ask, work_key="brief:b2", brief="b2"),
        replace(ask, work_key="lens:1", purpose="lens", model="gpt-6.1-sol"),
        replace(ask, work_key="brief:b2", brief="b2"),
        replace(ask, work_key="converse:1", purpose="converse", reader=ada.pk),
    ):
        gateway.generate(asked)
    return provider


def test_it_adds_up_to_the_providers_bill(spent: ModelServer) -> None:
    total = costs.total()
    assert total.nano == spent.billed
    assert total.held == Call.objects.get(state="unknown").hold
    assert (total.calls, total.models) == (6, ("gpt-6-luna", "gpt-6.1-sol"))
    for by in ("purpose", "model", "reader", "day", "brief"):
        lines = costs.breakdown(by)  # type: ignore[arg-type]  # the literals, spelt out
        assert sum(line.cost.nano for line in lines) == spent.billed, by
    assert {line.key for line in costs.breakdown("reader")} == {"shared", "ada@example.com"}
    assert costs.total(timezone.now() + timedelta(days=1)) == costs.CostSummary()


def test_it_tells_the_cost_of_work_and_of_briefs(spent: ModelServer) -> None:
    works = costs.of_works(["brief:b1", "none"])
    assert (works["brief:b1"].calls, works["none"]) == (2, costs.CostSummary())
    briefs = costs.of_briefs(["b1", "b2", "b3"])
    assert briefs["b1"].nano + briefs["b2"].nano == spent.billed
    assert briefs["b3"].nano == 0
    assert costs.of_briefs(["b1"], ["brief", "fact_sheet"])["b1"].calls == 2


def test_it_compares_with_the_naive_design_and_with_2023(settings: Any) -> None:
    settings.NUTGRAF_MODEL_STRONG = "gpt-5"
    assert costs.naive_usd(4_000_000, 4_000) == "1.260000"  # a million tokens read, a thousand written
    assert costs.usd_at_2023_prices(costs.estimated_tokens(4_000_000, 4_000)) == "30.060000"
    assert costs.usd_at_2023_prices(Tokens(1, 1, 1, 1, 1)) == "0.000210"
    settings.NUTGRAF_MODEL_STRONG = "a-local-model"
    assert costs.naive_usd(4_000_000, 4_000) == "1.260000", "an unpriced model is compared at gpt-5's price"


def test_the_ledger_command_checks_and_lists(spent: ModelServer, capsys: Any) -> None:
    call_command("ledger", "verify", "--json")
    assert json.loads(capsys.readouterr().out) == {"ok": True, "calls": 6, "broken": []}
    call_command("ledger", "calls", "--json")
    rows = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in rows].count("settled") == 5
    assert rows[0]["purpose"] == "converse"
    call_command("ledger", "calls", "--state", "unknown")
    assert "unknown" in capsys.readouterr().out


def test_the_ledger_command_exits_1_and_names_what_is_broken(spent: ModelServer, capsys: Any) -> None:
    Call.objects.filter(state="settled").update(cost=1)
    with pytest.raises(SystemExit) as caught:
        call_command("ledger", "verify", "--json")
    assert caught.value.code == 1
    names = {each["name"] for each in json.loads(capsys.readouterr().out)["broken"]}
    assert names == {"entries_match_state", "cost_matches_usage"}


def test_reconcile_says_what_it_lacks(spent: ModelServer, capsys: Any) -> None:
    with pytest.raises(SystemExit) as caught:
        call_command("ledger", "reconcile", "--json")
    assert caught.value.code == 1
    said = json.loads(capsys.readouterr().out)
    assert said["unknown"] == 1
    assert "usage and cost report" in said["error"]


def test_reconcile_is_content_when_nothing_is_open(spent: ModelServer, capsys: Any) -> None:
    unknown = Call.objects.get(state="unknown")
    assert ledger.true_up(unknown.pk, 1, "the provider's report")
    call_command("ledger", "reconcile", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["unknown"], said["error"]) == (0, "")
    ledger.reserve(Attempt("brief", "brief:b9", "write", "gpt-6-luna", "api.openai.com", 1000))
    with pytest.raises(SystemExit):
        call_command("ledger", "reconcile")
    assert "1 calls are under way" in capsys.readouterr().out


def test_the_spend_command_tells_the_total_and_its_parts(spent: ModelServer, capsys: Any) -> None:
    call_command("spend", "--by", "purpose", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["usd"] == usd(spent.billed)
    assert said["usd_per_verified_briefing"] is None
    assert {line["key"] for line in said["lines"]} == {"brief", "lens", "converse"}
    call_command("spend")
    assert "6 calls" in capsys.readouterr().out


def test_bad_usage_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("ledger", "calls", "--limit", "0")
    with pytest.raises(CommandError):
        call_command("spend", "--since", "yesterday")

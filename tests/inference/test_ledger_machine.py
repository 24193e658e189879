"""Whatever happens to whichever call in whatever order, however often: the books say what a simple model says."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from inference import audit, ledger, prices, reconcile
from inference.errors import NotSent, OverBudget
from inference.evidence import Evidence
from inference.ledger import Attempt, Bill
from inference.models import Budget, Call, Entry
from inference.reconcile import Booked, Reported
from inference.tokens import Tokens

TOKEN = 250  # nano-dollars for an input token of gpt-5-mini
DAY, CONVERSE = 5_000 * TOKEN, 2_000 * TOKEN  # limits, so low that they are met
OPEN, COUNTING = ("reserved", "sent"), ("reserved", "sent", "unknown")


@dataclass
class Simple:
    """What a call is, without entries, transactions or budgets."""

    purpose: str
    hold: int
    state: str = "reserved"
    cost: int = 0
    expired: bool = False


class Books(RuleBasedStateMachine):
    """Reserve, send, settle, release, lose, reconcile and expire, in any order."""

    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, Simple] = {}
        self.example = transaction.atomic()
        # Each example is undone. Only a transaction marked like this lets the ledger open durable ones inside.
        self.example._from_testcase = True  # type: ignore[attr-defined]
        self.example.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # ------------------------------------------------------------ what may happen

    @rule(target=calls, purpose=st.sampled_from(["brief", "converse"]), tokens=st.integers(0, 1_500))
    def reserve(self, purpose: str, tokens: int) -> Any:
        hold = tokens * TOKEN
        fits = self.used() + hold <= DAY and (purpose == "brief" or self.used("converse") + hold <= CONVERSE)
        attempt = Attempt(purpose, "work:1", "step", "gpt-5-mini", "api.openai.com", hold)
        try:
            call = ledger.reserve(attempt)
        except OverBudget:
            assert not fits, "what fits is used"
            return multiple()
        assert fits, "and nothing else"
        self.known[call.pk] = Simple(purpose, hold)
        return call.pk

    @rule(call=calls)
    def send(self, call: int) -> None:
        simple = self.known[call]
        may = simple.state == "reserved" and not simple.expired
        with contextlib.nullcontext() if may else pytest.raises(NotSent):
            ledger.mark_sent(call)
        if may:
            simple.state = "sent"

    @rule(call=calls, part=st.fractions(0, 1))
    def settle(self, call: int, part: Any) -> None:
        simple = self.known[call]
        tokens = int(simple.hold * part) // TOKEN
        may = simple.state in COUNTING
        assert ledger.settle(call, _bill(tokens)) == may
        if may:
            simple.state, simple.cost = "settled", tokens * TOKEN

    @rule(call=calls)
    def release(self, call: int) -> None:
        may = self.known[call].state in OPEN
        assert ledger.release(call, "HTTP 400") == may
        if may:
            self.known[call].state = "released"

    @rule(call=calls)
    def lose(self, call: int) -> None:
        may = self.known[call].state == "sent"
        assert ledger.mark_unknown(call, "time-out") == may
        if may:
            self.known[call].state = "unknown"

    @rule(call=calls)
    def expire(self, call: int) -> None:
        if self.known[call].state in OPEN:
            Call.objects.filter(pk=call).update(lease_until=Now() - timedelta(seconds=1))
            self.known[call].expired = True

    @rule()
    def sweep(self) -> None:
        lost = [each for each in self.known.values() if each.expired and each.state in OPEN]
        done = ledger.sweep()
        assert sum(done.values()) == len(lost)
        for simple in lost:
            simple.state = "released" if simple.state == "reserved" else "unknown"

    @rule(part=st.fractions(0, 1))
    def reconcile(self, part: Any) -> None:
        """The provider bills some of what is unknown; its report closes all of it, to the nano-dollar."""
        unknown = {pk: each for pk, each in self.known.items() if each.state == "unknown"}
        settled = [each for each in self.known.values() if each.state in ("settled", "trued_up")]
        excess = int(sum(each.hold for each in unknown.values()) * part)
        holds = tuple((pk, each.hold) for pk, each in unknown.items())
        ours = Booked(sum(each.cost for each in settled), len(settled), 0, holds)
        verdict = reconcile.judge(ours, Reported(ours.cost + excess, len(settled) + len(unknown)))
        assert verdict.note == ""
        assert sum(verdict.costs.values()) == excess
        for pk, cost in verdict.costs.items():
            assert cost <= unknown[pk].hold
            assert ledger.true_up(pk, cost, "usage report")
            assert not ledger.true_up(pk, cost, "usage report")
            unknown[pk].state, unknown[pk].cost = "trued_up", cost

    @rule(call=calls)
    def everything_comes_once_more(self, call: int) -> None:
        """A message delivered late or twice finds a closed call and changes nothing."""
        if self.known[call].state in COUNTING:
            return
        before = Entry.objects.count()
        ledger.settle(call, _bill(1))
        ledger.release(call, "late")
        ledger.mark_unknown(call, "late")
        ledger.true_up(call, 1, "late")
        assert Entry.objects.count() == before

    # ------------------------------------------------------------ what always holds

    @invariant()
    def the_books_are_clean(self) -> None:
        assert audit.verify() == []
        with connection.cursor() as cursor:
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # or the trigger would wait for a commit that never comes

    @invariant()
    def the_rows_say_what_the_model_says(self) -> None:
        rows = {pk: (state, cost) for pk, state, cost in Call.objects.values_list("pk", "state", "cost")}
        paid = ("settled", "trued_up")
        assert rows == {
            pk: (each.state, each.cost if each.state in paid else None) for pk, each in self.known.items()
        }
        for scope, purpose in (("service", ""), ("purpose:converse", "converse")):
            found = Budget.objects.filter(scope=scope).values_list("settled", "held")
            assert {settled + held for settled, held in found} <= {self.used(purpose)}

    def used(self, purpose: str = "") -> int:
        mine = [each for each in self.known.values() if purpose in ("", each.purpose)]
        return sum(each.hold if each.state in COUNTING else each.cost for each in mine)


def _bill(tokens: int) -> Bill:
    usage: Mapping[str, int] = {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens}
    tariff = prices.tariff("gpt-5-mini")
    return Bill(tariff.cost(Tokens(tokens)), Tokens(tokens), tariff.rows, Evidence(usage=dict(usage)))


@pytest.mark.django_db
@override_settings(
    NUTGRAF_BUDGET_DAY_USD=Decimal(DAY) / 10**9,
    NUTGRAF_BUDGETS={("converse", "day"): Decimal(CONVERSE) / 10**9},
)
def test_the_books_hold_in_any_order_of_events() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Books,
        settings=hypothesis_settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

"""Reserve, send, settle: every way a call's money can go, and that no other way exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models.functions import Now
from pytest_django import DjangoAssertNumQueries

from inference import audit, ledger, prices, spool
from inference.errors import LedgerDown, NotSent, OverBudget
from inference.evidence import Evidence
from inference.ledger import Attempt, Bill
from inference.models import Budget, Call, Entry
from inference.tokens import Tokens
from tests.releases import widen

pytestmark = pytest.mark.django_db

HOLD = 1_000_000


def _reserve(work: str = "brief:b1", hold: int = HOLD, reader: int | None = None) -> Call:
    return ledger.reserve(Attempt("brief", work, "write", "gpt-5-mini", "api.openai.com", hold, "b1", reader))


def _bill(tokens: int = 100) -> Bill:
    """An honest bill for so many input tokens of gpt-5-mini: 250 nano-dollars each."""
    usage = {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens}
    tariff = prices.tariff("gpt-5-mini")
    return Bill(tariff.cost(Tokens(tokens)), Tokens(tokens), tariff.rows, Evidence(usage=usage))


def _service() -> Budget:
    return Budget.objects.filter(scope="service").order_by("period")[0]


def test_it_numbers_the_attempts_at_a_step() -> None:
    assert [_reserve().number, _reserve().number, _reserve("brief:b2").number] == [1, 2, 1]


def test_it_gives_back_what_a_settled_call_did_not_use() -> None:
    call = _reserve()
    assert (_service().held, _service().settled) == (HOLD, 0)
    ledger.mark_sent(call.pk)
    assert ledger.settle(call.pk, _bill(100))
    assert (_service().held, _service().settled) == (0, 25_000)
    assert audit.verify() == []


def test_a_second_settle_changes_nothing() -> None:
    call = _reserve()
    ledger.mark_sent(call.pk)
    assert ledger.settle(call.pk, _bill(100))
    assert not ledger.settle(call.pk, _bill(200))
    assert not ledger.release(call.pk, "late")
    assert not ledger.mark_unknown(call.pk, "late")
    assert _service().settled == 25_000
    assert audit.verify() == []


def test_an_unknown_call_keeps_its_hold_until_the_bill_or_the_report_comes() -> None:
    billed, reported = _reserve(), _reserve()
    for call in (billed, reported):
        ledger.mark_sent(call.pk)
        assert ledger.mark_unknown(call.pk, "time-out")
    assert _service().held == 2 * HOLD
    assert audit.verify() == []
    assert ledger.settle(billed.pk, _bill(100))
    assert ledger.true_up(reported.pk, 30_000, "usage report of 2025-08-08")
    assert not ledger.true_up(reported.pk, 30_000, "usage report of 2025-08-08")
    assert (_service().held, _service().settled) == (0, 55_000)
    assert audit.verify() == []


def test_it_refuses_what_does_not_fit_and_leaves_no_trace(settings: Any) -> None:
    settings.NUTGRAF_BUDGET_DAY_USD = "0.0025"  # 2.5 holds
    _reserve()
    _reserve()
    with pytest.raises(OverBudget) as caught:
        _reserve()
    assert caught.value.scope == "service"
    assert Call.objects.count() == 2
    assert _service().held == 2 * HOLD
    settings.NUTGRAF_BUDGET_DAY_USD = "0.003"
    assert _reserve().number == 3
    assert audit.verify() == []


def test_it_charges_a_reader_without_touching_another(settings: Any, django_user_model: Any) -> None:
    settings.NUTGRAF_BUDGET_READER_MONTH_USD = "0.001"
    ada, ben = (django_user_model.objects.create_user(f"{name}@example.com") for name in ("ada", "ben"))
    _reserve(reader=ada.pk)
    with pytest.raises(OverBudget, match=f"reader:{ada.pk}"):
        _reserve(reader=ada.pk)
    _reserve(reader=ben.pk)


def test_it_stops_one_purpose_for_the_day_and_lets_the_others_go_on(settings: Any) -> None:
    settings.NUTGRAF_BUDGETS = {("converse", "day"): Decimal("0.001"), ("lens", "month"): Decimal("0.002")}
    question = Attempt("converse", "converse:1", "answer", "gpt-5-mini", "api.openai.com", HOLD)
    ledger.reserve(question)
    with pytest.raises(OverBudget, match="purpose:converse") as caught:
        ledger.reserve(question)
    assert len(caught.value.period) == len("2025-08-08")
    _reserve()
    lens = replace(question, purpose="lens", work_key="lens:1")
    ledger.reserve(lens)
    ledger.reserve(lens)
    with pytest.raises(OverBudget, match="purpose:lens") as caught:
        ledger.reserve(lens)
    assert len(caught.value.period) == len("2025-08")
    held = dict(Budget.objects.filter(scope__startswith="purpose").values_list("scope", "held"))
    assert held == {"purpose:converse": HOLD, "purpose:lens": 2 * HOLD}
    assert audit.verify() == []


def test_it_limits_a_readers_day_beside_their_month(settings: Any, django_user_model: Any) -> None:
    settings.NUTGRAF_BUDGETS = {("reader", "day"): Decimal("0.001")}
    ada = django_user_model.objects.create_user("ada@example.com")
    _reserve(reader=ada.pk)
    with pytest.raises(OverBudget) as caught:
        _reserve(reader=ada.pk)
    assert (caught.value.scope, len(caught.value.period)) == (f"reader:{ada.pk}", len("2025-08-08"))
    assert Budget.objects.filter(scope=f"reader:{ada.pk}", held=HOLD).count() == 2, "day and month"


def test_a_budget_of_something_that_is_no_purpose_is_refused_at_the_start(settings: Any) -> None:
    settings.NUTGRAF_BUDGETS = {("chat", "day"): Decimal(1)}
    with pytest.raises(SystemCheckError, match=r"NUTGRAF_BUDGETS: 'chat' .* converse"):
        call_command("check")


def test_the_ledger_outlives_the_reader(django_user_model: Any) -> None:
    ada = django_user_model.objects.create_user("ada@example.com")
    call = _reserve(reader=ada.pk)
    ledger.mark_sent(call.pk)
    ledger.settle(call.pk, _bill())
    ada.delete()
    call.refresh_from_db()
    assert (call.reader, call.cost) == (None, 25_000)
    assert audit.verify() == []


def test_the_sweep_closes_what_was_abandoned() -> None:
    unsent, sent, alive = _reserve(), _reserve(), _reserve()
    ledger.mark_sent(sent.pk)
    Call.objects.filter(pk__in=[unsent.pk, sent.pk]).update(lease_until=Now() - timedelta(minutes=5))
    assert [broken.name for broken in audit.verify()] == ["nothing_past_its_lease"] * 2
    assert ledger.sweep() == {"released": 1, "unknown": 1}
    assert ledger.sweep() == {"released": 0, "unknown": 0}
    states = dict(Call.objects.values_list("pk", "state"))
    assert states == {unsent.pk: "released", sent.pk: "unknown", alive.pk: "reserved"}
    with pytest.raises(NotSent):
        ledger.mark_sent(unsent.pk)
    assert audit.verify() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.update(amount=1),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.filter(kind="reserve").update(evidence="edited"),
        lambda: Call.objects.all().delete(),
        lambda: connection.cursor().execute("DELETE FROM inference_entry"),
    ],
)
def test_the_entries_refuse_to_be_changed(change: Any) -> None:
    _reserve()
    before = list(Entry.objects.order_by("pk").values())
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        change()
    assert list(Entry.objects.order_by("pk").values()) == before


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_transaction_that_does_not_sum_to_zero() -> None:
    call = _reserve()
    one = Entry.objects.filter(call=call)[0]
    with pytest.raises(IntegrityError, match="sum to zero"):
        Entry.objects.create(transaction=one.transaction, call=call, account="spent", kind="settle", amount=5)


def test_verify_names_what_was_tampered_with() -> None:
    call = _reserve()
    ledger.mark_sent(call.pk)
    ledger.settle(call.pk, _bill())
    Call.objects.filter(pk=call.pk).update(cost=24_999)
    Budget.objects.filter(scope="service", period=_service().period).update(settled=7)
    names = {broken.name for broken in audit.verify()}
    assert names == {"entries_match_state", "cost_matches_usage", "budgets_match_entries"}


def test_a_bill_that_finds_no_database_waits_on_disk_and_is_posted_once(settings: Any, tmp_path: Any) -> None:
    settings.NUTGRAF_VAR = tmp_path
    call = _reserve()
    ledger.mark_sent(call.pk)
    bill = _bill(100)
    with connection.execute_wrapper(_database_gone), pytest.raises(LedgerDown):
        spool.post(call.pk, bill)
    assert Call.objects.get(pk=call.pk).state == "sent"
    assert spool.drain() == 1
    assert spool.drain() == 0
    assert not ledger.settle(call.pk, bill)
    assert Call.objects.get(pk=call.pk).cost == 25_000
    assert audit.verify() == []


def test_nothing_is_reserved_while_the_database_is_away() -> None:
    with connection.execute_wrapper(_database_gone), pytest.raises(LedgerDown):
        _reserve()


def test_a_reserved_call_is_what_its_row_says_and_new_in_all_that_was_not_given(
    django_user_model: Any,
) -> None:
    ada = django_user_model.objects.create_user("ada@example.com")
    call = _reserve(reader=ada.pk)
    stored = Call.objects.values().get()
    assert {name: getattr(call, name) for name in stored} == stored
    given = {"work_key", "step", "purpose", "brief", "reader_id", "provider", "model", "hold"}
    ours = {"id", "attempt", "number", "lease_until", "reserved_at"}
    new = Call()
    assert {name: stored[name] for name in stored.keys() - given - ours} == {
        name: getattr(new, name) for name in stored.keys() - given - ours
    }
    assert call.lease_until is not None
    assert call.lease_until - call.reserved_at < ledger.LEASE * 2
    assert call.budgets.count() == Budget.objects.count() == 3, (
        "the service's day and month, the reader's month"
    )


@pytest.mark.django_db(transaction=True)
def test_a_call_is_three_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """How long the budgets' rows are locked is how many calls a second there can be (bench/ledger.py)."""
    _reserve()  # the day begins
    bill = _bill()
    with django_assert_num_queries(3):
        call = _reserve("brief:b2")
        ledger.mark_sent(call.pk)
        ledger.settle(call.pk, bill)
    assert audit.verify() == []


@pytest.mark.django_db(transaction=True)
def test_what_was_planned_before_an_upgrade_costs_no_call_and_no_bill() -> None:
    for n in range(4):  # until its statements are prepared
        call = _reserve(f"brief:b{n}")
        ledger.mark_sent(call.pk)
        ledger.settle(call.pk, _bill())
    try:
        widen(Call, "model", by=1)
        late = _reserve("brief:late")
        widen(Call, "model", by=2)
        ledger.mark_sent(late.pk)
        assert ledger.settle(late.pk, _bill(100))
    finally:
        widen(Call, "model")
        connection.close()  # with its plans
    assert Call.objects.get(pk=late.pk).cost == 25_000
    assert audit.verify() == []


@pytest.mark.parametrize(("midnights", "reserved"), [(1, True), (9, False)])
def test_budgets_begin_across_a_midnight_or_nothing_is_reserved(midnights: int, reserved: bool) -> None:
    """What was begun is of the day before: its rows are, as it were, not there when they are looked for again."""
    begun: list[str] = []

    def midnight(execute: Any, sql: str, *rest: Any) -> Any:
        done = execute(sql, *rest)
        if "INSERT INTO inference_budget" in sql and len(begun) < midnights:
            begun.append(sql)
            Budget.objects.all().delete()
        return done

    with connection.execute_wrapper(midnight):
        if reserved:
            assert _reserve().state == "reserved"
            assert _service().held == HOLD
        else:
            with pytest.raises(LedgerDown, match="service"):
                _reserve()
    assert Call.objects.count() == reserved
    assert begun


def test_a_bill_above_the_hold_is_posted_and_flagged_beside_what_came_with_it() -> None:
    call = _reserve(hold=1000)
    ledger.mark_sent(call.pk)
    assert ledger.settle(call.pk, replace(_bill(100), evidence=Evidence(flags=("usage: odd",))))
    assert Call.objects.get(pk=call.pk).flags == ["usage: odd", "over_hold: 25000 of 1000"]
    assert (_service().held, _service().settled) == (0, 25_000)


def test_what_the_provider_asked_for_outlives_the_closing() -> None:
    call = _reserve()
    ledger.mark_sent(call.pk)
    ledger.mark_unknown(call.pk, "HTTP 503", pause=timedelta(minutes=5))
    asked = Call.objects.get(pk=call.pk).ask_again_at
    assert asked is not None
    ledger.true_up(call.pk, 0, "usage report")
    assert Call.objects.get(pk=call.pk).ask_again_at == asked


def test_a_late_bill_keeps_the_flags_of_what_was_unknown() -> None:
    call = _reserve()
    ledger.mark_sent(call.pk)
    ledger.mark_unknown(call.pk, "HTTP 200 without usage", Evidence(flags=("tier is not listed",)))
    assert ledger.settle(call.pk, replace(_bill(100), evidence=Evidence()))
    assert Call.objects.get(pk=call.pk).flags == ["tier is not listed"]


def _database_gone(*_: Any) -> None:
    raise OperationalError("server closed the connection unexpectedly")

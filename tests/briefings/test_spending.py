"""The page about spending: straight from the ledger, and only for those who run the service."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from briefings.accounts import Accounts, accounts
from briefings.models import Edition
from briefings.templatetags import briefs as filters
from briefings.web import chart
from briefings.web.chart import Point
from inference import ledger, prices
from inference.evidence import Evidence
from inference.ledger import Attempt, Bill
from inference.models import Call, Statement
from inference.tokens import Tokens
from tests.briefings import factories, rows
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    user = User.objects.create_user("owner@example.com", is_staff=True)
    client = Client()
    client.force_login(user)
    return client


def paid(purpose: str, work: str, tokens: int, model: str = "gpt-5-mini", days_ago: int = 0) -> Call:
    """A settled call of so many input tokens."""
    tariff = prices.tariff(model)
    hold = tariff.cost(Tokens(tokens)) + 1000
    call = ledger.reserve(Attempt(purpose, work, "step", model, "api.openai.com", hold))
    ledger.mark_sent(call.pk)
    usage = {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens}
    ledger.settle(
        call.pk, Bill(tariff.cost(Tokens(tokens)), Tokens(tokens), tariff.rows, Evidence(usage=usage))
    )
    return _on(call, days_ago)


def lost(hold: int, days_ago: int = 0) -> Call:
    call = ledger.reserve(Attempt("lens", "lens:9", "lens", "gpt-5-mini", "api.openai.com", hold))
    ledger.mark_sent(call.pk)
    ledger.mark_unknown(call.pk, "no answer within 90 s")
    return _on(call, days_ago)


def _on(call: Call, days_ago: int) -> Call:
    Call.objects.filter(pk=call.pk).update(reserved_at=timezone.now() - timedelta(days=days_ago))
    return call


@pytest.fixture
def ledgered() -> Accounts:
    """Ada's and Ben's editions of today, Ada's of two days ago; a repair, a strong lens, a lost call."""
    now = timezone.now()
    ada, ben = rows.reader("ada@bank.example"), rows.reader("ben@fund.example", "investor")
    first = factories.edition_of_two(ada)
    brief, lens = first.items.get(rank=1).brief, first.items.get(rank=1).lens
    second = rows.ready_edition(ben, factories.MORNING, [(brief, None)])
    third = rows.ready_edition(ada, factories.MORNING - timedelta(days=2), [(brief, lens)])
    Edition.objects.filter(pk__in=[first.pk, second.pk]).update(prepared_at=now)
    Edition.objects.filter(pk=third.pk).update(prepared_at=now - timedelta(days=2))
    paid("brief", "brief:1", 4000)  # $0.001
    paid("repair", "brief:1", 1000)  # $0.00025
    paid("lens", "lens:1", 1000, "gpt-5")  # $0.00125
    paid("brief", "brief:2", 8000, days_ago=2)  # $0.002
    paid("brief", "brief:0", 80_000, days_ago=40)
    lost(700_000, days_ago=20)
    released = ledger.reserve(Attempt("brief", "brief:1", "step", "gpt-5-mini", "api.openai.com", 1000))
    ledger.release(released.pk, "HTTP 400")
    return accounts(now, 14)


def test_it_adds_up_by_day_purpose_and_model(ledgered: Accounts) -> None:
    assert len(ledgered.days) == 14
    today, before = ledgered.days[-1], ledgered.days[-3]
    assert (today.nano, today.calls, today.briefings, today.per_briefing) == (2_500_000, 4, 2, 1_250_000)
    assert (before.nano, before.briefings, before.per_briefing) == (2_000_000, 1, 2_000_000)
    assert ledgered.days[-2].per_briefing is None
    assert ledgered.total.nano == 4_500_000
    assert (ledgered.verified.count, ledgered.verified.counted, ledgered.per_briefing) == (
        3,
        "editions",
        1_500_000,
    )
    assert [(line.key, line.cost.nano) for line in ledgered.purposes] == [
        ("brief", 3_000_000),
        ("lens", 1_250_000),
        ("repair", 250_000),
    ]
    assert [(line.key, line.cost.nano) for line in ledgered.models] == [
        ("gpt-5-mini", 3_250_000),
        ("gpt-5", 1_250_000),
    ]


def test_it_tells_failures_repairs_and_what_is_unknown(ledgered: Accounts) -> None:
    assert (ledgered.outcomes.closed, ledgered.outcomes.unanswered, ledgered.outcomes.repairs) == (5, 1, 1)
    assert ledgered.outcomes.repairs_nano == 250_000
    assert (ledgered.unknown_count, ledgered.unknown_held) == (1, 700_000), "however old"
    day = next(each for each in ledgered.budgets if len(each.period) == 10)
    assert day.left == day.limit - day.settled - day.held


def test_the_command_tells_the_same(ledgered: Accounts, capsys: Any) -> None:
    since = datetime.now(UTC).date() - timedelta(days=13)
    call_command("spend", "--since", since.isoformat(), "--by", "purpose", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["usd"], said["usd_per_verified_briefing"]) == ("0.004500", "0.001500")
    assert (said["verified_briefings"], said["counted"]) == (3, "editions")
    assert [line["key"] for line in said["lines"]] == [line.key for line in ledgered.purposes]


def _untold(answer: HttpResponse) -> str:
    """The page without the token by which its reader signs out and the address that leads back after a choice."""
    page = answer.content.decode()
    return re.sub(r'(name="(?:csrfmiddlewaretoken|next)" value=")[^"]*', r"\1", page)


def test_it_is_there_for_staff_alone(ledgered: Accounts) -> None:
    ada = Client()
    ada.force_login(User.objects.get(email="ada@bank.example"))
    for client in (Client(), ada):
        refused, nowhere = client.get("/spending/"), client.get("/no-such-page/")
        assert (refused.status_code, nowhere.status_code) == (404, 404)
        assert _untold(refused) == _untold(nowhere), "a stranger cannot tell that there is such a page"
        assert "Spending" not in client.get("/", follow=True).content.decode()


def test_it_shows_the_figures_in_charts_and_tables(staff: Client, ledgered: Accounts) -> None:
    Statement.objects.create(
        provider="api.openai.com",
        day=timezone.now().date() - timedelta(days=1),
        model="gpt-5-mini",
        ours=1_000_000,
        theirs=1_100_000,
        agreed=False,
        note="$0.0011 reported, <b>$0.001</b> settled",
        evidence=[],
    )
    response = staff.get("/spending/")
    page = response.content.decode()
    assert response.headers["Cache-Control"].count("no-store") == 1
    assert (page.count("<svg"), page.count("<table")) == (5, 8)
    for figure in (
        "$0.0015",
        "$0.0045",
        "$0.00070",
        "66.7 %",
        "9.1 %",
        "&lt;b&gt;$0.001&lt;/b&gt;",
        "2 weeks, 6 days",
    ):
        assert figure in page.replace("\xa0", " "), figure
    assert not re.search("style=|<style|<script>", page)
    spans = re.findall(r"days=(\d+)", page)
    assert spans == ["30", "90"]
    assert "$0.025" in staff.get("/spending/?days=90").content.decode(), "what was spent 40 days ago"
    assert staff.get("/spending/?days=1000000").status_code == 200
    assert staff.post("/spending/").status_code == 405


def test_it_asks_a_fixed_number_of_questions(
    staff: Client, ledgered: Accounts, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(30):
        staff.get("/spending/?days=90")


def test_it_has_something_to_say_before_any_call(staff: Client) -> None:
    page = staff.get("/spending/").content.decode()
    assert "No model was asked" in page
    assert "None: the ledger knows what every call cost." in page
    assert "Not compared yet" in page


# ---------------------------------------------------------------- the drawing


def test_columns_stand_on_the_floor_and_end_at_their_value() -> None:
    drawn = chart.columns([Point("1 Aug", 4_000_000, ""), Point("2 Aug", None, ""), Point("3 Aug", 0, "")])
    assert [tick.label for tick in drawn.ticks] == ["$0", "$0.001", "$0.002", "$0.003", "$0.004"]
    first, none, nothing = drawn.bars
    assert (first.y, first.y + first.height) == (drawn.ticks[-1].y, chart.FLOOR)
    assert (none.height, nothing.height) == (0, chart.HAIR)
    assert all(bar.x >= chart.LEFT and bar.end <= chart.WIDTH for bar in drawn.bars)


@pytest.mark.parametrize(("most", "step"), [(0, 0), (41, 20), (40, 10), (1, 1), (90_000, 50_000)])
def test_the_scale_has_round_steps(most: int, step: int) -> None:
    assert chart.scale(most) == step


def test_rows_stack_what_is_held_on_what_is_settled_and_stay_inside() -> None:
    day, over = chart.rows([Point("service", 25, "", 25, 100), Point("lens", 300, "", 200, 100)]).bars
    assert (day.width, day.rest, day.end) == (chart.WIDTH / 4, chart.WIDTH / 4, chart.WIDTH / 4)
    assert over.width + over.rest == chart.WIDTH
    assert chart.rows([]).bars == ()
    assert chart.rows([Point("free", 0, "", 0, 0)]).bars[0].width == chart.HAIR


def test_a_long_list_of_days_has_few_words_below() -> None:
    drawn = chart.columns([Point(str(n), 1, "") for n in range(90)])
    assert sum(bool(bar.label) for bar in drawn.bars) <= 5
    assert drawn.bars[-1].label == "89", "today is named"


def test_amounts_that_do_not_exist_are_a_dash() -> None:
    assert (filters.dollars(None), filters.dollars(0), filters.percent(1, 0)) == ("–", "$0", "–")

"""A reader's own spending: by day where they are, by brief and conversation, their part of what is shared."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from briefings.models import Brief
from briefings.own_spent import DAYS, own_accounts
from inference import ledger, prices
from inference.evidence import Evidence
from inference.ledger import Attempt, Bill
from inference.models import Call
from inference.tokens import Tokens
from tests.briefings import factories, rows
from users.models import Profile, User

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TOKYO = ZoneInfo("Asia/Tokyo")


def body(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def paid(purpose: str, tokens: int, brief: str = "", reader: User | None = None, at: datetime = NOW) -> Call:
    """A settled call: at a quarter of a dollar a million, 4,001 tokens are $0.00100025."""
    tariff = prices.tariff("gpt-5-mini")
    cost = tariff.cost(Tokens(tokens))
    who = reader.pk if reader else None
    work = f"{purpose}:{brief}:{Call.objects.count()}"
    attempt = Attempt(
        purpose, work, "step", "gpt-5-mini", "api.openai.com", cost + 1000, brief=brief, reader=who
    )
    call = ledger.reserve(attempt)
    ledger.mark_sent(call.pk)
    usage = {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens}
    ledger.settle(call.pk, Bill(cost, Tokens(tokens), tariff.rows, Evidence(usage=usage)))
    Call.objects.filter(pk=call.pk).update(reserved_at=at)
    return call


@pytest.fixture
def had(ada: User) -> Brief:
    """A brief of this morning that Ada and Ben got."""
    edition = factories.edition_of_two(ada, NOW.date())
    brief = edition.items.get(rank=1).brief
    ben = rows.reader("ben@fund.example", "investor")
    rows.ready_edition(ben, NOW.date(), [(brief, None)])
    return brief


def test_it_says_so_where_nothing_was_spent(page: Client, had: Brief) -> None:
    shown = body(page.get("/settings/spending/"))
    assert "Nothing was spent for you" in shown
    assert "No model is set up here" in shown
    assert "Left this month" in shown
    assert "/settings/spending/" in body(page.get("/settings/"))


def test_it_tells_each_amount_to_the_last_digit_with_its_brief_and_conversation(
    page: Client, ada: User, had: Brief
) -> None:
    paid("converse", 4001, had.pk, ada)
    paid("lens", 1000, had.pk, ada)
    paid("embed", 100, "", ada)
    paid("converse", 400, "gone0000gone0000", ada)
    shown = body(page.get("/settings/spending/"))
    assert f'Your questions<br><a href="/brief/{had.pk}/#conversation">OpenAI releases GPT-5' in shown
    assert "$0.00100025" in shown
    assert f'href="/brief/{had.pk}/">OpenAI releases GPT-5' in shown
    assert "gone0000gone0000" not in shown
    found = own_accounts(ada, NOW, ZoneInfo("UTC"))
    assert [(line.what, line.nano) for line in found.lines] == [
        ("Your questions", 1_000_250),
        ("Another lens", 250_000),
        ("Your questions", 100_000),
        ("Comparing your words", 25_000),
    ]
    assert found.spent == sum(call.cost or 0 for call in Call.objects.all()) == 1_375_250
    (month,) = found.budgets
    assert (month.settled, month.left) == (1_375_250, 1_000_000_000 - 1_375_250)
    assert "$0.99862475" in shown


def test_a_day_is_one_where_the_reader_is(ada: User) -> None:
    late = datetime(2026, 3, 10, 16, tzinfo=ZoneInfo("UTC"))  # the 11th in Tokyo
    paid("converse", 4000, "", ada, late)
    now = late + timedelta(days=2)
    days = {one.day.isoformat(): one.nano for one in own_accounts(ada, now, TOKYO).days}
    assert len(days) == DAYS
    assert (days["2026-03-10"], days["2026-03-11"]) == (0, 1_000_000)
    days = {one.day.isoformat(): one.nano for one in own_accounts(ada, now, ZoneInfo("UTC")).days}
    assert (days["2026-03-10"], days["2026-03-11"]) == (1_000_000, 0)


def test_the_first_of_thirty_days_counts_whole_and_the_day_before_not_at_all(ada: User) -> None:
    now = datetime(2026, 3, 30, 3, tzinfo=ZoneInfo("UTC"))  # noon in Tokyo
    first = datetime(2026, 3, 1, 0, 0, tzinfo=TOKYO)
    paid("converse", 4000, "", ada, first)
    paid("converse", 8000, "", ada, first - timedelta(seconds=1))
    found = own_accounts(ada, now, TOKYO)
    assert (found.days[0].nano, found.spent) == (1_000_000, 1_000_000)
    assert [line.nano for line in found.lines] == [1_000_000]


def test_what_is_shared_is_parted_among_those_who_got_it(page: Client, ada: User, had: Brief) -> None:
    paid("brief", 4001, had.pk)
    paid("converse", 80_000, had.pk, User.objects.get(email__startswith="ben"))
    found = own_accounts(ada, NOW, ZoneInfo("UTC"))
    (one,) = found.dearest
    assert (one.brief, one.nano, one.part) == (had.pk, 1_000_250, 500_125)
    assert (found.spent, found.shared_nano, found.part) == (0, 1_000_250, 500_125)
    shown = body(page.get("/settings/spending/"))
    assert "$0.000500125 of that is yours" in shown


def test_nobody_sees_what_was_spent_for_others(had: Brief, ada: User) -> None:
    paid("converse", 4001, had.pk, ada)
    cal = Client()
    cal.force_login(rows.reader("cal@else.example"))
    shown = body(cal.get("/settings/spending/"))
    assert "Nothing was spent for you" in shown
    assert had.pk not in shown
    assert "OpenAI releases" not in shown
    assert (
        Client().get("/settings/spending/").headers["Location"] == "/accounts/login/?next=/settings/spending/"
    )


def test_it_shows_what_is_held_for_calls_nobody_knows_the_end_of(page: Client, ada: User) -> None:
    call = ledger.reserve(
        Attempt("converse", "turn:1", "step", "gpt-5-mini", "api.openai.com", 700_001, reader=ada.pk)
    )
    ledger.mark_sent(call.pk)
    ledger.mark_unknown(call.pk, "no answer within 90 s")
    assert "$0.000700001 more is held" in body(page.get("/settings/spending/"))


def test_a_reader_without_a_profile_has_the_page_too() -> None:
    new = User.objects.create_user("new@bank.example")
    assert not Profile.objects.filter(user=new).exists()
    client = Client()
    client.force_login(new)
    assert "Days are those of UTC" in body(client.get("/settings/spending/"))


def test_it_takes_few_queries(
    page: Client, ada: User, had: Brief, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    paid("converse", 4001, had.pk, ada)
    paid("brief", 4001, had.pk)
    with django_assert_max_num_queries(12):
        page.get("/settings/spending/")

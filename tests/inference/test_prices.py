"""Prices: from the operator's file, else the book, copied once, never rewritten, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from inference import checks, prices
from inference.errors import BadPrices, UnknownModel
from inference.models import Price
from inference.money import nano, price_of, usd
from inference.tokens import Tokens

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def own(settings: Any, tmp_path: Path) -> Path:
    settings.NUTGRAF_PRICES = str(tmp_path / "prices.toml")
    return tmp_path / "prices.toml"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (412_000, "0.000412"),
        (0, "0.000000"),
        (1_500_000_000, "1.500000"),
        (412_001, "0.000412001"),
        (-5_000, "-0.000005"),
    ],
)
def test_it_writes_nano_dollars_as_decimal_strings(amount: int, text: str) -> None:
    assert usd(amount) == text
    assert nano(Decimal(text)) == amount


def test_it_rounds_up_on_each_axis() -> None:
    assert price_of(1, 1) == 1
    assert price_of(0, 10**12) == 0
    assert price_of(2_000_000, 250_000_000) == 500_000_000


@pytest.mark.django_db
def test_it_copies_the_books_prices_into_rows_of_its_own_once() -> None:
    first, second = prices.tariff("gpt-5-mini"), prices.tariff("gpt-5-mini")
    assert first == second
    assert Price.objects.count() == len(first.rows) == 5
    assert {row.source for row in Price.objects.all()} == {Price.objects.all()[0].source}
    assert "genai-prices" in Price.objects.all()[0].source
    assert first.cost(Tokens(1_000_000, 1_000_000, 0, 1_000_000)) == 2_275_000_000


@pytest.mark.django_db
def test_a_new_price_ends_the_old_one_and_rewrites_nothing(own: Path) -> None:
    own.write_text("")
    old = prices.tariff("gpt-5-mini")
    own.write_text("[gpt-5-mini]\ninput = 0.30\ncached = 0.03\noutput = 2.5\n")
    new = prices.tariff("gpt-5-mini")
    assert set(old.rows).isdisjoint(new.rows)
    assert new.prices["input"] == 300_000_000
    assert Price.objects.filter(pk__in=old.rows, valid_until__isnull=False).count() == 5
    assert Price.objects.get(pk=old.rows[0]).nano_per_million == 250_000_000
    for change in (Price.objects.all().delete, lambda: Price.objects.update(nano_per_million=0)):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            change()


@pytest.mark.django_db
def test_two_prices_cannot_hold_at_once() -> None:
    row = Price.objects.get(pk=prices.tariff("gpt-5-mini").rows[0])
    row.pk = None
    with pytest.raises(IntegrityError, match="one_price_at_a_time"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["qwen3:8b", "", "gpt-99-ultra"])
def test_it_never_guesses_a_price(model: str) -> None:
    with pytest.raises(UnknownModel, match="NUTGRAF_PRICES"):
        prices.tariff(model)
    assert not Price.objects.exists()


@pytest.mark.django_db
def test_it_knows_the_list_of_the_endpoint_asked(settings: Any) -> None:
    settings.OPENAI_BASE_URL = "https://api.deepseek.com/v1"
    assert prices.tariff("deepseek-chat").provider == "api.deepseek.com"
    with pytest.raises(UnknownModel):
        prices.tariff("gpt-5-mini")


@pytest.mark.django_db
def test_it_prices_what_answered() -> None:
    asked = prices.tariff("gpt-5-mini")
    assert prices.billed(asked, "gpt-5-mini-2025-08-07", "default") == (asked, [])
    dearer, flags = prices.billed(asked, "gpt-5", "")
    assert dearer is not None
    assert (dearer.model, flags) == ("gpt-5", [])
    alias, flags = prices.billed(asked, "our-deployment", "")
    assert alias == asked
    assert "our-deployment" in flags[0]
    flex, flags = prices.billed(prices.tariff("gpt-6-luna"), "gpt-6-luna", "flex")
    assert flex is not None
    assert (flex.prices["input"], flags) == (50_000_000, [])


@pytest.mark.django_db
def test_a_snapshot_costs_what_the_operator_wrote_down_for_its_model(own: Path) -> None:
    own.write_text("[gpt-5-mini]\ninput = 9\noutput = 9\n[gpt-5-mini.flex]\ninput = 4.5\noutput = 4.5\n")
    found, _ = prices.billed(prices.tariff("gpt-5-mini"), "gpt-5-mini-2025-08-07", "flex")
    assert found is not None
    assert found.prices["reasoning"] == 4_500_000_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[m]\ninput = -1\noutput = 1", "input = -1"),
        ('[m]\ninput = "cheap"', "'cheap'"),
        ("[m]\noutput = 1", "no price for input"),
        ("[m]\ninput = 1\nthinking = 2", "thinking"),
        ("[m]\ninput = nan", "input"),
        ("m = 5", "not a table"),
        ("[m\n", "TOML"),
    ],
)
def test_it_refuses_a_bad_price_file_in_one_line(own: Path, text: str, said: str) -> None:
    own.write_text(text)
    (error,) = checks.check_prices()
    assert "NUTGRAF_PRICES" in error.msg
    assert said in error.msg
    assert "allowed" in error.msg
    assert "\n" not in error.msg


def test_it_refuses_a_missing_price_file(own: Path) -> None:
    with pytest.raises(BadPrices, match="No such file"):
        prices.listed("gpt-5-mini")

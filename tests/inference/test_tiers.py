"""What nobody waits for is asked at the flex tier, where there is one, and billed by the tier that answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inference import audit, dialect, gateway, prices, ways
from inference.errors import RateLimited, Unavailable
from inference.gateway import Ask
from inference.models import Call
from tests.fakes import model_server as fake
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _flex(settings: Any) -> None:
    settings.NUTGRAF_BACKGROUND_TIER = "flex"


@pytest.fixture
def patient(ask: Ask) -> Ask:
    return replace(ask, patient=True, system="You write briefs of the day's news. " * 20)


def tiers(provider: ModelServer) -> list[str | None]:
    return [request.body.get("service_tier") for request in provider.requests]


def test_it_pays_half_where_nobody_waits(provider: ModelServer, patient: Ask) -> None:
    flex = gateway.generate(patient)
    call = Call.objects.get(pk=flex.call)
    assert (call.tier, call.flags, call.cost) == ("flex", [], provider.requests[0].billed)
    assert tuple(call.prices) == prices.tariff("gpt-6-luna", "flex").rows
    standard = gateway.generate(replace(patient, patient=False, system="Y" + patient.system[1:] + "."))
    assert tiers(provider) == ["flex", None]
    assert standard.cost_nano == pytest.approx(2 * flex.cost_nano, rel=0.02)
    assert Call.objects.get(pk=standard.call).cost == provider.requests[1].billed
    assert audit.verify() == []


def test_it_holds_the_standard_price_before(provider: ModelServer, patient: Ask, settings: Any) -> None:
    """The provider may serve the request at the standard tier after all."""
    provider.tiers = ()
    reply = gateway.generate(patient)
    call = Call.objects.get(pk=reply.call)
    assert (call.tier, call.cost) == ("default", provider.billed)
    assert call.hold >= provider.billed
    assert audit.verify() == []


@pytest.mark.parametrize("tier", ["auto", "standard"])
def test_it_asks_no_unknown_endpoint_for_a_tier(
    provider: ModelServer, patient: Ask, settings: Any, tier: str
) -> None:
    settings.NUTGRAF_BACKGROUND_TIER = tier
    gateway.generate(patient)
    assert tiers(provider) == [None]


def test_it_knows_where_there_is_a_flex_tier() -> None:
    assert dialect.first("https://api.openai.com/v1", "gpt-5-mini").flex
    assert not dialect.first("https://api.openai.com/v1", "gpt-5-mini", "standard").flex
    assert not dialect.first("https://ada.openai.azure.com/openai/v1", "gpt-5-mini").flex


def test_it_goes_on_at_the_standard_tier_without_room_in_the_other(
    provider: ModelServer, patient: Ask
) -> None:
    provider.full_tiers = ("flex",)
    assert gateway.generate(patient).text == "hello"
    gateway.generate(patient)
    assert tiers(provider) == ["flex", None, None], "it is not asked again for some minutes"
    assert list(Call.objects.order_by("pk").values_list("state", flat=True)) == [
        "released",
        "settled",
        "settled",
    ]
    assert sum(call.cost or 0 for call in Call.objects.all()) == provider.billed
    for key in ways._flex_failed:
        ways._flex_failed[key] -= ways.FLEX_RESTS
    provider.full_tiers = ()
    gateway.generate(patient)
    assert tiers(provider)[-1] == "flex"


def test_it_goes_on_at_the_standard_tier_when_the_other_is_silent(
    provider: ModelServer, patient: Ask, settings: Any
) -> None:
    settings.MODEL_DEADLINE = 0.6
    provider.script(fake.SLOW)
    assert gateway.generate(patient).text == "hello"
    assert tiers(provider) == ["flex", None]
    assert list(Call.objects.order_by("pk").values_list("state", flat=True)) == ["unknown", "settled"]
    assert audit.verify() == []


def test_a_server_that_knows_no_tiers_is_asked_without(provider: ModelServer, patient: Ask) -> None:
    provider.refuses = ("service_tier",)
    gateway.generate(patient)
    gateway.generate(patient)
    assert tiers(provider) == ["flex", None, None]
    assert "response_format" not in provider.requests[-1].body


def test_other_refusals_are_those_of_any_tier(provider: ModelServer, patient: Ask) -> None:
    provider.script(fake.rate_limited(3))
    with pytest.raises(RateLimited) as caught:
        gateway.generate(patient)
    assert caught.value.retry_after == 3
    Call.objects.update(ask_again_at=None)
    provider.script(fake.CUT, fake.CUT)
    with pytest.raises(Unavailable):
        gateway.generate(patient)
    assert tiers(provider) == ["flex", "flex", None]

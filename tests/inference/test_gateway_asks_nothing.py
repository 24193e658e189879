"""What the door to models does not ask: a model that wants to be left alone, and what may not or cannot be paid."""

from __future__ import annotations

import email.utils
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now

from inference import audit, breaker, gateway
from inference.errors import (
    NotConfigured,
    OverBudget,
    RateLimited,
    TooLong,
    Unavailable,
    UnknownModel,
)
from inference.gateway import Ask
from inference.models import Call
from tests.fakes import model_server as fake
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.django_db
IN_90_SECONDS = "in 90 seconds"


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("7", 2, 7),
        (IN_90_SECONDS, 40, 90),
        ("Wed, 21 Oct 2055 07:28:00 GMT", 250, 300),
        ("1e12", 250, 300),
    ],
    ids=["seconds", "a date", "a date far away", "absurd"],
)
def test_it_leaves_a_model_alone_for_as_long_as_it_asks(
    provider: ModelServer, ask: Ask, said: str, least: int, most: int
) -> None:
    """All workers do: it is the ledger's row that says so."""
    if said == IN_90_SECONDS:
        said = email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    provider.script(fake.rate_limited(said))
    with pytest.raises(RateLimited):
        gateway.generate(ask)
    for again in (lambda: gateway.generate(ask), lambda: gateway.generate(replace(ask, work_key="brief:b2"))):
        with pytest.raises(RateLimited) as caught:
            again()
        assert caught.value.call is None
        assert caught.value.retry_after is not None
        assert least <= caught.value.retry_after <= most
    assert len(provider.requests) == Call.objects.count() == 1
    gateway.generate(replace(ask, model="gpt-6.1-sol"))  # another model has asked for nothing
    Call.objects.update(ask_again_at=Now())
    assert gateway.generate(ask).text == "hello"
    assert audit.verify() == []


@pytest.mark.parametrize(
    "said",
    ["Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 99999999999999 07:28:00 GMT", "-5", "soon", "nan", ""],
)
def test_a_retry_after_that_says_nothing_puts_nobody_off(provider: ModelServer, ask: Ask, said: str) -> None:
    provider.script(fake.rate_limited(said))
    with pytest.raises(RateLimited):
        gateway.generate(ask)
    assert gateway.generate(ask).text == "hello"


def test_a_server_that_is_down_and_says_for_how_long_is_left_alone(provider: ModelServer, ask: Ask) -> None:
    provider.script(replace(fake.OVERLOADED, headers={"Retry-After": "20"}))
    with pytest.raises(Unavailable):
        gateway.generate(ask)
    with pytest.raises(RateLimited):
        gateway.embed(["chips"], work_key="brief:b1", model=ask.model or "gpt-6-luna")
    assert len(provider.requests) == 1
    assert Call.objects.get().state == "unknown"


def test_it_leaves_a_model_alone_that_keeps_failing(provider: ModelServer, ask: Ask) -> None:
    provider.script(*[fake.rate_limited(0)] * 6, *[fake.OVERLOADED] * breaker.FAILURES)
    for _ in range(6 + breaker.FAILURES):
        with pytest.raises((RateLimited, Unavailable)):
            gateway.generate(ask)
    seen = len(provider.requests)
    with pytest.raises(Unavailable, match="left alone") as caught:
        gateway.generate(ask)
    assert (len(provider.requests), caught.value.call, caught.value.billed) == (seen, None, False)
    gateway.generate(replace(ask, model="gpt-6.1-sol"))  # another model is asked
    Call.objects.update(closed_at=Now() - breaker.PAUSE)
    assert gateway.generate(ask).text == "hello"
    assert gateway.generate(ask).text == "hello"
    assert audit.verify() == []


def test_it_asks_nothing_without_a_key_or_an_address(settings: Any, ask: Ask) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    assert not gateway.available()
    with pytest.raises(NotConfigured):
        gateway.generate(ask)
    assert not Call.objects.exists()


def test_it_refuses_a_model_without_a_price_before_the_call(provider: ModelServer, ask: Ask) -> None:
    with pytest.raises(UnknownModel, match="NUTGRAF_PRICES"):
        gateway.generate(replace(ask, model="local-model"))
    assert provider.requests == []
    assert not Call.objects.exists()


def test_it_refuses_before_the_network_when_a_budget_is_spent(
    provider: ModelServer, ask: Ask, settings: Any, django_user_model: Any
) -> None:
    settings.NUTGRAF_BUDGET_READER_MONTH_USD = "0.001"
    ada = django_user_model.objects.create_user("ada@example.com")
    with pytest.raises(OverBudget) as caught:
        gateway.generate(replace(ask, reader=ada.pk))
    assert caught.value.scope == f"reader:{ada.pk}"
    assert provider.requests == []
    assert not Call.objects.exists()
    gateway.generate(ask)  # the service's own budget is not touched


def test_it_refuses_a_prompt_beyond_the_price_cliff(provider: ModelServer, ask: Ask) -> None:
    with pytest.raises(TooLong):
        gateway.generate(replace(ask, prompt="news " * 200_000))
    assert provider.requests == []


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_call_inside_a_transaction(provider: ModelServer, ask: Ask) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        gateway.generate(ask)
    assert provider.requests == []

"""The door to models, judged by what the provider billed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from inference import audit, gateway
from inference.errors import (
    BadReply,
    InferenceError,
    RateLimited,
    Refused,
    Rejected,
    Truncated,
    Unavailable,
    Unsendable,
)
from inference.gateway import Ask
from inference.models import Budget, Call
from tests.fakes import model_server as fake
from tests.fakes.model_server import ModelServer
from tests.processes import PROJECT

pytestmark = pytest.mark.django_db


class Word(BaseModel):
    word: str
    why: str = ""


def _held() -> int:
    return Budget.objects.filter(scope="service").order_by("period").values_list("held", flat=True)[0]


def test_it_answers_and_posts_exactly_what_the_provider_billed(provider: ModelServer, ask: Ask) -> None:
    provider.reply = lambda body: {"word": "ok", "why": "because"}
    reply = gateway.generate(replace(ask, schema=Word))
    call = Call.objects.get(pk=reply.call)
    assert reply.parsed == {"word": "ok", "why": "because"}
    assert (call.state, call.cost, reply.cost_nano) == ("settled", provider.billed, provider.billed)
    assert provider.billed > 0
    assert (call.brief, call.purpose, call.number, call.finish_reason) == ("b1", "brief", 1, "stop")
    assert provider.requests[0].client_id == str(call.attempt)
    assert _held() == 0
    assert audit.verify() == []


def test_it_counts_cached_and_reasoning_tokens_once(provider: ModelServer, ask: Ask) -> None:
    long = replace(ask, system="Stable instructions that come first. " * 200)
    provider.script(fake.HONEST, fake.Variant(reasoning=50))
    first = gateway.generate(long)
    second = gateway.generate(long)
    call = Call.objects.get(pk=second.call)
    assert call.cached == provider.requests[1].cached_tokens > 0
    assert Call.objects.get(pk=first.call).cache_write == provider.requests[0].written_tokens > 0
    assert call.reasoning == 50
    assert sum(Call.objects.values_list("cost", flat=True)) == provider.billed
    assert call.number == 2


BROKEN: list[tuple[fake.Variant, type[InferenceError], str]] = [
    (fake.rate_limited(7), RateLimited, "released"),
    (fake.rejected(401, "Incorrect API key"), Rejected, "released"),
    (fake.SERVER_ERROR, Unavailable, "unknown"),
    (fake.OVERLOADED, Unavailable, "unknown"),
    (fake.HTML, BadReply, "unknown"),
    (fake.BROKEN_BODY, BadReply, "unknown"),
    (fake.CUT, Unavailable, "unknown"),
    (fake.RESET, Unavailable, "unknown"),
    (fake.NOT_JSON, BadReply, "settled"),
    (fake.TRUNCATED, Truncated, "settled"),
    (fake.REFUSAL, Refused, "settled"),
    (fake.FILTERED, Refused, "settled"),
    (fake.EMPTY, BadReply, "settled"),
    (fake.NO_CHOICES, BadReply, "settled"),
    (fake.NULL_CHOICES, BadReply, "settled"),
    (fake.Variant(content='{"why": "no word"}'), BadReply, "settled"),
    (fake.Variant(content="[1, 2]"), BadReply, "settled"),
]


@pytest.mark.parametrize(("variant", "error", "state"), BROKEN)
def test_it_accounts_for_every_broken_reply(
    provider: ModelServer, ask: Ask, variant: fake.Variant, error: type[InferenceError], state: str
) -> None:
    provider.script(variant)
    with pytest.raises(error) as caught:
        gateway.generate(replace(ask, schema=Word))
    call = Call.objects.get()
    assert caught.value.call == call.pk
    assert call.state == state
    if state == "settled":
        assert call.cost == provider.billed
    if state == "unknown":
        assert _held() == call.hold >= provider.billed
    if state == "released":
        assert _held() == provider.billed == 0
    assert len(provider.requests) == 1
    assert audit.verify() == []


@pytest.mark.parametrize("variant", [fake.SLOW, fake.DRIP])
def test_it_stops_waiting_at_the_total_deadline(
    provider: ModelServer, ask: Ask, variant: fake.Variant, settings: Any
) -> None:
    settings.MODEL_DEADLINE = 0.6
    provider.script(variant)
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"0\.6 s|Timeout") as caught:
        gateway.generate(ask)
    assert time.monotonic() - started < 1.5
    assert caught.value.billed
    assert Call.objects.get().state == "unknown"
    assert _held() == Call.objects.get().hold


def test_it_gives_the_hold_back_when_nobody_listens(settings: Any, ask: Ask) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    with pytest.raises(Unavailable) as caught:
        gateway.generate(ask)
    assert not caught.value.billed
    assert Call.objects.get().state == "released"
    assert _held() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "sk-tést"),
        ("OPENAI_API_KEY", "sk-test\n"),
        ("OPENAI_BASE_URL", "http://[bad"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:99999/v1"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:port/v1"),
    ],
)
def test_it_holds_no_money_for_what_cannot_be_sent(
    provider: ModelServer, ask: Ask, settings: Any, name: str, value: str
) -> None:
    setattr(settings, name, value)
    with pytest.raises(Unsendable, match=name):
        gateway.generate(ask)
    assert not Call.objects.exists()


def test_it_holds_no_money_for_a_text_that_is_not_unicode(provider: ModelServer, ask: Ask) -> None:
    with pytest.raises(Unsendable, match="surrogates"):
        gateway.generate(replace(ask, prompt="half a sign: \ud800"))
    assert not Call.objects.exists()
    assert provider.requests == []


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/v1", "http://", "nowhere", "http://no such host/v1"])
def test_it_gives_the_hold_back_for_an_address_that_leads_nowhere(settings: Any, ask: Ask, url: str) -> None:
    settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = url, "sk-test"
    with pytest.raises((Unsendable, Unavailable)):
        gateway.generate(ask)
    assert not Call.objects.exclude(state="released").exists()


def test_it_prices_as_asked_when_the_price_file_breaks_meanwhile(
    provider: ModelServer, ask: Ask, settings: Any, tmp_path: Any
) -> None:
    own = tmp_path / "prices.toml"
    own.write_text('["local-model"]\ninput = 1\noutput = 1\n')
    settings.NUTGRAF_PRICES = str(own)

    def breaks(body: dict[str, Any]) -> str:
        own.write_text('["local-model"]\ninput = ')
        return "hello"

    provider.reply = breaks
    provider.script(fake.Variant(top={"model": "another-model"}))
    reply = gateway.generate(replace(ask, model="local-model"))
    call = Call.objects.get()
    assert (call.state, call.cost) == ("settled", reply.cost_nano)
    assert call.flags[0].startswith("priced as asked for: ")
    assert audit.verify() == []


def test_a_price_that_changes_while_the_model_thinks_is_for_the_next_call(
    provider: ModelServer, ask: Ask, settings: Any, tmp_path: Any
) -> None:
    own = tmp_path / "prices.toml"
    own.write_text('["local-model"]\ninput = 1\noutput = 1\n')
    settings.NUTGRAF_PRICES = str(own)

    def dearer(body: dict[str, Any]) -> str:
        own.write_text('["local-model"]\ninput = 10.00\noutput = 10.00\n')
        return "hello"

    provider.reply = dearer
    first, second = (gateway.generate(replace(ask, model="local-model")) for _ in range(2))
    assert second.cost_nano == 10 * first.cost_nano > 0
    assert list(Call.objects.order_by("pk").values_list("cost", flat=True)) == [
        first.cost_nano,
        second.cost_nano,
    ]
    assert audit.verify() == []


def test_it_keeps_the_hold_when_the_provider_does_not_say_what_it_used(
    provider: ModelServer, ask: Ask
) -> None:
    provider.script(fake.NO_USAGE)
    reply = gateway.generate(ask)
    call = Call.objects.get()
    assert (reply.text, reply.usage, reply.cost_nano) == ("hello", None, call.hold)
    assert (call.state, call.cost) == ("unknown", None)
    assert _held() == call.hold > 0


def test_it_serves_a_local_model_for_nothing_when_that_is_written_down(
    provider: ModelServer, ask: Ask, settings: Any, tmp_path: Any
) -> None:
    (tmp_path / "prices.toml").write_text('["local-model"]\ninput = 0\noutput = 0\n')
    settings.NUTGRAF_PRICES = str(tmp_path / "prices.toml")
    reply = gateway.generate(replace(ask, model="local-model"))
    assert reply.cost_nano == 0
    assert Call.objects.get().state == "settled"
    assert audit.verify() == []


def test_it_asks_more_simply_when_the_endpoint_takes_no_schema(provider: ModelServer, ask: Ask) -> None:
    provider.formats = ()
    provider.refuses = ("reasoning_effort", "max_tokens")
    reply = gateway.generate(replace(ask, schema=Word))
    assert reply.parsed == {"word": "hello"}
    states = list(Call.objects.order_by("number").values_list("state", flat=True))
    assert states == [*["released"] * (len(states) - 1), "settled"]
    before = len(provider.requests)
    gateway.generate(replace(ask, schema=Word))
    assert len(provider.requests) == before + 1, "what the endpoint refuses is found out once"


def test_it_reads_an_object_out_of_a_fence(provider: ModelServer, ask: Ask) -> None:
    provider.script(fake.FENCED)
    assert gateway.generate(replace(ask, schema=Word)).parsed == {"word": "fenced"}


def test_it_prices_a_dated_snapshot_like_the_model_asked_for(provider: ModelServer, ask: Ask) -> None:
    provider.script(fake.Variant(top={"model": "gpt-6-luna-2026-09-15"}))
    reply = gateway.generate(ask)
    assert (reply.model, reply.cost_nano) == ("gpt-6-luna-2026-09-15", provider.billed)


def test_it_prices_by_the_model_that_answered_and_posts_more_than_the_hold_with_an_alarm(
    provider: ModelServer, ask: Ask
) -> None:
    provider.script(fake.Variant(top={"model": "gpt-6.1-sol"}, content="word " * 40))
    reply = gateway.generate(replace(ask, max_output_tokens=10))
    call = Call.objects.get()
    assert reply.cost_nano == call.cost > call.hold
    assert call.flags[0].startswith("over_hold")
    assert audit.verify() == []


def test_it_keeps_the_hold_for_a_tier_it_knows_no_price_of(provider: ModelServer, ask: Ask) -> None:
    provider.prices = {**provider.prices, "gpt-4.1": (2_000, 500, 8_000)}
    tiers = ("platinum", "flex", "batch")
    provider.script(*(fake.Variant(top={"service_tier": tier}) for tier in tiers))
    for _ in tiers:
        gateway.generate(replace(ask, model="gpt-4.1"))
    first, second, third = Call.objects.order_by("number")
    assert (first.state, second.state, third.state) == ("unknown", "settled", "settled")
    assert second.flags == ["tier flex is not listed: priced in full"]
    assert (third.flags, third.cost) == ([], (second.cost or 0) // 2), (
        "the book has batches at half the price"
    )
    assert audit.verify() == []


def test_it_stores_whatever_the_provider_sends(provider: ModelServer, ask: Ask) -> None:
    odd = {"model": "gpt-6-luna\0\ud800" + "x" * 300, "id": "\0" * 5, "system": [{"a\0": float("nan")}]}
    provider.script(fake.Variant(top=odd))
    gateway.generate(ask)
    assert Call.objects.get().state == "settled"


def test_the_books_hold_when_a_server_repeats_the_ids_of_its_answers(provider: ModelServer, ask: Ask) -> None:
    provider.script(*[fake.Variant(top={"id": "chatcmpl-7"})] * 2)
    gateway.generate(ask)
    gateway.generate(ask)
    assert audit.verify() == []


def test_only_who_asks_a_model_loads_what_asks() -> None:
    """Every command would wait for it; a worker with a model loads it once for all its processes."""
    code = """
import sys
import django; django.setup()
from django.core.checks import run_checks; run_checks()
print("openai" in sys.modules)
from celery import signals; signals.celeryd_init.send(sender=None)
print("openai" in sys.modules)
"""
    for key, told in (("", ["False", "False"]), ("sk-test", ["False", "True"])):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "OPENAI_API_KEY": key},
            capture_output=True,
            text=True,
            check=True,
            cwd=PROJECT,
        )
        assert done.stdout.split() == told

"""Any endpoint will do: what vLLM, Ollama, llama.cpp or a strict proxy lacks is found out once and done without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from inference import audit, breaker, gateway, reconcile
from inference.errors import BadReply, InferenceError, Unavailable
from inference.gateway import Ask
from inference.models import Call
from tests.fakes import endpoints
from tests.fakes import model_server as fake
from tests.fakes.endpoints import ENDPOINTS, MODEL
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.django_db


class Word(BaseModel):
    word: str


@pytest.fixture(autouse=True)
def _free(settings: Any, tmp_path: Any) -> None:
    (tmp_path / "prices.toml").write_text(f'["{MODEL}"]\ninput = 0\noutput = 0\n')
    settings.NUTGRAF_PRICES = str(tmp_path / "prices.toml")
    settings.NUTGRAF_BACKGROUND_TIER = "flex"
    settings.NUTGRAF_BUDGET_DAY_USD = settings.NUTGRAF_BUDGET_MONTH_USD = "0"


@pytest.fixture(params=ENDPOINTS)
def endpoint(request: pytest.FixtureRequest, provider: ModelServer) -> str:
    ENDPOINTS[request.param](provider)
    return str(request.param)


def stubborn(ask: Ask) -> gateway.Reply:
    """As a writer asks: once more after an answer that has not the shape."""
    for _ in range(3):
        try:
            return gateway.generate(ask)
        except BadReply:
            continue
    return gateway.generate(ask)


def test_it_gets_its_answer_and_its_vectors_for_nothing(
    endpoint: str, provider: ModelServer, ask: Ask
) -> None:
    wanted = replace(ask, model=MODEL, schema=Word, patient=True)
    assert stubborn(wanted).parsed == {"word": "hello"}
    found = gateway.embed(["a chip", "a law"], work_key="embed:1", model=MODEL)
    assert found.vectors[1] == pytest.approx(fake.vector("a law", fake.DIMENSIONS))
    learnt = len(provider.requests)
    assert gateway.generate(wanted).parsed == {"word": "hello"}
    gateway.embed(["a chip"], work_key="embed:2", model=MODEL)
    assert len(provider.requests) == learnt + 2, "found out once, then known"
    answered = Call.objects.filter(state="settled")
    assert set(answered.values_list("cost", flat=True)) == {0}
    assert all(call.output for call in answered.exclude(purpose="embed"))
    assert Call.objects.count() == len(provider.requests)
    assert not Call.objects.filter(state="unknown").exists()
    assert audit.verify() == []


def test_it_asks_open_models_not_to_think(provider: ModelServer, ask: Ask) -> None:
    endpoints.ollama(provider)
    provider.complains = lambda body: None  # this model can think
    gateway.generate(replace(ask, model=MODEL))
    body = provider.requests[0].body
    assert (body["reasoning_effort"], body["chat_template_kwargs"]) == ("none", {"enable_thinking": False})


def test_what_is_learnt_of_words_is_not_taken_for_vectors(provider: ModelServer, ask: Ask) -> None:
    """One model may serve both, and be strict about the one only."""
    endpoints.llama_cpp(provider)
    for work in ("embed:1", "embed:2"):
        gateway.embed(["a chip"], work_key=work, model=MODEL)
    assert gateway.generate(replace(ask, model=MODEL, schema=Word)).parsed == {"word": "hello"}
    forms = [request.body.get("response_format", {}).get("type") for request in provider.requests]
    assert forms == [None, None, None, "json_schema", "json_object"]


def test_a_free_model_that_is_silent_about_its_use_costs_nothing(provider: ModelServer, ask: Ask) -> None:
    endpoints.ollama(provider)
    provider.complains = lambda body: None
    provider.script(fake.NO_USAGE, fake.CUT)
    assert gateway.generate(replace(ask, model=MODEL)).usage is None
    with pytest.raises(Unavailable):
        gateway.generate(replace(ask, model=MODEL))
    assert reconcile.free_of_charge() == 2
    assert list(Call.objects.values_list("state", "cost")) == [("trued_up", 0)] * 2
    assert audit.verify() == []


def test_a_free_model_that_keeps_failing_is_left_alone_too(provider: ModelServer, ask: Ask) -> None:
    endpoints.ollama(provider)
    provider.complains = lambda body: None
    provider.script(*[fake.OVERLOADED] * breaker.FAILURES)
    for _ in range(breaker.FAILURES):
        with pytest.raises(Unavailable):
            gateway.generate(replace(ask, model=MODEL))
    with pytest.raises(InferenceError, match="left alone"):
        gateway.generate(replace(ask, model=MODEL))
    assert len(provider.requests) == breaker.FAILURES

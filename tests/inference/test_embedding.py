"""Vectors from an endpoint: metered like any answer, in whatever way the server gives them."""

from __future__ import annotations

from typing import Any

import pytest

from inference import audit, gateway
from inference.errors import BadReply, Rejected
from inference.models import Call
from tests.fakes import model_server as fake
from tests.fakes.model_server import EMBEDDER, ModelServer

pytestmark = pytest.mark.django_db


def test_it_embeds_texts_in_order(provider: ModelServer) -> None:
    found = gateway.embed(["a chip", "a law", "a chip"], work_key="embed:1", model=EMBEDDER)
    assert found.vectors[0] == found.vectors[2] != found.vectors[1]
    assert found.vectors[1] == pytest.approx(fake.vector("a law", fake.DIMENSIONS))
    assert found.cost_nano == provider.billed > 0
    assert Call.objects.get().purpose == "embed"
    assert audit.verify() == []


@pytest.mark.parametrize(
    ("encodings", "refuses", "asked"),
    [
        (("base64", "float"), (), ["base64"]),
        (("float",), (), ["base64", "float"]),
        ((), ("encoding_format",), ["base64", "float", None]),
    ],
)
def test_it_asks_for_vectors_in_the_way_that_the_server_takes(
    provider: ModelServer, encodings: tuple[str, ...], refuses: tuple[str, ...], asked: list[str | None]
) -> None:
    provider.encodings, provider.refuses = encodings, refuses
    for text in ("a chip", "a law"):
        (found,) = gateway.embed([text], work_key=text, model=EMBEDDER).vectors
        assert found == pytest.approx(fake.vector(text, fake.DIMENSIONS))
    ways = [request.body.get("encoding_format") for request in provider.requests]
    assert ways == [*asked, asked[-1]], "found out once, then known"
    assert sum(cost or 0 for cost in Call.objects.values_list("cost", flat=True)) == provider.billed
    assert audit.verify() == []


def test_it_asks_no_other_way_for_a_text_that_is_refused(provider: ModelServer) -> None:
    gateway.embed(["a chip"], work_key="embed:1", model=EMBEDDER)
    with pytest.raises(Rejected, match="empty strings"):
        gateway.embed([""], work_key="embed:2", model=EMBEDDER)
    assert len(provider.requests) == 2


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"index": 0, "embedding": [0.1]}],
        [{"index": 0, "embedding": [0.1]}] * 2,
        [{"index": 0, "embedding": [0.1]}, {"index": 1, "embedding": [0.1, 0.2]}],
        [{"index": 0, "embedding": [0.1]}, {"index": 1, "embedding": [float("nan")]}],
        [{"index": 0, "embedding": [0.1]}, {"index": 1, "embedding": "AAA="}],
        [{"index": 0, "embedding": [0.1]}, {"index": 7, "embedding": [0.1]}],
        [{"index": 0, "embedding": [0.1]}, {"index": [], "embedding": [0.1]}],
        [{"embedding": [0.1]}, {"embedding": None}],
    ],
)
def test_it_pays_for_vectors_that_are_none_and_says_so(provider: ModelServer, data: list[Any]) -> None:
    provider.script(fake.Variant(top={"data": data}))
    with pytest.raises(BadReply, match="vectors"):
        gateway.embed(["a chip", "a law"], work_key="embed:1", model=EMBEDDER)
    call = Call.objects.get()
    assert (call.state, call.cost) == ("settled", provider.billed)

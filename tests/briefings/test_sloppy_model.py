"""The proof of the verifier: a model that plants defects on recorded stories, through the real writer.

A sample; `bench/verifier.py` counts over all recorded stories.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from briefings.scoreboard.defects import PLAIN
from briefings.verify.brief import sentences
from briefings.write.brief import write
from inference import audit, ways
from tests.briefings.planted import count
from tests.briefings.recorded import MISSING, present, stories
from tests.briefings.stories import MATERIAL
from tests.fakes.characters import CITATIONS, FACTS, Honest, Sloppy
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL = server.url
        settings.OPENAI_API_KEY = "sk-test"
        yield server
    ways.forget()


def test_an_honest_model_loses_nothing(provider: ModelServer) -> None:
    provider.reply = Honest()
    written = write(MATERIAL, "brief:b1")
    assert (written.writer, written.failures) == ("model", ())
    assert written.body.verification.sentences >= 6


def test_a_sloppy_model_writes_down_what_it_planted(provider: ModelServer) -> None:
    provider.reply = model = Sloppy(rate=1.0)
    log = model.start()
    written = write(MATERIAL, "brief:b1")
    assert written.writer == "extractive"
    assert log.clean == []
    assert {planting.asked for planting in log.planted} == {FACTS}
    assert len({planting.kind for planting in log.planted}) >= 4
    sent = provider.requests[0]
    assert sent.completion_tokens > 0
    told = {sentence.text for sentence in sentences(written.body)}
    assert not told & {planting.text for planting in log.planted}


@pytest.mark.corpus
@pytest.mark.skipif(not present(), reason=MISSING)
def test_what_a_sloppy_model_plants_reaches_nobody(provider: ModelServer) -> None:
    found = count(stories(every=7), provider, Sloppy(rate=0.3, seed=3))
    figures = found.figures()
    assert figures["planted"] >= 200, figures
    assert {"figure", "near name", "exchanged names", "quotation", "negation", *CITATIONS} <= set(
        figures["kinds"]
    )
    plain = [counts for kind, counts in figures["kinds"].items() if kind in (*PLAIN, *CITATIONS)]
    planted = sum(counts["planted"] for counts in plain)
    assert sum(counts["reached"] for counts in plain) <= 0.01 * planted + 2, (
        found.seen
    )  # so few that two are chance
    assert figures["reached"] <= 0.03 * figures["planted"] + 2, found.seen
    assert found.repairs["asked"] > 0
    assert figures["clean_lost"] <= 0.02, found.lost_texts
    assert audit.verify() == []

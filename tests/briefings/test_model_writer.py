"""The model writer against a provider on loopback: honest, paid for, and replaced where it fails."""

from __future__ import annotations

import logging
import time

import pytest

from briefings.verify import verify
from briefings.verify.brief import sentences
from briefings.write.brief import write
from inference import audit
from inference.models import Call
from tests.briefings.model_answers import BRIEF, Answer, model, said
from tests.briefings.stories import LAUNCH, MATERIAL, REACTION, article, story
from tests.fakes import model_server as fake
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.django_db


def test_it_writes_a_cited_brief_with_an_honest_model(provider: ModelServer) -> None:
    written = write(MATERIAL, "brief:b1", "b1")
    assert (written.writer, written.failures) == ("model", ())
    body = written.body
    assert body.headline.text == BRIEF["headline"]["text"]
    assert [section.question for section in body.sections] == [
        "What does Tern 5 cost?",
        "How good is Tern 5?",
    ]
    assert body.verification.sentences == body.verification.supported == 11
    assert body.verification.dropped == 0
    for sentence in sentences(body):
        for citation in sentence.citations:
            cited = MATERIAL.article(citation.article)
            assert cited.text[citation.start : citation.end] == citation.quote
            assert cited.passage(citation.passage) == citation.quote
    assert verify(body, MATERIAL).body == body


def test_it_pays_for_two_calls_and_the_ledger_agrees(provider: ModelServer) -> None:
    write(MATERIAL, "brief:b1", "b1")
    calls = Call.objects.order_by("pk")
    assert [(call.purpose, call.step, call.brief) for call in calls] == [
        ("fact_sheet", "facts", "b1"),
        ("brief", "write", "b1"),
    ]
    assert sum(call.cost for call in calls) == provider.billed > 0
    assert audit.verify() == []


def test_it_keeps_the_instructions_stable_and_fences_the_sources(provider: ModelServer) -> None:
    write(MATERIAL, "brief:b1")
    write(story(LAUNCH, REACTION, article(3, "More on Tern 5", "It is quick.")), "brief:b2")
    systems = [request.body["messages"][0]["content"] for request in provider.requests]
    assert systems[0] == systems[2]
    assert systems[1] == systems[3]
    asked = provider.requests[0].body["messages"][1]["content"]
    _, title, first, *_ = asked.split("<<<SOURCE")
    assert title.index(MATERIAL.title) < title.index("<<<END")
    assert first.index("[A1.1] Harbor Labs released") < first.index("<<<END")
    assert LAUNCH.url not in asked
    # The second prompt holds facts only: what an article says to the model does not reach it.
    second = provider.requests[1].body["messages"][1]["content"]
    assert second.count("<<<SOURCE") == 2  # the title and the facts


@pytest.mark.parametrize(
    "broken",
    [
        {"lead": [said("It costs $7.", "A1.1")]},
        {"sections": []},
        {"takeaways": []},
    ],
)
def test_it_falls_back_to_the_sources_when_too_little_holds(
    provider: ModelServer, broken: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    provider.reply = model(brief={**BRIEF, **broken})
    with caplog.at_level(logging.WARNING, "briefings.write"):
        written = write(MATERIAL, "brief:b1")
    assert written.writer == "extractive"
    assert verify(written.body, MATERIAL).failures == ()
    assert "brief:b1 is written from its sources' sentences: NotGoodEnough" in caplog.text


def test_it_falls_back_when_most_sentences_fail(provider: ModelServer) -> None:
    lies = [said(f"It has {number} heads.", "A1.1") for number in range(20, 40)]
    provider.reply = model(brief={**BRIEF, "bottom_line": lies})
    assert write(MATERIAL, "brief:b1").writer == "extractive"


@pytest.mark.parametrize(
    "trouble",
    [
        (fake.NOT_JSON, fake.NOT_JSON),
        (fake.REFUSAL,),
        (fake.FILTERED,),
        (fake.TRUNCATED, fake.TRUNCATED),
        (fake.NO_CHOICES, fake.EMPTY),
        (fake.SERVER_ERROR,),
        (fake.rate_limited(30),),
        (fake.CUT,),
        (fake.HTML, fake.HTML),
    ],
    ids=["not json", "refusal", "filter", "truncated", "no choices", "500", "429", "cut", "html"],
)
def test_it_falls_back_when_the_model_fails(provider: ModelServer, trouble: tuple[fake.Variant, ...]) -> None:
    provider.script(*trouble)
    written = write(MATERIAL, "brief:b1")
    assert written.writer == "extractive"
    assert len(provider.requests) == len(trouble)
    assert audit.verify() == []


def test_it_waits_for_a_model_that_is_busy_for_a_moment(provider: ModelServer) -> None:
    provider.script(fake.rate_limited(1))
    began = time.monotonic()
    assert write(MATERIAL, "brief:b1").writer == "model"
    assert time.monotonic() - began >= 1
    assert list(Call.objects.order_by("pk").values_list("step", "state")) == [
        ("facts", "released"),
        ("facts", "settled"),
        ("write", "settled"),
    ]
    assert sum(call.cost or 0 for call in Call.objects.all()) == provider.billed
    assert audit.verify() == []


def test_it_waits_once_and_no_more(provider: ModelServer) -> None:
    provider.script(fake.rate_limited(1), fake.rate_limited(1))
    assert write(MATERIAL, "brief:b1").writer == "extractive"
    assert len(provider.requests) == 2


def test_it_asks_once_more_for_a_malformed_answer_and_pays_for_both(provider: ModelServer) -> None:
    provider.script(fake.NOT_JSON)
    assert write(MATERIAL, "brief:b1").writer == "model"
    assert list(Call.objects.order_by("pk").values_list("step", "number")) == [
        ("facts", 1),
        ("facts", 2),
        ("write", 1),
    ]
    assert sum(Call.objects.values_list("cost", flat=True)) == provider.billed


def test_it_writes_from_the_sources_when_there_is_no_model() -> None:
    written = write(MATERIAL, "brief:b1")
    assert written.writer == "extractive"
    assert written.failures == ()
    assert Call.objects.count() == 0

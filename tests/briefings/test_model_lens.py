"""The lens by a model: only what the brief has, else the sources' sentences serve."""

from __future__ import annotations

import pytest

from briefings.schemas import BriefBody
from briefings.verify import verify
from briefings.write.brief import WrittenLens, write_lenses
from inference.models import Call
from tests.briefings.model_answers import LENS, Answer, model, said
from tests.briefings.stories import MATERIAL, brief
from tests.fakes.model_server import ModelServer
from users.taxonomy import industries, roles

pytestmark = pytest.mark.django_db


def write_lens(body: BriefBody, role: str, industry: str) -> WrittenLens:
    (lens,) = write_lenses(body, MATERIAL, [(role, industry)], "lens:1", "b1").lenses
    assert lens is not None
    return lens


def test_it_writes_a_lens_for_ada(provider: ModelServer) -> None:
    body = verify(brief(), MATERIAL).body
    written = write_lens(body, "cto", "finance")
    assert (written.writer, written.failures) == ("model", ())
    first, second = written.lens.why_it_matters
    assert first.citations == body.lead[0].citations
    assert not first.opinion
    assert second.opinion
    assert written.lens.questions[0].question == "Should we wait for Fjord?"
    assert Call.objects.get().purpose == "lens"
    asked = provider.requests[0].body["messages"][1]["content"]
    assert "CTO" in asked
    assert "never sleeps" not in asked, "a lens is written from the brief, not from the sources"


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        (said("Expect savings of 40% next year."), "figure"),
        (said("Your two main vendors will follow."), "figure"),
        (said("Ask whether Google follows."), "name"),
        (said("OpenAI will have to react."), "name"),
        (said("As they say, “the best price wins the market”."), "quotation"),
        (said("See www.evil.example for more."), "plain"),
        (said("Tern 5 costs $9.", "S5"), "figure"),
        (said("Tern 5 is out.", "S77"), "citation"),
        (said("Tern 5 is out.", "A1.1"), "citation"),
    ],
)
def test_it_drops_from_a_lens_what_the_brief_does_not_have(
    provider: ModelServer, sentence: Answer, rule: str
) -> None:
    lens = {**LENS, "why_it_matters": [*LENS["why_it_matters"], sentence]}
    provider.reply = model(lens=lens)
    body = verify(brief(), MATERIAL).body
    written = write_lens(body, "cto", "finance")
    assert rule in [failure.rule for failure in written.failures]
    assert len(written.lens.why_it_matters) == 2


def test_a_lens_without_reasons_falls_back_to_the_sources(provider: ModelServer) -> None:
    provider.reply = model(lens={"why_it_matters": [said("Google pays $5.")], "questions": []})
    body = verify(brief(), MATERIAL).body
    assert write_lens(body, "cto", "finance").writer == "extractive"


def test_every_reader_gets_a_lens_without_a_model() -> None:
    body = verify(brief(), MATERIAL).body
    for role in roles():
        for industry in list(industries())[:4]:
            assert write_lens(body, role, industry).failures == ()
    for industry in industries():
        assert write_lens(body, "cto", industry).failures == ()

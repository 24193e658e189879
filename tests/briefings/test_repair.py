"""Repair: what fails goes back once with its passages; what still fails is dropped or told in the source's words."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from briefings.verify.brief import sentences
from briefings.write.brief import write
from inference import audit
from inference.models import Call, Purpose
from tests.briefings.model_answers import BRIEF, FACTS, Answer, said
from tests.briefings.stories import LAUNCH, MATERIAL
from tests.fakes import model_server as fake
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.django_db

WRONG = "Tern 5 scored 94.7 percent on SWE-bench Verified."
RIGHT = "Tern 5 scored 74.9 percent on SWE-bench Verified."


def wrong_takeaway() -> Answer:
    changed = deepcopy(BRIEF)
    changed["takeaways"][1] = said(WRONG, "A1.2")
    return changed


def answering(brief: Answer, repair: Callable[[Answer], Answer]) -> Callable[[Answer], Answer]:
    def reply(body: Answer) -> Answer:
        wanted = body["response_format"]["json_schema"]["schema"]["properties"]
        return FACTS if "facts" in wanted else brief if "headline" in wanted else repair(body)

    return reply


def rewritten(text: str, *passages: str, label: str = "R1") -> Callable[[Answer], Answer]:
    return lambda body: {"sentences": [{"label": label, "text": text, "passages": list(passages)}]}


def test_it_asks_again_only_for_what_failed_with_its_passages(provider: ModelServer) -> None:
    asked: list[str] = []

    def repair(body: Answer) -> Answer:
        asked.append(body["messages"][-1]["content"])
        return rewritten(RIGHT, "A1.2")(body)

    provider.reply = answering(wrong_takeaway(), repair)
    written = write(MATERIAL, "brief:b1", "b1")
    assert (written.writer, written.failures) == ("model", ())
    assert written.body.takeaways[1].text == RIGHT
    assert (written.body.verification.repaired, written.body.verification.dropped) == (1, 0)
    (prompt,) = asked
    assert WRONG in prompt
    assert "'94.7 percent' is not in the cited passage" in prompt
    assert LAUNCH.passage(2) in " ".join(prompt.split())
    assert LAUNCH.passage(3) not in " ".join(prompt.split())
    assert [call.purpose for call in Call.objects.order_by("id")] == ["fact_sheet", "brief", Purpose.REPAIR]
    assert audit.verify() == []


def test_a_good_draft_is_not_asked_for_again(provider: ModelServer) -> None:
    write(MATERIAL, "brief:b1", "b1")
    assert not Call.objects.filter(purpose=Purpose.REPAIR).exists()


@pytest.mark.parametrize(
    "repair",
    [
        rewritten("Tern 5 scored 94.9 percent on SWE-bench Verified.", "A1.2"),
        rewritten("", "A1.2"),
        rewritten(RIGHT, "A9.9"),
        rewritten(RIGHT, "A1.2", label="R7"),
        lambda body: {"sentences": []},
    ],
    ids=["still wrong", "given up", "false label", "another's label", "nothing"],
)
def test_a_takeaway_that_still_fails_is_told_in_the_sources_words(
    provider: ModelServer, repair: Callable[[Answer], Answer]
) -> None:
    provider.reply = answering(wrong_takeaway(), repair)
    written = write(MATERIAL, "brief:b1", "b1")
    takeaway = written.body.takeaways[1]
    assert takeaway.text == takeaway.citations[0].quote
    assert "74.9%" in takeaway.text
    assert written.body.verification.repaired == 1
    assert "94" not in written.body.model_dump_json(exclude={"verification"})


def test_an_emptied_section_keeps_its_question_and_quotes_the_source(provider: ModelServer) -> None:
    changed = deepcopy(BRIEF)
    changed["sections"][0]["answer"] = [
        said("Quay Research puts the cost to Harbor at 9 billion dollars.", "A2.1")
    ]
    provider.reply = answering(changed, lambda body: {"sentences": []})
    section = write(MATERIAL, "brief:b1", "b1").body.sections[0]
    assert section.question == "What does Tern 5 cost?"
    (answer,) = section.answer
    assert answer.text.startswith(
        "Analysts at Quay Research estimate that the cut costs Harbor between 3 and 5"
    )


def test_a_sentence_among_others_is_simply_left_out(provider: ModelServer) -> None:
    changed = deepcopy(BRIEF)
    changed["sections"][1]["answer"].append(said("It is used by 700 billion people.", "A1.1"))
    provider.reply = answering(changed, lambda body: {"sentences": []})
    written = write(MATERIAL, "brief:b1", "b1")
    assert len(written.body.sections[1].answer) == 2
    assert (written.body.verification.repaired, written.body.verification.dropped) == (0, 1)
    assert [failure.rule for failure in written.failures] == ["figure"]


@pytest.mark.parametrize(
    "headline", ["Harbor Labs launches Tern 6", "Harbor Labs releases Tern 5 and has 700 million users"]
)
def test_a_headline_that_fails_becomes_a_sources_title(provider: ModelServer, headline: str) -> None:
    """Also one whose figure stands in its passage, but nowhere in the brief."""
    changed: dict[str, Any] = {**deepcopy(BRIEF), "headline": said(headline, "A1.1")}
    provider.reply = answering(changed, lambda body: {"sentences": []})
    written = write(MATERIAL, "brief:b1", "b1")
    assert written.writer == "model"
    assert written.body.headline.text == "Harbor Labs launches Tern 5 at half the price"


def test_a_repair_that_cannot_be_had_costs_only_what_failed(provider: ModelServer) -> None:
    provider.reply = answering(wrong_takeaway(), lambda body: {"sentences": []})
    provider.script(fake.HONEST, fake.HONEST, fake.SERVER_ERROR)
    written = write(MATERIAL, "brief:b1", "b1")
    assert written.writer == "model"
    assert WRONG not in [sentence.text for sentence in sentences(written.body)]
    assert audit.verify() == []

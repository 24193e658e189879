"""What a model says when it is asked for facts, a brief and a lens of the story in `stories`, true to it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from briefings.schemas import BriefBody
from tests.fakes import honest

Answer = dict[str, Any]


def said(text: str, *passages: str) -> Answer:
    return {"text": text, "passages": list(passages)}


FACTS: Answer = {
    "facts": [
        {"statement": text, "passages": [passage]}
        for text, passage in (
            ("Harbor Labs released Tern 5 on Thursday, August 7, 2025.", "A1.1"),
            ("Tern 5 costs $1.25 per million input tokens, half the price of Tern 4.1.", "A1.1"),
            ("Harbor Labs says 700 million people use its assistant every week.", "A1.1"),
            ("Tern 5 scored 74.9% on SWE-bench Verified, and o3 scored 69.1%.", "A1.2"),
            (
                'Mara Lind calls Tern 5 "the first model that feels like a colleague who never sleeps".',
                "[A1.2]",
            ),
            ("Outsiders have not checked the scores of Tern 5.", "a1.3"),
            ("Quay Research estimates the cost to Harbor at between 3 and 5 billion dollars a year.", "A2.1"),
            ("Fjord and Copperline said they would lower prices within two weeks.", "A2.2"),
        )
    ]
}
BRIEF: Answer = {
    "headline": said("Harbor Labs launches Tern 5 at $1.25 per million tokens", "A1.1"),
    "takeaways": [
        said("Harbor Labs halved its price with Tern 5.", "A1.1"),
        said("Tern 5 scored 74.9 percent on SWE-bench Verified.", "A1.2"),
        said("Two rivals say they will follow within two weeks.", "A2.2"),
    ],
    "lead": [said("Harbor Labs released Tern 5 on August 7, 2025, at half the price of Tern 4.1.", "A1.1")],
    "sections": [
        {
            "question": "What does Tern 5 cost?",
            "answer": [
                said("It costs $1.25 per million input tokens.", "A1.1"),
                said("Quay Research estimates that this costs Harbor $3bn to $5bn a year.", "A2.1"),
            ],
        },
        {
            "question": "How good is Tern 5?",
            "answer": [
                said("It scored 74.9%, and o3 scored 69.1%.", "A1.2"),
                said('Mara Lind calls it "the first model that feels like a colleague".', "A1.2"),
            ],
        },
    ],
    "catch": [said("Nobody outside Harbor Labs has checked the scores.", "A1.3")],
    "bottom_line": [said("Fjord and Copperline say they will lower prices.", "A2.2")],
    "disagreements": [],
    "follow_ups": ["How much energy does Tern 5 need?"],
}
LENS: Answer = {
    "why_it_matters": [
        said("The price is half of what Tern 4.1 cost.", "S5"),
        said("Before renewing a contract with Harbor Labs, ask whether older models get cheaper too."),
    ],
    "questions": [
        {
            "question": "Should we wait for Fjord?",
            "answer": [said("Waiting costs little, as rivals say they follow.")],
        }
    ],
}


def model(facts: Answer = FACTS, brief: Answer = BRIEF, lens: Answer = LENS) -> Callable[[Answer], Answer]:
    """A model that answers each kind of question as given, told apart by the schema it is asked for."""

    def reply(body: Answer) -> Answer:
        kind = honest.asked_for(body)
        said = {honest.FACTS: facts, honest.BRIEF: brief, honest.LENS: {}}[kind]
        labels = honest.readers(body["messages"][-1]["content"])
        return said | {"lenses": [{"reader": each, **lens} for each in labels]} if labels else said

    return reply


def everything(body: BriefBody) -> str:
    return body.model_dump_json(exclude={"verification"})


def with_sentence(text: str, *passages: str) -> Answer:
    """The honest brief with one more sentence in the last section."""
    changed = deepcopy(BRIEF)
    changed["sections"][1]["answer"].append(said(text, *passages))
    return changed

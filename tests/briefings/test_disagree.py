"""Sources that disagree: one quantity, two values, side by side."""

from __future__ import annotations

import pytest

from briefings.schemas import Material
from briefings.verify import verify
from briefings.write.disagree import disagreements_of
from briefings.write.extractive import write_extractive
from tests.briefings.extractive_promises import material, source_text

LEDGER = "Harbor Labs lost close to $593 billion in market value on Monday, by the count of Quay Research."
WIRE = "Harbor Labs lost $589 billion of market value on Monday after investors read of the cheaper model from Fjord."


def story(*paragraphs: str, outlets: tuple[int, ...] = (1, 2)) -> Material:
    return material(
        *(
            source_text(pk, f"Outlet {pk}", "Harbor Labs loses a record sum in one day", [text])
            for pk, text in zip(outlets, paragraphs, strict=True)
        )
    )


def test_it_sets_two_values_of_one_quantity_side_by_side() -> None:
    (found,) = disagreements_of(story(LEDGER, WIRE))
    assert found.about == "Market value"
    assert [claim.text for claim in found.claims] == [LEDGER, WIRE]
    assert {claim.citations[0].article for claim in found.claims} == {1, 2}


@pytest.mark.parametrize(
    "other",
    [
        "Harbor Labs lost about $593 billion of market value on Monday, after investors read of the cheaper model.",
        "Harbor Labs lost 17 percent of market value on Monday after investors read of the cheaper model.",
        "Harbor Labs lost $5 billion of market value on Monday after investors read of the cheaper model.",
        "Fjord paid $589 billion for the data centre and all the chips that are going to be put into it.",
        "Harbor Labs lost $589 billion of market value on Monday, and $593 billion counting its partners.",
    ],
    ids=["same value", "other unit", "another size", "another quantity", "both in one"],
)
def test_it_takes_no_two_figures_for_a_disagreement(other: str) -> None:
    assert disagreements_of(story(LEDGER, other)) == ()


def test_a_brief_without_a_model_carries_it_and_it_holds() -> None:
    told = story(LEDGER, WIRE)
    body = write_extractive(told)
    assert [each.about for each in body.disagreements] == ["Market value"]
    assert verify(body, told).failures == ()

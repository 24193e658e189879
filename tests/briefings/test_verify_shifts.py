"""Sentences whose every word has a ground and which are wrong all the same: whose, how sure, how much, why and when."""

from __future__ import annotations

import pytest

from briefings.verify import check_sentence
from tests.briefings.stories import article, said, story

MONEY = article(
    1,
    "Two labs raise money",
    "Harbor raised $3 billion and Fjord $5 billion in March. Nearly 400 engineers work at Harbor, and Copperline has "
    "more than 900 customers. Harbor paid 20 percent of it for chips in 2024 and 45 percent in 2025.",
    "Fjord plans to open an office in Lisbon next year. Quay Research will publish a study of it, and may sell the "
    "data. Copperline released its robot in May, and the robot can walk.",
    "Copperline sued Quay Robotics over a patent. Fjord was fined by the port, and the port praised Harbor.",
    "Critics argue that Fjord hides the cost of its cranes from the port. The crane was allegedly moved at night. "
    "Harbor mends a crane at once if the port asks for it in writing.",
    "Lind said the crane of the port would be mended by June. “We are sorry,” she told reporters. Marsh said that the "
    "price of steel has doubled.",
    "Fjord built the crane in Lisbon. The port had asked for a taller one. Its owner lives in Porto and owns three "
    "ships.",
    "Some engineers left Copperline after the robot fell. The chairman of Harbor, a large maker of cranes, called it a "
    "setback.",
)


def rules(text: str, passage: int) -> set[str]:
    return {failure.rule for failure in check_sentence(said(text, MONEY, passage), story(MONEY))}


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("Fjord raised $5 billion in March.", 1),
        ("Harbor spent 20 percent of it on chips in 2024.", 1),
        ("Copperline has more than 900 customers.", 1),
        ("Copperline counts over 900 customers.", 1),
        ("Fjord wants to open an office in Lisbon next year.", 2),
        ("An office in Lisbon will be opened by Fjord.", 2),
        ("Quay Research might sell the data.", 2),
        ("Copperline's robot walks.", 2),
        ("Quay Robotics was sued by Copperline over a patent.", 3),
        ("The port fined Fjord.", 3),
        ("Fjord hides the cost of its cranes from the port, critics say.", 4),
        ("According to critics, Fjord hides the cost of its cranes.", 4),
        ("The crane is said to have been moved at night.", 4),
        ("If the port asks for it in writing, Harbor mends a crane at once.", 4),
        ("“We are sorry,” Lind said.", 5),
        ("The price of steel has doubled, according to Marsh.", 5),
        ("The port's owner lives in Porto and owns three ships.", 6),
        ("Several engineers left Copperline after the robot fell.", 7),
        ("Harbor's chairman called it a setback.", 7),
        # another word for what an ending is about, and what is no colour
        ("Harbor mends a crane at once if the harbour asks for it in writing.", 4),
        ("Lind reportedly told them: “We are sorry”.", 5),
    ],
)
def test_it_passes_what_stays_as_it_was(text: str, passage: int) -> None:
    assert rules(text, passage) == set()


@pytest.mark.parametrize(
    ("text", "passage", "rule"),
    [
        # another's figure, another bound, another thing counted
        ("Harbor raised $5 billion in March.", 1, "figure"),
        ("Harbor paid 45 percent of it for chips in 2024 and 20 percent in 2025.", 1, "figure"),
        ("More than 400 engineers work at Harbor.", 1, "figure"),
        ("Copperline has less than 900 customers.", 1, "figure"),
        ("Copperline has more than 900 factories.", 1, "figure"),
        # how sure, and when
        ("Fjord has opened an office in Lisbon.", 2, "direction"),
        ("Quay Research has published a study of it.", 2, "direction"),
        ("Quay Research will sell the data.", 2, "direction"),
        ("Copperline plans to release its robot.", 2, "direction"),
        # who did it to whom, though one side is left out
        ("Copperline was sued over a patent.", 3, "role"),
        ("Fjord fined others.", 3, "role"),
        # what somebody holds, doubts or makes depend on something
        ("Fjord hides the cost of its cranes from the port.", 4, "direction"),
        ("The crane was moved at night.", 4, "direction"),
        ("Harbor mends a crane at once.", 4, "direction"),
        # words that nobody spoke
        ("Lind said “the crane of the port would be mended by June”.", 5, "quotation"),
        # one's deeds told of another
        ("Fjord lives in Porto and owns three ships.", 6, "role"),
        # a cause, a superlative, a share or an office made up
        ("Some engineers left Copperline because the robot fell.", 7, "support"),
        ("The chairman of Harbor, the largest maker of cranes, called it a setback.", 7, "support"),
        ("All engineers left Copperline after the robot fell.", 7, "support"),
        ("The founder of Harbor, a large maker of cranes, called it a setback.", 7, "support"),
        ("Yesterday some engineers left Copperline.", 7, "support"),
        # in its source's own words but for one
        ("Harbor mends a crane only because the port asks for it in writing.", 4, "direction"),
        ("The chairman of Harbor, the only maker of cranes, called it a setback.", 7, "direction"),
        ("Copperline may release its robot in May, and the robot can walk.", 2, "direction"),
        # one sentence's words that go on with another's
        ("The port lives in Porto and owns three ships.", 6, "role"),
        ("The robot called it a setback.", 7, "role"),
        # an ending about what nobody wrote of, though a word of it is known
        ("Copperline sued Quay Robotics over a patent with the consent of the port.", 3, "support"),
        ("The port fined Fjord after months of quarrels.", 3, "support"),
        ("The port fined Fjord without hearing its lawyers.", 3, "support"),
        # how it was done, and what kind it was
        ("The port quietly fined Fjord.", 3, "support"),
        ("Lind tearfully told reporters: “We are sorry”.", 5, "support"),
        ("Fjord built the rusty crane in Lisbon.", 6, "support"),
        # somebody else as the first word
        ("Lind built the crane in Lisbon.", 6, "role"),
        ("Osprey built the crane in Lisbon.", 6, "role"),
    ],
)
def test_it_fails_what_was_shifted(text: str, passage: int, rule: str) -> None:
    assert rule in rules(text, passage)


def test_an_outlet_that_speaks_of_itself_may_be_quoted_in_its_own_words() -> None:
    own = article(
        1, "Our new crane", "We built the tallest crane of the port. It lifts ten ships.", publisher="Harbor"
    )
    other = article(2, "A new crane", "Harbor built the tallest crane of the port. It lifts ten ships.")
    text = "Harbor calls it “the tallest crane of the port”."
    assert check_sentence(said(text, own), story(own)) == ()
    assert [failure.rule for failure in check_sentence(said(text, other), story(other))] == ["quotation"]


def test_a_whole_sentence_of_its_source_always_passes() -> None:
    text = "Its owner lives in Porto and owns three ships."
    assert check_sentence(said(text, MONEY, 6), story(MONEY)) == ()

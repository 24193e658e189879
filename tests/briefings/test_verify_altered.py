"""What the verifier tells of statements that follow their source word by word, but for a word or two."""

from __future__ import annotations

import pytest

from briefings.verify import check_sentence
from tests.briefings.stories import article, said, story

PORT = article(
    1,
    "The port and its cranes",
    "The new crane would be the tallest of the port, and Harbor wants to sell it abroad. Engineers at Fjord were paid "
    "to take a course and agreed to have their work filmed.",
    "Some engineers left Fjord after the owner closed the yard. Lind, the deputy director, told reporters that she "
    "quit because the yard was sold.",
    "The police said the crane fell at night. Harbor said on Tuesday that it will mend the crane. The owner apparently "
    "thought the crane was safe.",
    "At least 40 workers were hurt, and the repair costs up to $5 million. Large cranes lift more than small cranes "
    "with a 30-second wait.",
    "The first crane of the port stands in Lisbon and half of the ships use it. Ships often wait for hours at the "
    "pier.",
    "The port mends a crane if the owner pays, but the owner of the yard refused. The crane works for as long as 48 "
    "hours when it is mended.",
)


def rules(text: str, passage: int) -> set[str]:
    return {failure.rule for failure in check_sentence(said(text, PORT, passage), story(PORT))}


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("The new crane would be the tallest of the port, and Harbor would like to sell it abroad.", 1),
        ("Several engineers left Fjord after the owner closed the yard.", 2),
        ("After the owner closed the yard, some engineers left Fjord.", 2),
        ("Lind, the deputy director, said that she quit since the yard was sold.", 2),
        ("The crane fell at night, the police said.", 3),
        ("The Ledger reports that the crane fell at night.", 3),  # then it is the outlet's word
        ("Harbor will mend the crane.", 3),  # who speaks of itself is told by what it does
        ("A minimum of 40 workers were hurt, and the repair costs up to 5 million dollars.", 4),
        ("About 40 workers were hurt, and the repair costs up to $5 million.", 4),
        ("Large cranes lift more than small cranes with a wait of 30 seconds.", 4),
        ("The port mends a crane whenever the owner pays, but the owner of the yard refused.", 6),
        ("The crane works for 48 hours when it is mended.", 6),
    ],
)
def test_it_passes_a_close_rewording(text: str, passage: int) -> None:
    assert rules(text, passage) == set()


@pytest.mark.parametrize(
    ("text", "passage", "rule"),
    [
        # how sure, in any verb's place
        (
            "The new crane has been the tallest of the port, and Harbor wants to sell it abroad.",
            1,
            "direction",
        ),
        ("Engineers at Fjord were paid to take a course and has had their work filmed.", 1, "direction"),
        ("The owner thought the crane was safe.", 3, "direction"),
        # who, how many, which
        ("Engineers left Fjord after the owner closed the yard.", 2, "direction"),
        ("Lind, the director, told reporters that she quit because the yard was sold.", 2, "direction"),
        ("Lind, the deputy director, told reporters that he quit because the yard was sold.", 2, "direction"),
        # whose word it is
        ("The crane fell at night.", 3, "direction"),
        # a limit told as the figure
        ("40 workers were hurt, and the repair costs up to $5 million.", 4, "figure"),
        ("At least 40 workers were hurt, and the repair costs $5 million.", 4, "figure"),
        ("Large cranes lift more than small cranes with a 50-second wait.", 4, "figure"),
        # turned round
        ("The owner closed the yard after some engineers left Fjord.", 2, "direction"),
        ("Small cranes lift more than large cranes with a 30-second wait.", 4, "direction"),
        # a rank, a share, how often
        ("The second crane of the port stands in Lisbon and half of the ships use it.", 5, "direction"),
        ("The first crane of the port stands in Lisbon and most of the ships use it.", 5, "direction"),
        ("Ships always wait for hours at the pier.", 5, "direction"),
        # put in, or put behind
        ("Ships often wait for hours at the troubled pier.", 5, "direction"),
        ("Some engineers suddenly left Fjord after the owner closed the yard.", 2, "direction"),
        ("Ships often wait for hours at the pier despite protests from unions.", 5, "direction"),
        # a condition left out, where another "but" stays
        ("The port mends a crane, but the owner of the yard refused.", 6, "direction"),
    ],
)
def test_it_fails_a_word_in_anothers_place(text: str, passage: int, rule: str) -> None:
    assert rule in rules(text, passage)

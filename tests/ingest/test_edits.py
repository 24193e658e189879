"""What is an edit, and what an edit did to a text."""

from __future__ import annotations

import pytest

from ingest.decide import Draft
from ingest.edits import Difference, difference, is_edit
from ingest.passages import compose
from tests.ingest.test_decide import drafts, entry

TITLE = "Lab ships model"
FIRST = "The lab shipped its model on Friday after a year of work."
SECOND = "It costs half as much as the one before, the lab said."
THIRD = "Two customers told the paper that they would move at once."


def draft(*paragraphs: str, title: str = TITLE) -> Draft:
    return drafts(entry(title, "https://a.example/1", "g", *paragraphs))[0]


def said(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    "now",
    [
        draft(FIRST, SECOND + " It is sold in Europe too."),
        draft(FIRST, SECOND, THIRD),
        draft(FIRST, SECOND, title="Lab ships small model"),
        draft("Something else altogether."),
        draft(SECOND),
        draft(title="Lab withdraws model"),
    ],
)
def test_it_knows_an_edit(now: Draft) -> None:
    assert is_edit(TITLE, said(FIRST, SECOND), now)


@pytest.mark.parametrize("now", [draft(), draft(FIRST[:30] + "…"), draft(FIRST.upper(), SECOND + "!")])
def test_a_feed_that_carries_less_than_before_has_edited_nothing(now: Draft) -> None:
    assert not is_edit(TITLE, said(FIRST, SECOND), now)


def test_a_correction_that_takes_one_sentence_back_is_an_edit() -> None:
    assert is_edit(TITLE, said(FIRST, SECOND, THIRD), draft(FIRST, SECOND))


def test_it_says_which_passages_were_added_removed_and_altered() -> None:
    before = compose(TITLE, [FIRST, SECOND, THIRD])
    after = compose(
        "Lab ships small model", ["An opening nobody had.", FIRST, SECOND.replace("half", "a third")]
    )
    found = difference(before, after)
    assert found == Difference(added=(1,), removed=(3,), altered=((0, 0), (2, 3)))
    assert str(found) == "title altered, 1 passage altered, 1 passage added, 1 passage removed"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([FIRST, SECOND], [FIRST, SECOND]),
        ([FIRST, SECOND], [FIRST.replace(".", "!"), SECOND]),
        ([FIRST, SECOND, THIRD], [THIRD, FIRST, SECOND]),
        ([FIRST, "Points: 3"], [FIRST, "Points: 219"]),
    ],
    ids=["same", "punctuation", "moved", "score"],
)
def test_what_nobody_edited_is_no_difference(before: list[str], after: list[str]) -> None:
    found = difference(compose(TITLE, before), compose(TITLE, after))
    assert not found
    assert str(found) == "nothing changed"

"""The judge of the chaos run finds what it is there to find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.chaos.judge import Row, Trouble, judge
from tests.chaos.provider import DEADLINE, KINDS, Moods, Seen
from tests.fakes.model_server import Variant

ASKED = Seen("a", 100.0, "honest")
SETTLED = Row("a", "settled", 7, 9, 99.9)
LIMITED = Seen("a", 100.0, "429 with seconds")
RELEASED = Row("a", "released", None, 9, 99.9, "HTTP 429: Rate limit reached")
ABANDONED = Row("a", "unknown", None, 9, 99.9, "abandoned: no outcome within the lease")
QUIET, KILLED, AWAY = Trouble(), Trouble(kills=[(101.0, 3)]), Trouble(outages=[(101.0, 103.0)])


def found(seen: list[Seen], rows: list[Row], billed: int = 7, trouble: Trouble = QUIET) -> list[str]:
    return judge(seen, {"a": billed}, rows, trouble, 8.0).discrepancies


def test_it_has_nothing_to_say_of_books_that_hold() -> None:
    assert found([ASKED], [SETTLED]) == []
    assert found([LIMITED], [RELEASED], billed=0) == []
    lost = Row("a", "unknown", None, 9, 99.9, "ReadError")
    assert found([Seen("a", 100.0, "cut stream")], [lost]) == []
    never_sent = Row("b", "released", None, 9, None, "abandoned before it was sent")
    assert found([ASKED], [SETTLED, never_sent]) == []


@pytest.mark.parametrize(
    ("seen", "rows", "words"),
    [
        ([ASKED], [], "request a (honest) has 0 rows"),
        ([ASKED], [SETTLED, SETTLED], "request a (honest) has 2 rows"),
        ([ASKED, ASKED], [SETTLED], "request a was received 2 times"),
        ([ASKED], [replace(SETTLED, cost=6)], "settled at 6, billed 7"),
        ([ASKED], [replace(SETTLED, sent_at=100.2)], "before its call was marked as sent"),
        ([ASKED], [replace(SETTLED, sent_at=None)], "before its call was marked as sent"),
        ([ASKED], [RELEASED], "and not settled"),
        ([ASKED], [ABANDONED], "and not settled"),
        ([LIMITED], [RELEASED], "released, billed 7"),
        ([Seen("a", 100.0, "cut stream")], [replace(ABANDONED, hold=6)], "holds 6, billed 7"),
        ([Seen("a", 100.0, "cut stream")], [SETTLED], "and not unknown"),
        ([], [ABANDONED], "was never received"),
        ([], [replace(RELEASED, error="HTTP 429")], "was never received"),
        ([], [replace(SETTLED, sent_at=None)], "was never sent and is settled"),
    ],
)
def test_it_names_every_discrepancy(seen: list[Seen], rows: list[Row], words: str) -> None:
    (said, *_) = found(seen, rows)
    assert words in said


def test_a_kill_explains_one_lost_answer_for_each_process_and_no_wrong_bill() -> None:
    assert found([ASKED], [ABANDONED], trouble=KILLED) == []
    assert found([], [ABANDONED], trouble=KILLED) == []
    assert found([ASKED], [replace(SETTLED, cost=6)], trouble=KILLED) != []
    assert found([ASKED], [ABANDONED], trouble=Trouble(kills=[(90.0, 1)])) != [], (
        "that was before it was sent"
    )
    many = [(Seen(str(n), 100.0, "honest"), replace(ABANDONED, attempt=str(n))) for n in range(5)]
    (said,) = found([seen for seen, _ in many], [row for _, row in many], trouble=KILLED)
    assert said == "5 answers were lost with 3 killed processes"


def test_a_database_that_was_away_explains_a_kept_hold_and_no_lost_bill() -> None:
    assert found([LIMITED], [ABANDONED], billed=0, trouble=AWAY) == []
    assert found([], [ABANDONED], trouble=AWAY) == []
    assert found([ASKED], [ABANDONED], trouble=AWAY) != [], "the bill of an answer that came waits on disk"


def test_the_provider_draws_every_kind_of_answer_by_its_seed() -> None:
    assert sum(share for share, _, _ in KINDS.values()) == 1000
    first, again, other = Moods(3), Moods(3), Moods(4)
    drawn = [[moods(str(n)) for n in range(3000)] for moods in (first, again, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert {one.kind for one in first.seen} == set(KINDS)


def test_what_is_released_was_never_billed_and_what_is_settled_says_what_it_used() -> None:
    for kind, (_, variant, fate) in KINDS.items():
        whole = variant.raw is None and variant.cut_after is None and not variant.drip
        told = whole and variant.usage and variant.delay < DEADLINE
        assert (fate == "settled") == told, kind
        assert fate != "released" or not variant.billed, kind
    assert isinstance(KINDS["honest"][1], Variant)

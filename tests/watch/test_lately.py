"""An answer is remembered for moments, and nobody waits for the next who can have the last."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.watch import lately
from config.watch.lately import Lately


class Slow:
    """Answers 1, 2, 3 and so on, from the second on only when told to."""

    def __init__(self) -> None:
        self.looks, self.looking, self.go_on = 0, threading.Event(), threading.Event()

    def __call__(self) -> int:
        self.looks += 1
        if self.looks > 1:
            self.looking.set()
            assert self.go_on.wait(60)
        return self.looks


@pytest.fixture
def slow() -> Iterator[Slow]:
    slow = Slow()
    yield slow
    slow.go_on.set()


def test_who_asks_while_somebody_looks_gets_the_last_answer(slow: Slow) -> None:
    ask = Lately(slow, 0)
    assert ask() == 1
    with ThreadPoolExecutor(4) as many:
        looks = many.submit(ask)
        assert slow.looking.wait(60)
        try:
            assert [many.submit(ask).result(30) for _ in range(3)] == [1, 1, 1]
        finally:
            slow.go_on.set()
        assert looks.result(60) == 2


def test_an_answer_of_long_ago_is_none(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lately, "OLD", -1.0)
    ask = Lately(slow, 0)
    ask()
    with ThreadPoolExecutor(2) as many:
        first = many.submit(ask)
        assert slow.looking.wait(60)
        second = many.submit(ask)
        slow.go_on.set()
        assert {first.result(60), second.result(60)} == {2, 3}


def test_a_failure_is_remembered_too() -> None:
    looks = []

    def fails() -> int:
        looks.append(1)
        raise ValueError("away")

    ask = Lately(fails, 600)
    for _ in range(3):
        with pytest.raises(ValueError, match="away"):
            ask()
    ask.forget()
    with pytest.raises(ValueError, match="away"):
        ask()
    assert len(looks) == 2

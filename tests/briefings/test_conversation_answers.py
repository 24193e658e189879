"""What the extractive answerer makes of questions about the sample's articles, by the count of `bench/answers.py`."""

from __future__ import annotations

from bench.answers import judge


def test_it_answers_most_of_what_is_told_and_nothing_of_what_is_not() -> None:
    found = judge()
    told, untold = found["answerable"], found["unanswerable"]
    assert sum(told.values()) >= 60
    assert sum(untold.values()) >= 25
    assert told["right"] >= 0.75 * sum(told.values()), found["seen"]
    assert told.get("beside", 0) <= 0.12 * sum(told.values()), found["seen"]
    assert untold.get("beside", 0) <= 0.05 * sum(untold.values()), found["seen"]

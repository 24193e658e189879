"""Choosing an edition: importance leads, the reader's concerns order the rest, look-alikes give way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from briefings.select import Candidate, Concern, Reader, choose

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def vector(**parts: float) -> np.ndarray:
    axes = ("health", "chips", "law", "agents", "funding")
    raw = np.array([parts.get(axis, 0.0) for axis in axes] + [0.01], dtype=np.float32)
    return raw / np.linalg.norm(raw)


def candidate(story: str, importance: float, hours: float = 2, origins: int = 1, **parts: float) -> Candidate:
    return Candidate(
        story=story,
        title=story,
        importance=importance,
        vector=vector(**parts),
        last_at=NOW - timedelta(hours=hours),
        origins=origins,
        publishers=("Sample",),
        words={axis: axis for axis in parts},
    )


def reader(interests: str = "") -> Reader:
    concern = {
        "role": Concern("agents", vector(agents=1), frozenset({"agents"}), "Close to your work as CTO"),
        "industry": Concern("health", vector(health=1), frozenset({"health"}), "Close to Healthcare"),
    }
    wish = (
        Concern(interests, vector(**{interests: 1.0}), frozenset({interests}), "Matches your interests")
        if interests
        else None
    )
    return Reader(concern["role"], concern["industry"], wish)


DAY = [
    candidate("launch", 1.0, origins=5, agents=1),
    candidate("launch again", 0.9, agents=1),
    candidate("hospital", 0.4, health=1),
    candidate("wafers", 0.4, chips=1),
    candidate("statute", 0.4, law=1),
]


def test_it_leads_with_the_most_important_story() -> None:
    assert choose(DAY, reader("law"), NOW)[0].story == "launch"


def test_it_puts_what_the_reader_cares_about_before_what_they_do_not() -> None:
    order = [choice.story for choice in choose(DAY, reader("law"), NOW)]
    assert order.index("statute") < order.index("wafers")
    assert order.index("hospital") < order.index("wafers")


def test_it_gives_two_readers_different_orders() -> None:
    lawyer = [choice.story for choice in choose(DAY, reader("law"), NOW)]
    engineer = [choice.story for choice in choose(DAY, reader("chips"), NOW)]
    assert lawyer != engineer


def test_it_keeps_look_alikes_from_filling_the_edition() -> None:
    assert "launch again" not in [choice.story for choice in choose(DAY, reader("law"), NOW, size=3)]


def test_it_lets_yesterdays_news_give_way() -> None:
    old, new = candidate("old", 0.5, hours=46, chips=1), candidate("new", 0.5, hours=1, law=1)
    assert [choice.story for choice in choose([old, new], reader(), NOW)] == ["new", "old"]


def test_it_says_why() -> None:
    lead = choose(DAY, reader("agents"), NOW)[0]
    assert "Reported by 5 independent outlets" in lead.why
    assert any(reason.startswith("Matches your interests: agents") for reason in lead.why)
    assert all(choice.why for choice in choose(DAY, reader(), NOW))


def test_it_is_the_same_each_time_and_survives_an_empty_day() -> None:
    assert choose(DAY, reader("law"), NOW) == choose(list(reversed(DAY)), reader("law"), NOW)
    assert choose([], reader(), NOW) == []

"""Choosing an edition: importance leads, the reader's concerns order the rest, look-alikes give way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from briefings import select
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
        opening=" and ".join(parts),
    )


def reader(interests: str = "") -> Reader:
    concern = {
        "role": Concern("agents", vector(agents=1), "Close to your work as CTO"),
        "industry": Concern("health", vector(health=1), "Close to Healthcare"),
    }
    wish = (
        Concern(interests, vector(**{interests: 1.0}), "Matches your interests", wish=True)
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
    assert not [reason for one in choose(DAY, reader(), NOW) for reason in one.apart if "Close to" in reason]
    assert all(choice.apart for choice in choose(DAY, reader(), NOW))


def test_it_is_the_same_each_time_and_survives_an_empty_day() -> None:
    assert choose(DAY, reader("law"), NOW) == choose(list(reversed(DAY)), reader("law"), NOW)
    assert choose([], reader(), NOW) == []


def test_it_compares_a_story_without_a_vector_by_its_words() -> None:
    odd = [
        replace(each, vector=None, title=title)
        for each, title in zip(
            DAY[2:], ("A hospital's new agents", "New wafers", "A statute of law"), strict=True
        )
    ]
    for wish, story in (("law", "statute"), ("chips", "wafers")):
        order = [choice.story for choice in choose([*DAY[:2], *odd], reader(wish), NOW)]
        assert min(["hospital", "wafers", "statute"], key=order.index) == story


def test_it_compares_by_words_when_the_readers_concerns_have_no_vectors() -> None:
    ben = reader("law")
    wish = replace(ben.interests or ben.role, vector=None)
    blind = Reader(replace(ben.role, vector=None), replace(ben.industry, vector=None), wish)
    order = [choice.story for choice in choose(DAY, blind, NOW)]
    assert order.index("statute") < order.index("wafers")
    assert order[0] == "launch"


def test_one_story_without_a_vector_leaves_the_others_to_theirs() -> None:
    blind = replace(candidate("nameless", 0.3), vector=None)
    law = replace(DAY[4], title="An unrelated headline", opening="")
    order = [choice.story for choice in choose([*DAY[:4], law, blind], reader("law"), NOW, size=6)]
    assert order.index("statute") < order.index("wafers")


def test_its_reasons_are_true() -> None:
    only = replace(candidate("wafers", 0.4), publishers=("The Docket",))
    assert choose([DAY[0], only], reader(), NOW)[1].why == ("In the news from The Docket",)


def test_what_half_the_stories_are_as_close_to_counts_for_nothing_with_a_models_vectors() -> None:
    same = np.ones(6, dtype=np.float32) * 3
    alike = [replace(each, vector=(v := each.vector + same) / np.linalg.norm(v)) for each in DAY]
    concern = Concern("law", (v := vector(law=1) + same) / np.linalg.norm(v), "Law")
    ada = Reader(concern, concern, concern)
    first, second = choose(alike, ada, NOW)[:2]
    assert {first.story, second.story} == {"launch", "statute"}


@pytest.mark.parametrize("seed", range(20))
def test_it_chooses_as_one_would_by_hand(seed: int) -> None:
    """One after the other, the best of those left by what they have in common with each that was chosen.

    And by how many of these their source told.
    """
    random = np.random.default_rng(seed)
    count = 12
    scores = random.choice([0.2, 0.5, 0.9], count)  # many alike, so that ties are met
    half = random.choice([0.0, 0.25, 0.5, 1.0], (count, count)).astype(np.float32)
    likeness = np.maximum(half, half.T)
    candidates = [replace(candidate(f"{n * 5 % count:02}", 1.0), sources=(n % 3,)) for n in range(count)]
    left, by_hand = list(range(count)), []
    while left and len(by_hand) < 9:
        worth = {
            one: scores[one]
            * (1 - select.REPETITION * max((float(likeness[one, j]) for j in by_hand), default=0.0))
            * select.SAME_SOURCE ** sum(one % 3 == j % 3 for j in by_hand)
            for one in left
        }
        best = max(left, key=lambda one: (worth[one], candidates[one].story))
        left.remove(best)
        by_hand.append(best)
    assert [index for index, _ in select._diverse(scores, likeness, candidates, 9)] == by_hand


def test_one_that_posts_much_does_not_fill_the_edition() -> None:
    """Where little else happened. What several tell is nobody's alone, and who alone tells anything may tell it all."""
    forum = [replace(candidate(f"post {n}", 0.5), sources=(1,)) for n in range(8)]
    others = [replace(candidate(f"note {n}", 0.35), sources=(2 + n,)) for n in range(3)]
    told = [one.story for one in choose(forum + others, reader(), NOW)]
    assert sum(story.startswith("post") for story in told) == 3
    assert told[0].startswith("post")
    shared = [replace(one, sources=(1, 2), origins=2) for one in forum]
    assert all(one.story.startswith("post") for one in choose(shared + others, reader(), NOW))
    assert len(choose(forum, reader(), NOW)) == select.EDITION_SIZE

"""What feedback does to the choice of stories: nearer, farther within bounds, or out; and undone, nothing at all."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import count

import pytest

from briefings.feedback.taste import Learned, taste_of
from briefings.select import LEARNED, Choice, Reader, asked, choose
from tests.briefings.test_select import NOW, candidate, reader

PK = count(1)


def signal(act: str, kind: str, key: str, weight: float = 0.0, label: str = "") -> Learned:
    return Learned(next(PK), act, kind, key, label or key, weight)


DAY = [
    replace(candidate("launch", 1.0, origins=5, agents=1), title="A launch of agents", sources=(1, 2)),
    replace(
        candidate("wafers", 0.4, chips=1),
        title="TSMC doubles its output of chips",
        opening="The foundry makes chips for Nvidia. TSMC has two sites.",
        sources=(3,),
        kinds=("hardware",),
    ),
    replace(candidate("statute", 0.4, law=1), title="A statute on liability", sources=(2, 3)),
    replace(candidate("study", 0.4, funding=1), title="A study of memory", sources=(4,), kinds=("research",)),
]


def taught(*signals: Learned) -> Reader:
    return replace(reader(), taste=taste_of(signals))


def order(who: Reader, size: int = 4) -> list[str]:
    return [one.story for one in choose(DAY, who, NOW, size)]


def choice(who: Reader, story: str) -> Choice:
    return next(one for one in choose(DAY, who, NOW, 4) if one.story == story)


def said(who: Reader, story: str) -> tuple[str, ...]:
    """What the edition says of its feedback beside the story."""
    choices = choose(DAY, who, NOW, 4)
    return asked(choice(who, story), order(who).index(story), choices)


@pytest.mark.parametrize(
    ("kind", "key", "story"),
    [("name", "TSMC", "wafers"), ("topic", "chips and hardware", "wafers"), ("sort", "research", "study")],
)
def test_more_brings_a_story_nearer_and_less_takes_it_farther(kind: str, key: str, story: str) -> None:
    more, less = taught(signal("more", kind, key, 1.0)), taught(signal("less", kind, key, -1.0))
    assert choice(more, story).score > choice(reader(), story).score > choice(less, story).score
    assert order(more)[1] == story
    assert order(less)[-1] == story


def test_a_hundred_times_less_hides_no_main_event_and_moves_nothing_by_more_than_its_bound() -> None:
    tired = taught(*(signal("less", "name", "launch", -1.0) for _ in range(100)))
    assert "launch" in order(tired)
    assert 0 < choice(reader(), "launch").score - choice(tired, "launch").score <= LEARNED


def test_it_says_so_where_it_decided_and_only_there() -> None:
    more = taught(signal("more", "topic", "law and liability", 0.6))
    assert order(reader()) != order(more)
    assert said(more, "statute") == ("You asked for more about law and liability",)
    assert said(more, "wafers") == ()
    eager = taught(signal("more", "name", "launch", 1.0))
    assert order(eager)[0] == order(reader())[0] == "launch"
    assert said(eager, "launch") == (), "it leads anyway"
    tired = taught(signal("less", "name", "launch", -1.0))
    assert said(tired, "launch") == ("Here all the same, although you asked for less about launch",)


def test_a_passing_word_is_no_reason() -> None:
    more = taught(signal("more", "topic", "news and reliable information", 0.6))
    assert not any(said(more, story) for story in order(more))


def test_what_only_passed_stories_that_could_not_be_told_was_decided_by_nothing() -> None:
    more = taught(signal("more", "topic", "law and liability", 0.6))
    choices = choose(DAY, more, NOW, 4)
    rest = [one for one in choices if one.story in ("launch", "statute")]
    assert asked(choice(more, "statute"), 1, rest) == ()
    assert asked(choice(more, "statute"), 1, choices) != ()


@pytest.mark.parametrize(
    ("kind", "key", "gone"),
    [
        ("name", "TSMC", {"wafers"}),
        ("name", "Nvidia", {"wafers"}),
        ("topic", "chips and hardware", {"wafers"}),
        ("source", "4", {"study"}),
        ("source", "3", {"wafers"}),
        ("name", "Anthropic", set()),
    ],
)
def test_what_is_muted_is_out_whatever_its_weight(kind: str, key: str, gone: set[str]) -> None:
    muted = taught(signal("mute", kind, key), signal("more", "name", "TSMC", 1.0))
    assert set(order(reader())) - set(order(muted)) == gone


def test_a_source_that_others_bear_out_is_not_muted_until_they_are() -> None:
    assert "statute" in order(taught(signal("mute", "source", "3")))
    assert "statute" not in order(taught(signal("mute", "source", "3"), signal("mute", "source", "2")))


def test_what_is_not_relevant_is_out_with_what_follows_it() -> None:
    headline = "Nvidia can sell H20 chips to China again"
    told = signal("dismiss", "story", "old", label=headline)
    day = [
        *DAY,
        replace(candidate("old", 0.9), title="Something else"),
        replace(candidate("next", 0.9), title="Nvidia halts H20 chip production after China's warning"),
        replace(candidate("other", 0.9), title="Nvidia unveils new robot chips"),
    ]
    left = {one.story for one in choose(day, taught(told), NOW, 7)}
    assert left == {one.story for one in choose(day, reader(), NOW, 7)} - {"old", "next"}


def test_undone_the_choice_is_exactly_what_it_was_in_whatever_order_it_was_taught() -> None:
    every = [
        signal("more", "name", "TSMC", 1.0),
        signal("less", "topic", "chips and hardware", -0.6),
        signal("more", "sort", "research", 0.3),
        signal("mute", "source", "4"),
        signal("more", "name", "launch", 1.0),
    ]
    before = choose(DAY, taught(*every[:3]), NOW, 4)
    assert choose(DAY, taught(*every), NOW, 4) != before
    shuffled = random.Random(7).sample(every[:3], 3)
    assert choose(DAY, taught(*shuffled), NOW, 4) == before
    assert choose(DAY, taught(), NOW, 4) == choose(DAY, reader(), NOW, 4)

"""Grouping: reports of one event together, neighbouring events apart, in whatever order they arrive."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path

import pytest

from ingest import scoreboard
from ingest.cluster import Item, gist, group
from tests.ingest.newsroom import NOON

LAUNCH = [
    (
        "lab",
        "Introducing GPT-5",
        "We are introducing GPT-5, our best AI system yet, in ChatGPT for everyone.",
        0,
    ),
    (
        "paper",
        "OpenAI's GPT-5 is here",
        "Sam Altman says GPT-5 is the best model in the world for ChatGPT.",
        5,
    ),
    (
        "site",
        "OpenAI finally launched GPT-5",
        "OpenAI released GPT-5 on Thursday to free users of ChatGPT.",
        6,
    ),
]
OTHERS = [
    (
        "paper",
        "Anthropic revokes OpenAI's access to Claude",
        "The lab says its terms of service were broken.",
        4,
    ),
    (
        "site",
        "Perplexity offers to buy Chrome",
        "The bid is for more money than the startup has ever raised.",
        7,
    ),
]


def items(rows: list[tuple[str, str, str, float]], first: int = 1, story: str = "") -> list[Item]:
    return [
        Item(number, source, title, gist(title, text), NOON + timedelta(hours=hours), story)
        for number, (source, title, text, hours) in enumerate(rows, start=first)
    ]


def test_it_groups_one_event_and_leaves_the_rest_alone() -> None:
    assert [g.keys for g in group(items(LAUNCH + OTHERS))] == [(1, 2, 3), (4,), (5,)]


def test_it_does_not_depend_on_the_order_of_arrival() -> None:
    told = items(LAUNCH + OTHERS)
    expected = group(told)
    for seed in range(5):
        random.Random(seed).shuffle(told)
        assert group(told) == expected


def test_it_joins_a_story_that_is_there_already() -> None:
    old, new = items(LAUNCH[:2], story="gpt5"), items(LAUNCH[2:] + OTHERS, first=3)
    assert [(g.story, g.keys) for g in group(old + new)] == [("gpt5", (3,)), ("", (4,)), ("", (5,))]


def test_it_never_merges_two_stories_or_moves_their_articles() -> None:
    one, two = items(LAUNCH[:1], story="one"), items(LAUNCH[1:2], first=2, story="two")
    groups = group(one + two + items(LAUNCH[2:], first=3))
    assert [g.keys for g in groups] == [(3,)]
    assert groups[0].story in ("one", "two")


def test_it_keeps_the_same_words_weeks_later_apart() -> None:
    again = [(source, title, text, hours + 24 * 20) for source, title, text, hours in LAUNCH]
    assert [g.keys for g in group(items(LAUNCH + again))] == [(1, 2, 3), (4, 5, 6)]


def test_it_never_merges_two_funding_rounds() -> None:
    rounds = [
        ("paper", "AI startup Anysphere raises $900M at a $9.9B valuation", "Thrive led the round.", 0.0),
        ("site", "AI startup Harvey raises $900M at a $9.9B valuation", "Thrive led the round.", 1.0),
        ("blog", "Anysphere raises $900M from Thrive", "The AI startup is valued at $9.9B.", 2.0),
    ]
    assert [g.keys for g in group(items(rounds))] == [(1, 3), (2,)]


def test_it_answers_nothing_to_nothing_and_one_to_one() -> None:
    assert group([]) == ()
    assert [g.keys for g in group(items([("a", "", "", 0)]))] == [(1,)]


@pytest.mark.corpus
def test_it_agrees_with_the_labels(corpus: Path) -> None:
    lines = (corpus / "labels" / "w2025.jsonl").read_text(encoding="utf-8").splitlines()
    figures = scoreboard.clusters([scoreboard.read(json.loads(line)) for line in lines])
    assert figures["f1"] >= 0.65
    assert figures["precision"] >= 0.68
    assert figures["f1"] > 2 * figures["baselines"]["title_jaccard"]["f1"]

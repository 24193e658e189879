"""Grouping: reports of one event together, neighbouring events apart, in whatever order they arrive."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest import headline, scoreboard
from ingest.closeness import weigh
from ingest.cluster import WINDOW, Item, group, house
from ingest.cluster import item as told_item
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
        told_item(number, source, title, text, NOON + timedelta(hours=hours), story=story)
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


def test_it_never_merges_two_versions() -> None:
    models = [
        ("lab", "Introducing GPT-5", "Our most capable model comes to ChatGPT for everyone today.", 0.0),
        ("lab", "Introducing GPT-6", "Our most capable model comes to ChatGPT for everyone today.", 0.0),
        ("paper", "GPT-6 is here: OpenAI's most capable model", "It comes to ChatGPT for everyone.", 1.0),
    ]
    assert [g.keys for g in group(items(models))] == [(1,), (2, 3)]


def test_it_keeps_the_sizes_of_a_version_apart_unless_both_speak_of_both() -> None:
    models = [
        ("host", "Quill 3.1 Pro vs Lantern 5.6 Sol on DeepBench: Cost, Coding, and Routing", "", 0.0),
        (
            "lab",
            "Harbor expands access to making software with Lantern 5.6 Luna",
            "Cost is no concern when coding.",
            3.0,
        ),
        (
            "paper",
            "Harbor expands access with Lantern 5.6 Luna",
            "Cost is no concern when making software.",
            4.0,
        ),
    ]
    assert [g.keys for g in group(items(models))] == [(1,), (2, 3)]
    family = [
        ("lab", "Introducing GPT-5", "Our most capable model comes with GPT-5 mini for everyone today.", 0.0),
        (
            "paper",
            "GPT-5 mini is here: the most capable model for everyone",
            "It comes with GPT-5 today.",
            1.0,
        ),
    ]
    assert [g.keys for g in group(items(family))] == [(1, 2)]


def test_it_keeps_release_after_release_apart_though_each_speaks_of_the_one_before() -> None:
    releases = [
        ("changes", "lantern 4.2", "The command-line tool lantern reads tables faster now.", 0.0),
        ("changes", "lantern 4.2.1", "The command-line tool lantern reads tables again; 4.2 did not.", 3.0),
    ]
    assert [g.keys for g in group(items(releases))] == [(1,), (2,)]


def test_it_takes_a_date_without_an_hour_for_any_hour_of_that_day() -> None:
    reports = [
        ("lab", "Harbor opens its Ocean model to schools", "Teachers can use Ocean for free.", -12.0),
        ("paper", "Harbor gives schools its Ocean model", "Teachers will not pay for Ocean.", 11.5),
    ]
    assert [g.keys for g in group(items(reports))] == [(1, 2)]
    late = [(source, title, text, hours - 0.1) for source, title, text, hours in reports]
    first, second = weigh(items(reports), WINDOW), weigh(items(late), WINDOW)
    assert (first.gap[0], round(second.gap[0], 2)) == (0.0, 0.98)


def test_it_gathers_no_service_pieces_and_no_columns_under_one_label() -> None:
    pieces = [
        ("paper", "Kettle Promo Codes: 20% Off | August 2025", "Save with a promo code today.", 0.0),
        ("paper", "Toaster Promo Codes: 30% Off | August 2025", "Save with a promo code today.", 0.1),
        ("forum", "[Forum Best] Pyramids of sand", "", 0.2),
        ("forum", "[Forum Best] Why birds sing", "", 0.3),
    ]
    assert [g.keys for g in group(items(pieces))] == [(1,), (2,), (3,), (4,)]


def test_it_reads_who_speaks_from_the_address() -> None:
    assert house("https://openai.com/index/introducing-gpt-5", primary=True) == "openai"
    assert house("https://www.blog.google/technology/ai/", primary=True) == headline.house(
        "https://x.google/"
    )
    assert house("https://www.bbc.co.uk/news", primary=True) == "bbc"
    assert house("https://techcrunch.com/x", primary=False) == ""
    assert headline.house("http://127.0.0.1:8000/x") == headline.house("nonsense") == ""


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Introducing GPT-5", {"gpt 5"}),
        ("DeepSeek V3.1: 840B token continued pretrain", {"deepseek 3.1"}),
        ("Claude Sonnet 4 now supports 1M tokens of context", {"sonnet 4"}),
        ("Cohere $500m @ 6.8B, led by 2 funds", set()),
        ("Stargate advances with 4.5 GW partnership of 2026", set()),
        ("sqlite-utils 4.2.1", {" 4.2.1"}),
        ("Replit builds on GPT-5.6 Luna", {"gpt 5.6", "gpt 5.6 luna"}),
        ("OpenAI launches GPT-5 mini and nano", {"gpt 5", "gpt 5 mini", "gpt 5 nano"}),
        ("GPT-5 plus new voices", {"gpt 5"}),
        ("Gemini 2.5 Flash-Lite is here", {"gemini 2.5", "gemini 2.5 flash", "gemini 2.5 lite"}),
    ],
)
def test_it_reads_versions(title: str, named: set[str]) -> None:
    assert headline.versions(title) == named


def test_it_knows_who_acts_and_what_kind_of_thing_happens() -> None:
    assert headline.subject("The new model of Anthropic is here") == "anthropic"
    assert headline.subject("OpenAI sues a chip maker") == "openai"
    assert headline.kinds("Cohere hires a chief scientist") & headline.kinds("Cohere raises $500M") == 0
    assert headline.kinds("OpenAI launches GPT-5") & headline.kinds("Introducing GPT-5")


def test_it_puts_an_article_alone_or_with_others_in_the_same_story() -> None:
    together = group(items(LAUNCH + OTHERS))
    told: list[Item] = []
    for item in items(LAUNCH + OTHERS):
        (found,) = group([item, *told])
        told.append(replace(item, story=found.story or f"story of {item.key}"))
    apart: dict[str, list[int]] = {}
    for item in told:
        apart.setdefault(item.story, []).append(item.key)
    assert sorted(map(tuple, apart.values())) == [g.keys for g in together]


def test_it_returns_no_article_to_a_story_it_was_taken_out_of() -> None:
    old, (new,) = items(LAUNCH[:2], story="gpt5"), items(LAUNCH[2:], first=3)
    assert group([*old, new])[0].story == "gpt5"
    assert group([*old, replace(new, apart=frozenset({1}))])[0].story == ""


def test_it_answers_nothing_to_nothing_and_one_to_one() -> None:
    assert group([]) == ()
    assert [g.keys for g in group(items([("a", "", "", 0)]))] == [(1,)]


@pytest.mark.corpus
def test_it_agrees_with_the_labels(corpus: Path) -> None:
    lines = (corpus / "labels" / "w2025.jsonl").read_text(encoding="utf-8").splitlines()
    figures = scoreboard.clusters([scoreboard.read(json.loads(line)) for line in lines])
    assert figures["f1"] >= 0.80
    assert figures["f1_different_urls"] >= 0.80
    assert figures["precision"] >= 0.85
    assert 0.26 <= figures["baselines"]["title_jaccard"]["f1"] <= 0.27
    assert 0.55 <= figures["baselines"]["tfidf_agglomerative"]["f1"] <= 0.60
    assert len(figures["worst"]) == 10

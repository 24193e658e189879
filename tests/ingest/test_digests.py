"""Digests: headlines that announce a roundup or list many things are no report of one event."""

from __future__ import annotations

import pytest

from ingest.cluster import Item, gist, group
from ingest.digests import is_digest
from tests.ingest.newsroom import NOON


@pytest.mark.parametrize(
    "title",
    [
        "not much happened today",
        "Weekly roundup",
        "This week in AI: chips, courts and a dinner",
        "Northwind 3 open weights, Harbor Ocean 4.1, Lakeside Mirror 2",
    ],
)
def test_it_knows_a_digest(title: str) -> None:
    assert is_digest(title)


@pytest.mark.parametrize(
    "title",
    [
        "OpenAI launches GPT-5",
        "",
        "Lanes 10, Lane Watch 4, Lane Buds 2a",
        "Harbor Ocean 4.1: Ten Times Faster, Half The Price, 2 Million Words",
        "Google, Microsoft, and OpenAI sign a pact for 2026",
        "Judge says the $1.5 billion deal in Bartz, Graeber, and Johnson may stand",
    ],
)
def test_it_takes_a_report_for_a_report(title: str) -> None:
    assert not is_digest(title)


def test_it_gives_a_digest_a_story_of_its_own() -> None:
    text = "Claude Opus 4.1 is here: Anthropic's model writes better code."
    titles = [
        "Claude Opus 4.1",
        "Northwind 3 weights, Claude Opus 4.1, Lakeside Mirror 2",
        "Claude Opus 4.1 is out",
    ]
    items = [Item(n, f"s{n}", title, gist(title, text), NOON) for n, title in enumerate(titles)]
    assert {one.keys for one in group(items)} == {(0, 2), (1,)}

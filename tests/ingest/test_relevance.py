"""The relevance gate: AI news in, other news out, and a reason a reader can check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest import scoreboard
from ingest.relevance import judge


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("OpenAI launches GPT-5", ""),
        ("A start-up from Paris opens its newest large language model", "The weights are free."),
        (
            "Court rules on training with books",
            "The judge said training an AI model on books is fair use for AI firms.",
        ),
        ("Nvidia may sell H20 chips to China again", "Export controls on AI chips are being eased."),
        ("Introducing Claude for Teachers", ""),
        ("How to choose a vector database", ""),
        ("Start-up raises money for agent-native payments", ""),
    ],
)
def test_it_lets_ai_news_in(title: str, text: str) -> None:
    verdict = judge(title, text, "newsroom")
    assert verdict.on_topic
    assert verdict.reason.startswith("speaks of ")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Tesla opens a diner in Hollywood", "Guests waited for hours."),
        ("Winklevoss twins' crypto company Gemini files for IPO", "The exchange is based in New York."),
        ("The 8 best AI-powered doorbells (2025)", "Tested for weeks by our reviewers."),
        ("Claude Monet's garden reopens", "Painters came from all over France."),
        ("Jean-Claude Juncker remembers Brussels", "The former president speaks of his years."),
        ("Estate agents expect a quiet autumn", "Prices have hardly moved."),
        ("Black Friday: a laptop with an Nvidia GPU at its lowest price", ""),
        ("", ""),
    ],
)
def test_it_keeps_other_news_out(title: str, text: str) -> None:
    verdict = judge(title, text, "newsroom")
    assert not verdict.on_topic
    assert verdict.reason


def test_it_believes_a_lab_about_its_own_work() -> None:
    assert judge("Usage policy update", "", "lab").on_topic
    assert not judge("Usage policy update", "", "newsroom").on_topic


def test_it_asks_nothing_of_sources_read_whole() -> None:
    assert judge("Tesla opens a diner", "", "newsroom", any_topic=True).on_topic


def test_it_does_not_take_ai_for_a_part_of_another_word() -> None:
    assert not judge("AIDS charity and the RAID on MAIN street", "Said AIM.", "newsroom").on_topic


@pytest.mark.corpus
def test_it_agrees_with_the_labels_and_beats_a_list_of_keywords(corpus: Path) -> None:
    lines = (corpus / "labels" / "w2025.jsonl").read_text(encoding="utf-8").splitlines()
    figures = scoreboard.relevance([scoreboard.read(json.loads(line)) for line in lines])
    assert figures["f1"] >= 0.95
    assert figures["f1"] > figures["baselines"]["keywords"]["f1"]


@pytest.mark.corpus
def test_it_lets_next_to_nothing_of_other_news_in(corpus: Path) -> None:
    lines = (
        (corpus / "labels" / "w2025_unlabelled_other_topics.jsonl").read_text(encoding="utf-8").splitlines()
    )
    items = [scoreboard.read(json.loads(line)) for line in lines]
    let_in = [item for item in items if judge(item.title, item.text, item.kind).on_topic]
    assert len(let_in) <= 0.02 * len(items)

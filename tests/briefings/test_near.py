"""How near stories are to readers by their words alone: what an editor would put on whose desk."""

from __future__ import annotations

import pytest

from briefings import near
from users import taxonomy

WARD = ("A model reads scans on the night ward", "Doctors at two hospitals try it on patients with a stroke.")
FAB = (
    "A new fab for accelerators breaks ground",
    "The foundry will make chips for three GPU vendors by 2028.",
)
SUIT = (
    "Novelists sue a chatbot maker",
    "The lawsuit says that pirated books trained it; a judge will hear them.",
)
BREACH = ("An assistant leaked calendars", "Researchers showed the attack; the vulnerability is fixed.")
SCHOOL = ("A tutor that answers with questions", "Students and teachers in forty schools try it this term.")
ROUND = (
    "A start-up raises $40 million",
    "Investors value the company at $300 million after the funding round.",
)
NEWS = {"ward": WARD, "fab": FAB, "suit": SUIT, "breach": BREACH, "school": SCHOOL, "round": ROUND}


def closest(text: str) -> str:
    return max(NEWS, key=lambda name: near.to_text(text, *NEWS[name])[0])


@pytest.mark.parametrize(
    ("industry", "story"),
    [("healthcare", "ward"), ("semiconductors", "fab"), ("legal", "suit"), ("education", "school")],
)
def test_an_industry_gets_its_own_news(industry: str, story: str) -> None:
    the_industry = taxonomy.industry(industry)
    assert closest(f"{the_industry.title}. {the_industry.cares}") == story


@pytest.mark.parametrize(
    ("role", "story"),
    [("security-leader", "breach"), ("founder", "round"), ("lawyer", "suit"), ("educator", "school")],
)
def test_a_role_gets_its_own_news(role: str, story: str) -> None:
    the_role = taxonomy.role(role)
    assert closest(f"{the_role.title}. {the_role.cares}") == story


@pytest.mark.parametrize(
    ("role", "title", "opening", "concern"),
    [
        (
            "cto",
            "Qwen3.8 27B is excellent",
            "It scores 58.7 and overthinks.",
            "what the models can and cannot do",
        ),
        (
            "cto",
            "Introducing Claude Haiku 4.5",
            "It outperforms Kimi K2.",
            "what the models can and cannot do",
        ),
        ("software-engineer", "An Agent Development Kit", "Agentic software.", "building on the models"),
        ("security-leader", "Zero-trust agents", "A sandbox keeps them in.", "security and data protection"),
        (
            "product-manager",
            "Introducing a memory",
            "It is now available to users.",
            "products and their users",
        ),
    ],
)
def test_it_knows_the_words_of_the_trade(role: str, title: str, opening: str, concern: str) -> None:
    the_role = taxonomy.role(role)
    assert concern in near.to_text(f"{the_role.title}. {the_role.cares}", title, opening)[1]


@pytest.mark.parametrize(
    ("role", "title", "opening"),
    [
        ("cto", "Mistral raises 2 billion", "It makes large language models. Claude for 5 million users."),
        ("cto", "Anthropic is sued over Claude 4", "GPT-5 and GPT 5 are named as well."),
        ("security-leader", "Authors sue over unauthorized use", "Books were copied without permission."),
        (
            "security-leader",
            "Regulators open a regulatory sandbox",
            "Senators want guardrails for Cybertrucks.",
        ),
        ("product-manager", "A senator introduces an AI bill", "It was introduced on Monday."),
        ("policy-maker", "A policy", "Many policies."),
    ],
)
def test_it_names_no_concern_for_stray_words(role: str, title: str, opening: str) -> None:
    the_role = taxonomy.role(role)
    assert near.to_text(f"{the_role.title}. {the_role.cares}", title, opening)[1] == ()


def test_what_shares_nothing_is_not_near_at_all() -> None:
    assert near.to_text(taxonomy.industry("healthcare").cares, "A fab opens", "It is large.") == (0.0, ())
    assert near.to_interests("quantum", *WARD) == (0.0, ())


def test_it_says_which_concern_and_only_one_that_is_plain() -> None:
    cares = taxonomy.industry("healthcare").cares
    assert near.to_text(cares, *WARD)[1] == ("patients and care",)
    once = near.to_text(cares, "A model reads scans", "It was tried by one doctor.")
    assert 0 < once[0] < near.to_text(cares, *WARD)[0]
    assert once[1] == ()
    one_word = "It was tried by one patient, then by two patients."
    assert near.to_text(cares, "A model reads scans", one_word) == once, "a plural is the same word"


def test_interests_are_named_as_the_reader_wrote_them() -> None:
    nearness, named = near.to_interests("Stroke care; GPU vendors, gardening", *FAB)
    assert named == ("GPU vendors",)
    assert nearness > near.to_interests("gardening, vendors of flowers", *FAB)[0]


def test_a_word_in_the_headline_is_nearer_than_one_below_it() -> None:
    above = near.to_interests("accelerators", *FAB)[0]
    below = near.to_interests("foundry", *FAB)[0]
    assert above == 1.0
    assert 0 < below < above


def test_a_wish_for_a_trade_finds_those_who_are_in_it() -> None:
    assert near.to_interests("chips", "A foundry doubles output", "TSMC builds for Nvidia.")[0] > 0
    assert near.to_interests("chips", "Novelists sue", "The books were pirated.")[0] == 0


def test_a_version_is_one_thing_and_a_bare_number_none() -> None:
    chips = ("Five labs and 5 chips: what Europe spends", "The plan names 4 sites.")
    assert near.to_interests("GPT-4.5, Claude Opus 4.5. 5, 2026", *chips) == (0.0, ())
    assert near.to_interests("gardening, GPT-4.5.", "GPT-4.5 is retired", "It goes in May.")[1] == (
        "GPT-4.5",
    )


@pytest.mark.parametrize(
    ("sentence", "shows"),
    [
        ("The context window holds 1M tokens.", True),
        ("It takes two dollars for a million output tokens.", True),
        ("Plans have new weekly usage limits.", True),
        ("Context lengths grow, and answers with them.", True),
        (
            "All tokens in the context window are attended to, so an injected instruction weighs as much.",
            False,
        ),
        ("A long thread keeps the context of the task.", False),
    ],
)
def test_prices_and_limits_are_told_by_more_than_a_word_of_the_trade(sentence: str, shows: bool) -> None:
    assert ("prices and limits" in near.shown(sentence, "")) is shows


def test_two_figures_of_one_kind_show_it_no_more_plainly_than_one() -> None:
    one, two = "It holds 32K tokens.", "It holds 32K tokens, and 200K tokens next year."
    assert near.shown("", one)["prices and limits"] == near.shown("", two)["prices and limits"]

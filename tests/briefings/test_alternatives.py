"""Patterns of many alternatives, sorted by the character that each begins with."""

from __future__ import annotations

import re

import pytest

from briefings.write.alternatives import by_letter

TEXTS = [
    "",
    "Read more about the newsletter below.",
    "read the full text: (photo by Ada), [sic]",
    "Critics say so; media critics said so. Unclear, unclear!",
    "The catch is that it isn't over, it’s a catch.",
    "no no-one nor nobody not",
    "* a point\n* another",
]


@pytest.mark.parametrize(
    "pattern",
    [
        r"read (?:more|the full)|^the\b|newsletters?$|\bbelow[.:]?$",
        r"\b(?:no|not|nor|nobody|no-one)\b",
        r"\b(?:(?<!media )(?:[Cc]ritics|[Oo]pponents) (?:say|said)|[Uu]nclear|isn[’']t)\b",
        r"\(photo|\[[a-z]+\]|[,;!]",
        r"(?:(?:The|a) catch|it[’']s)\b|\*",
        r"^\*\s|(?<=t)he\b|(?<![a-z])a",
    ],
)
def test_it_finds_what_the_plain_pattern_finds(pattern: str) -> None:
    sorted_, plain = by_letter(pattern), re.compile(pattern)
    for text in TEXTS:
        assert [found.span() for found in sorted_.finditer(text)] == [
            found.span() for found in plain.finditer(text)
        ], text
    assert any(plain.search(text) for text in TEXTS)


@pytest.mark.parametrize(
    "pattern", [r"a|\d", r"a|\w+ed", "a|b?c", "a|(?:b|c)?d", "a|[^b]", "a|.*b", "a|(b)", "a|[x-z]"]
)
def test_it_refuses_what_begins_with_no_character(pattern: str) -> None:
    with pytest.raises(ValueError, match="begins with no character"):
        by_letter(pattern)

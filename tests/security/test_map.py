"""The map of requirements is whole and tells the truth: each once, and whatever it names exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.processes import PROJECT

# ASVS 5.0.0: the requirements of levels 1 and 2 by section, "first-last".
SECTIONS = """
1.1 1-2, 1.2 1-9, 1.3 1-11, 1.4 1-3, 1.5 1-2, 2.1 1-3, 2.2 1-3, 2.3 1-4, 2.4 1-1, 3.2 1-2, 3.3 1-4, 3.4 1-6, 3.5 1-5,
3.7 1-2, 4.1 1-3, 4.2 1-1, 4.3 1-2, 4.4 1-4, 5.1 1-1, 5.2 1-3, 5.3 1-2, 5.4 1-3, 6.1 1-3, 6.2 1-12, 6.3 1-4, 6.4 1-4,
6.5 1-5, 6.6 1-3, 6.8 1-4, 7.1 1-3, 7.2 1-4, 7.3 1-2, 7.4 1-5, 7.5 1-2, 7.6 1-2, 8.1 1-2, 8.2 1-3, 8.3 1-1, 8.4 1-1,
9.1 1-3, 9.2 1-4, 10.1 1-2, 10.2 1-2, 10.3 1-4, 10.4 1-11, 10.5 1-5, 10.6 1-2, 10.7 1-3, 11.1 1-2, 11.2 1-3, 11.3 1-3,
11.4 1-4, 11.5 1-1, 11.6 1-1, 12.1 1-3, 12.2 1-2, 12.3 1-4, 13.1 1-1, 13.2 1-5, 13.3 1-2, 13.4 1-5, 14.1 1-2, 14.2 1-4,
14.3 1-3, 15.1 1-3, 15.2 1-3, 15.3 1-7, 16.1 1-1, 16.2 1-5, 16.3 1-4, 16.4 1-3, 16.5 1-3, 17.1 1-1, 17.2 1-4, 17.3 1-2
"""
LEVEL_1, LEVEL_2 = 70, 183  # so many of each
ROW = re.compile(
    r"^\| (V[\d.]+|LLM\d\d)\b(?: \| ([12]))? ?(?:\| )?([^|]+) \| (done|n/a|exception) \| (.+) \|$",
    re.MULTILINE,
)
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]+|[\w-]+\.(?:md|toml|txt))`")


def required() -> Iterator[str]:
    for section, first, last in re.findall(r"([\d.]+) (\d+)-(\d+)", SECTIONS):
        yield from (f"V{section}.{number}" for number in range(int(first), int(last) + 1))


def rows(document: str) -> list[tuple[str, ...]]:
    return ROW.findall((PROJECT / "docs" / document).read_text(encoding="utf-8"))


def test_each_requirement_of_levels_one_and_two_is_there_once_in_order() -> None:
    found = [row[0] for row in rows("asvs.md")]
    assert found == list(required())
    assert Counter(row[1] for row in rows("asvs.md")) == {"1": LEVEL_1, "2": LEVEL_2}


def test_it_counts_what_it_has() -> None:
    counted = Counter(row[3] for row in rows("asvs.md"))
    said = (PROJECT / "docs" / "asvs.md").read_text(encoding="utf-8")
    assert (
        f"{counted['done']} done, {counted['n/a']} not applicable, {counted['exception']} exceptions" in said
    )


def test_each_risk_of_language_models_is_there_once() -> None:
    assert [row[0] for row in rows("security.md")] == [f"LLM{number:02}" for number in range(1, 11)]


@pytest.mark.parametrize("document", ["asvs.md", "security.md"])
def test_what_is_named_exists_and_every_reason_is_given(document: str) -> None:
    for key, _, about, state, how in rows(document):
        assert len(about) > 3, key
        for path in NAMED.findall(how):
            if not path.startswith("/"):
                assert (PROJECT / path).exists(), (key, path)
        if state == "exception":
            assert len(re.sub(r"`[^`]+`", "", how)) > 40, f"{key}: why?"
        assert len(how) > 5, key

"""Passages: every visible character in exactly one span, whatever the text."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.passages import LONGEST, compose, spans
from ingest.plain import html_paragraphs, line, paragraphs, visible

TITLES = st.text(min_size=1, max_size=80).map(line).filter(bool)
BODIES = st.lists(st.text(alphabet=st.characters(), max_size=400), max_size=8).map(
    lambda parts: paragraphs("\n\n".join(parts))
)


@given(TITLES, BODIES)
def test_it_covers_the_text_exactly_once(title: str, body: list[str]) -> None:
    text = compose(title, body)
    found = spans(text)
    assert "".join("".join(text[start:end].split()) for start, end in found) == "".join(text.split())
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert text[slice(*found[0])] == title


@given(st.integers(1, 6000), st.sampled_from(["word ", "x", "One sentence. ", "长。"]))
def test_it_cuts_long_paragraphs(count: int, unit: str) -> None:
    body = (unit * count).strip()
    text = compose("T", [body])
    found = spans(text)
    assert max(end - start for start, end in found) <= LONGEST
    assert "".join("".join(text[start:end].split()) for start, end in found[1:]) == "".join(body.split())


def test_it_cuts_between_sentences() -> None:
    text = compose("T", ["This sentence is one of many, and ends here. " * 60])
    assert all(text[start:end].endswith("here.") for start, end in spans(text)[1:])


@given(st.text(max_size=300))
def test_paragraphs_hold_nothing_invisible_and_no_line_breaks(text: str) -> None:
    for part in paragraphs(text) + html_paragraphs(text):
        assert part == part.strip() != ""
        assert "\n" not in part
        assert visible(part) == part

"""Usage objects of several providers, read onto disjoint axes; and the bound that holds are computed from."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.tokens import Tokens, read_usage, upper_bound
from tests.fakes.model_server import count

OPENAI = {
    "prompt_tokens": 1000,
    "completion_tokens": 300,
    "total_tokens": 1300,
    "prompt_tokens_details": {"cached_tokens": 768},
    "completion_tokens_details": {"reasoning_tokens": 100},
}
XAI = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 170,
    "completion_tokens_details": {"reasoning_tokens": 50},
}
BESIDE = {
    "input_tokens": 100,
    "output_tokens": 20,
    "cache_read_input_tokens": 400,
    "cache_creation_input_tokens": 50,
}


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        (OPENAI, Tokens(232, 768, 0, 200, 100)),
        (XAI, Tokens(100, 0, 0, 20, 50)),
        (BESIDE, Tokens(100, 400, 50, 20, 0)),
        ({"prompt_tokens": 7, "total_tokens": 7}, Tokens(7)),
        (
            {"prompt_tokens": 5, "completion_tokens": 0, "total_tokens": 5, "prompt_tokens_details": None},
            Tokens(5),
        ),
    ],
)
def test_it_puts_every_token_on_one_axis(usage: dict[str, Any], tokens: Tokens) -> None:
    reading = read_usage(usage)
    assert reading is not None
    assert reading.tokens == tokens


@pytest.mark.parametrize(
    "usage",
    [
        None,
        "5",
        [],
        {},
        {"prompt_tokens": 5},
        {"prompt_tokens": None, "completion_tokens": 3},
        {"prompt_tokens": -1, "completion_tokens": 3},
        {"prompt_tokens": True, "completion_tokens": 3},
        {"prompt_tokens": 1e3, "completion_tokens": 3},
        {"prompt_tokens": 10**30, "completion_tokens": 3},
    ],
)
def test_it_takes_absent_for_absent_and_never_for_zero(usage: Any) -> None:
    assert read_usage(usage) is None


def test_it_takes_the_dearer_reading_and_says_so_when_the_sums_do_not_fit() -> None:
    reading = read_usage(OPENAI | {"total_tokens": 5})
    assert reading is not None
    assert reading.tokens == Tokens(1000, 768, 0, 300, 100)
    assert "total_tokens 5" in reading.mismatch


@given(st.text(max_size=300))
def test_it_bounds_what_a_tokenizer_may_count(text: str) -> None:
    assert upper_bound(text) >= count(text) + 64


def test_it_bounds_english_not_too_far_above() -> None:
    text = (
        "OpenAI released a new family of models on Thursday, and analysts expect prices to fall again. " * 50
    )
    assert len(text) / 5 < upper_bound(text) < len(text) / 2.5


def test_added_up_every_axis_is() -> None:
    each = [field.name for field in fields(Tokens)]
    one, two = Tokens(**{name: 2**n for n, name in enumerate(each)}), Tokens(**dict.fromkeys(each, 100))
    assert one + two == Tokens(**{name: 100 + 2**n for n, name in enumerate(each)})

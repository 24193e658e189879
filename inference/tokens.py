"""Token counts on disjoint axes: how every provider's usage is read, and how a prompt's length is bounded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tokens:
    """Disjoint counts: every token is on exactly one axis (OpenAI's cached and reasoning tokens are subsets there)."""

    input: int = 0
    cached: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        # By name: each brief that is shown adds some up, and `astuple` copies them with all that they could hold.
        return Tokens(
            self.input + other.input,
            self.cached + other.cached,
            self.cache_write + other.cache_write,
            self.output + other.output,
            self.reasoning + other.reasoning,
        )


NO_TOKENS = Tokens()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a usage object says; `mismatch` names what does not add up (the dearer reading was taken)."""

    tokens: Tokens
    mismatch: str = ""


def read_usage(usage: object) -> Reading | None:
    """Tokens of a provider's `usage` object, or None when it does not say enough: absent is not zero.

    OpenAI: prompt_tokens contain cached_tokens, completion_tokens contain reasoning_tokens. Others (Anthropic's
    compatible endpoint, xAI for reasoning) report them beside: total_tokens tells which, and where it cannot, every
    count is taken as separate, the dearer reading.
    """
    if not isinstance(usage, Mapping):
        return None
    prompt, completion = (
        _count(usage, "prompt_tokens", "input_tokens"),
        _count(usage, "completion_tokens", "output_tokens"),
    )
    total = _count(usage, "total_tokens")
    if completion is None and prompt is not None and total == prompt:
        completion = 0  # an embedder's usage
    if prompt is None or completion is None:
        return None
    inputs = _details(usage, "prompt_tokens_details", "input_tokens_details")
    outputs = _details(usage, "completion_tokens_details", "output_tokens_details")
    cached = (
        _count(inputs, "cached_tokens")
        or _count(usage, "cache_read_input_tokens", "prompt_cache_hit_tokens")
        or 0
    )
    written = _count(inputs, "cache_write_tokens", "cache_creation_tokens")
    written = written or _count(usage, "cache_creation_input_tokens") or 0
    reasoning = _count(outputs, "reasoning_tokens") or 0
    return _disjoint(prompt, completion, cached, written, reasoning, total)


def _disjoint(
    prompt: int, completion: int, cached: int, written: int, reasoning: int, total: int | None
) -> Reading:
    subset = Tokens(prompt - cached - written, cached, written, completion - reasoning, reasoning)
    in_subset = subset.input >= 0
    out_subset = subset.output >= 0
    if in_subset and out_subset and total in (None, prompt + completion):
        return Reading(subset)
    apart = Tokens(prompt, cached, written, completion, reasoning)
    if total == prompt + cached + written + completion + reasoning:
        return Reading(apart)
    if in_subset and total == prompt + completion + reasoning:
        return Reading(Tokens(subset.input, cached, written, completion, reasoning))
    if out_subset and total == prompt + cached + written + completion:
        return Reading(Tokens(prompt, cached, written, subset.output, reasoning))
    return Reading(apart, f"total_tokens {total} fits no sum of the parts")


def _count(counts: Mapping[str, Any], *names: str) -> int | None:
    for name in names:
        value = counts.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _ABSURD:
            return value
    return None


def _details(usage: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        if isinstance(found := usage.get(name), Mapping):
            return found
    return {}


_ABSURD = 10**12  # a count no call can have; what is not a count is absent
_PIECES = re.compile(r"[A-Za-z]+|[0-9]{1,3}|[^\sA-Za-z0-9]|\n")


def upper_bound(text: str) -> int:
    """At least as many tokens as the usual tokenizers need for the text, plus 5 % and 64 for the frame.

    Four letters a token within each word, three digits, every other sign one; two outside ASCII except for CJK, one.
    """
    return _pieces(text) * 105 // 100 + 64


def _pieces(text: str) -> int:
    return sum(_piece(piece) for piece in _PIECES.findall(text))


def _piece(piece: str) -> int:
    if piece.isascii():
        return -(-len(piece) // 4) if piece.isalpha() else 1
    return 1 if "⺀" <= piece <= "鿿" or "가" <= piece <= "힣" else 2

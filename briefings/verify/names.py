"""The name rule for a lens's reasoning: it may only name whom the brief names."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_][\w'’&.-]*[\w]|[^\W_]")
_OPENER = re.compile(r"(?:^|[.!?:;“\"(]\s*)$")
_ROMAN = re.compile(r"^[IVX]+$")

# Abbreviations a reader at work uses in any sentence, and words that English writes with a capital.
_COMMON_WORDS = (
    "ai ml llm llms api apis it hr pr r&d roi kpi kpis ceo cto cfo cio coo cmo ciso vp gpu gpus cpu saas poc rfp rfps "
    "sla slas faq b2b b2c us u.s uk eu i i'd i'll i'm i've english american european western asian monday tuesday "
    "wednesday thursday friday saturday sunday internet web q&a ip pii"
)
_COMMON = frozenset(_COMMON_WORDS.split())
# As the first word of a sentence a name looks like any other word; these are told apart.
_WELL_KNOWN_NAMES = (
    "google microsoft apple amazon nvidia anthropic tesla intel ibm oracle samsung baidu alibaba tencent bytedance "
    "huawei mistral cohere perplexity salesforce adobe netflix uber twitter facebook instagram youtube tiktok reddit "
    "github gitlab slack zoom spotify snowflake databricks palantir qualcomm broadcom amd tsmc asml micron dell cisco "
    "claude gemini llama grok copilot chatgpt gpt qwen gemma sora midjourney altman musk zuckerberg nadella pichai "
    "amodei huang trump biden china europe america japan india germany france britain taiwan russia congress "
    "washington brussels beijing london california stanford harvard mit"
)
_WELL_KNOWN = frozenset(_WELL_KNOWN_NAMES.split())


def _fold(word: str) -> str:
    return re.sub(r"['’]s$|['’.]$", "", word.lower()).replace("’", "'")


def names(text: str) -> tuple[str, ...]:
    """Words that look like proper names: capitals inside a sentence, inner capitals or known names at its start."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        bare = re.sub(r"['’]s$", "", word)
        if _ROMAN.match(bare) or _fold(word) in _COMMON:
            continue
        if (any(letter.isupper() for letter in bare[1:]) and not _is_compound(bare)) or (
            bare[0].isupper() and (not _OPENER.search(text[: match.start()]) or _fold(word) in _WELL_KNOWN)
        ):
            found.append(bare)
    return tuple(found)


def _is_compound(word: str) -> bool:
    """AI-driven, IT-led: a common abbreviation with a lower-case tail."""
    head, _, tail = word.partition("-")
    return bool(tail) and tail.islower() and _fold(head) in _COMMON


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """All words of `texts`, folded: what may be named."""
    words: set[str] = set()
    for text in texts:
        for match in _WORD.finditer(text):
            words.add(_fold(match[0]))
            words.update(_fold(part) for part in re.split(r"[-.&/]", match[0]) if part)
    return frozenset(words)


def strangers(text: str, known: frozenset[str]) -> tuple[str, ...]:
    """The names in `text` that are not in `known`, whole, part by part or in the plural."""

    def has(part: str) -> bool:
        folded = _fold(part)
        return folded in known or folded.removesuffix("s") in known or part.islower()

    return tuple(
        name
        for name in names(text)
        if not has(name) and not all(has(p) for p in re.split(r"[-.&/]", name) if p)
    )

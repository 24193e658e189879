"""What a text is made of for comparing it: normalised words, how much each says, names and figures."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

# Hyphens and quotes come in many shapes ("GPT‑5" with U+2011); one shape each, so that equal words compare equal.
_SHAPES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2212", "-") | dict.fromkeys("\u2018\u2019\u02bc", "'") | {"\u00ad": ""}
)
WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['-][^\W_]+|\.(?=\d)\d+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def plain(text: str) -> str:
    """The text with one kind of hyphen, apostrophe and compatibility form."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_SHAPES)


def words(text: str) -> list[str]:
    """Stemmed lower-case words in reading order; runs of Chinese, Japanese or Korean as pairs of characters."""
    found: list[str] = []
    for word in WORD.findall(plain(text).lower()):
        if "-" in word:
            found.extend(_compound(word))
        elif word.isascii() or not _CJK.search(word):
            found.append(stem(word))
        else:
            found.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
    return found


@lru_cache(maxsize=20_000)
def _compound(word: str) -> tuple[str, ...]:
    # gpt-oss-20b speaks of gpt-oss as well, and open-weight of weights.
    parts = word.split("-")
    heads = ["-".join(parts[:size]) for size in range(len(parts), 1, -1)]
    return tuple(heads + [stem(part) for part in parts if len(part) > 2])


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A light stem: possessives, plurals and verb endings of words long enough to bear it; figures stay."""
    word = word.removesuffix("'s").rstrip("'")
    if len(word) < 4 or any(c.isdigit() for c in word):
        return word
    if word.endswith("ies") and len(word) > 5:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return _undoubled(word[: -len(ending)])
    return word.removesuffix("e") if len(word) > 5 else word


def _undoubled(word: str) -> str:
    if word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word.removesuffix("e")


def _graded(lines: Iterable[str]) -> dict[str, float]:
    grades: dict[str, float] = {}
    grade = 1.0
    for line in lines:
        if line.startswith("["):
            grade = float(line.strip("[] \n"))
        elif not line.startswith("#"):
            grades.update((stem(word), grade) for word in line.split())
    return grades


_GRADES = _graded(Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=100_000)
def weight(term: str) -> float:
    """How much a stemmed word says by itself, 0 to 1.3, before anything is known of its neighbours."""
    grade = _GRADES.get(term)
    if grade is not None:
        return grade
    if term.isdigit():
        return 0.5 if len(term) < 5 else 0.8
    if len(term) == 1:
        return 0.0 if term.isascii() else 0.5
    # Letters and digits in one word is how products are called: gpt-5, o3, qwen3-coder.
    return 1.3 if any(c.isdigit() for c in term) else 1.0


# Pairs tell "deep think" from "deep trouble"; they count less than words, which more texts share.
_PAIR = 0.6


def grams(text: str) -> Counter[str]:
    """The telling words of a text and its pairs of neighbouring telling words ("deep think"), counted."""
    telling = list(filter(weight, words(text)))
    found = Counter(telling)
    found.update(f"{first} {second}" for first, second in pairwise(telling))
    return found


@lru_cache(maxsize=200_000)
def gram_weight(gram: str) -> float:
    """`weight` for a word; for a pair, that of its less telling word, lessened."""
    first, _, second = gram.partition(" ")
    return _PAIR * min(weight(first), weight(second)) if second else weight(first)


@dataclass(frozen=True, eq=False)
class Gist:
    """What an article is about: the grams of its title and of title (counted twice) and lead, and the products in
    either that are named with a version. Equal to itself alone, so that what is made of it can be kept with it."""

    title: Counter[str]
    whole: Counter[str]
    versions: frozenset[str]

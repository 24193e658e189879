"""Where a word stands: the content words right before and behind it, by which two sentences are laid side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from briefings.terms import STOP, stem

REACH = 3
_WORD = re.compile(r"[^\W\d_][\w’']*|\d[\d.,]*\d|\d")
Place = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, in lower case, and its stem; `content` is False for the small words that fit any sentence."""

    text: str
    lower: str
    stem: str
    content: bool
    capital: bool


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[Word, ...]:
    """The words of a text in order."""
    return tuple(map(_word, _WORD.findall(text)))


@lru_cache(maxsize=50_000)
def _word(written: str) -> Word:
    bare = written.replace("’", "'").removesuffix("'s").rstrip("'")
    return Word(bare, bare.lower(), stem(bare), bare.lower() not in STOP, bare[0].isupper())


@lru_cache(maxsize=1024)
def lowered(text: str) -> frozenset[str]:
    """The words of a text in lower case: what tells at once which rules have nothing to look for in it."""
    return frozenset(word.lower for word in words(text))


def starts(text: str) -> list[int]:
    """Where each of the words of a text starts."""
    return [match.start() for match in _WORD.finditer(text)]


def place(among: Sequence[Word], at: int, reach: int = REACH) -> Place:
    """The stems of up to `reach` content words on either side, each with its side."""
    before = [word.stem for word in among[:at] if word.content][-reach:]
    behind = [word.stem for word in among[at + 1 :] if word.content][:reach]
    return frozenset([*(("before", each) for each in before), *(("behind", each) for each in behind)])

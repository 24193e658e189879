"""How common words are in technology news at large: what makes a shared word telling before much is stored. Pure.

The counts in `background.tsv` were taken once from recorded feeds and articles, none of the labelled weeks among them.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest import terms

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

_PAIR = 0.6  # pairs count less than words, which more texts share
_DIGITS = 0.8  # and so do bare numbers

# What lies around the articles at hand tells more of today's usual words than the background does.
_NEAR = 5
_CALM = 50  # articles assumed besides, so that a dozen give sane rarities


def _read() -> tuple[int, dict[str, int], frozenset[str]]:
    head, *lines = Path(__file__).with_name("background.tsv").read_text(encoding="utf-8").splitlines()
    seen: dict[str, int] = {}
    ordinary: set[str] = set()
    for line in lines:
        gram, count, *name = line.split("\t")
        seen[gram] = int(count)
        if not name and " " not in gram:
            ordinary.add(gram)
    return int(head.split()[5]), seen, frozenset(ordinary)


_ARTICLES, _SEEN, ORDINARY = _read()  # stemmed words that running text writes small


def rarity(gram: str, near: int, articles: int) -> float:
    """What it says when two articles share this gram, of which `near` of the `articles` at hand have it."""
    usual, worth = known(gram)
    return worth * math.log((_ARTICLES + _NEAR * articles + _CALM) / (usual + _NEAR * near + 1))


def rarities(usual: Floats, worth: Floats, near: Numbers, articles: int) -> Floats:
    """`rarity` of many grams, by what is `known` of each."""
    found: Floats = worth * np.log((_ARTICLES + _NEAR * articles + _CALM) / (usual + _NEAR * near + 1))
    return found


@lru_cache(maxsize=200_000)
def known(gram: str) -> tuple[int, float]:
    """In how many articles of the background the gram is, and what it counts beside a word."""
    digits = gram.replace("-", "").isdigit()
    worth = _PAIR if " " in gram else min(terms.weight(gram), _DIGITS) if digits else 1.0
    return _SEEN.get(gram, 0), worth

"""Weighs sentences against each other: tf-idf vectors, centrality in the story, likeness and near-duplicates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

DAMPING = 0.85
ALIKE = 0.42
CONTAINED = 0.6
YEAR = re.compile(r"20\d\d")


class Likeness:
    """tf-idf cosine between texts that are known from the start, by their place in the list."""

    def __init__(self, texts: Sequence[tuple[str, ...]]) -> None:
        self.sets = [frozenset(text) for text in texts]
        self._place = {word: place for place, word in enumerate(dict.fromkeys(chain.from_iterable(texts)))}
        self.vectors = _tf_idf(texts, self._place)
        self.cosine: Matrix = self.vectors @ self.vectors.T
        self._holding = np.ascontiguousarray(self.vectors.T > 0)  # by word, the texts that hold it
        self._sizes = np.array([len(words) for words in self.sets])
        self._repeating: dict[int, frozenset[int]] = {}

    def same_claim(self, one: int, other: int) -> bool:
        """Whether two texts say so nearly the same that a reader would feel told twice."""
        return one in self.repeating(other)

    def repeating(self, index: int) -> frozenset[int]:
        """The texts that are the same claim as this one."""
        if index not in self._repeating:
            self._repeating[index] = self._that_repeat(index)
        return self._repeating[index]

    def _that_repeat(self, index: int) -> frozenset[int]:
        cosine, words = self.cosine[index], self.sets[index]
        smaller = np.minimum(self._sizes, len(words))
        shared = self._shared(words)
        figures = self._shared(
            word for word in words if word[0].isdigit() and len(word) > 1 and not YEAR.fullmatch(word)
        )
        same = (
            (cosine >= ALIKE)
            | ((smaller >= 4) & (shared >= CONTAINED * smaller))
            | ((shared >= 7) & (shared >= 0.4 * smaller))
            | ((figures > 0) & (cosine >= 0.25) & (shared >= 4))
        )
        return frozenset(np.flatnonzero(same).tolist())

    def _shared(self, words: Iterable[str]) -> NDArray[np.int64]:
        """How many of these words each text holds."""
        return np.asarray(self._holding[[self._place[word] for word in words]].sum(axis=0))


def centrality(cosine: Matrix, groups: Sequence[int]) -> NDArray[np.float64]:
    """LexRank over the sentences; likeness to another article's sentence (`groups`) counts double. Highest is 1."""
    size = len(groups)
    if size == 0:
        return np.zeros(0)
    group = np.asarray(groups)
    weights = np.where(cosine > 0.05, cosine, 0.0) * np.where(group[:, None] == group[None, :], 1.0, 2.0)
    np.fill_diagonal(weights, 0.0)
    sums = weights.sum(axis=1, keepdims=True)
    step = np.where(sums > 0, weights / np.where(sums > 0, sums, 1.0), 1.0 / size)
    rank = np.full(size, 1.0 / size)
    for _ in range(30):
        rank = (1 - DAMPING) / size + DAMPING * (step.T @ rank)
    return np.asarray(rank / rank.max())


def _tf_idf(texts: Sequence[tuple[str, ...]], places: Mapping[str, int]) -> Matrix:
    width = max(1, len(places))
    cells, counts = np.unique(
        np.array(
            [row * width + places[word] for row, text in enumerate(texts) for word in text], dtype=np.int64
        ),
        return_counts=True,
    )
    matrix = np.zeros((len(texts), width))
    matrix.flat[cells] = [1 + math.log(count) for count in counts]
    idf = np.log((1 + len(texts)) / (1 + np.bincount(cells % width, minlength=width))) + 0.3
    matrix *= idf
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(norms > 0, norms, 1.0))

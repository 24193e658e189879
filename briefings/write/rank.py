"""Weighs sentences against each other: tf-idf vectors, centrality in the story, likeness and near-duplicates."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

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
        self.texts = texts
        self.sets = [frozenset(text) for text in texts]
        self.vectors = _tf_idf(texts)
        self._same: dict[tuple[int, int], bool] = {}
        self.cosine: Matrix = self.vectors @ self.vectors.T

    def same_claim(self, one: int, other: int) -> bool:
        """Whether two texts say so nearly the same that a reader would feel told twice."""
        pair = (one, other) if one < other else (other, one)
        if pair not in self._same:
            self._same[pair] = self._says_the_same(*pair)
        return self._same[pair]

    def _says_the_same(self, one: int, other: int) -> bool:
        cosine = self.cosine[one, other]
        if cosine >= ALIKE:
            return True
        if not cosine:  # no word in common
            return False
        shared = self.sets[one] & self.sets[other]
        smaller = min(len(self.sets[one]), len(self.sets[other]))
        if smaller >= 4 and len(shared) >= CONTAINED * smaller:
            return True
        if len(shared) >= 7 and len(shared) >= 0.4 * smaller:
            return True
        figures = {
            word for word in shared if word[0].isdigit() and len(word) > 1 and not YEAR.fullmatch(word)
        }
        return bool(figures) and cosine >= 0.25 and len(shared) >= 4


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


def _tf_idf(texts: Sequence[tuple[str, ...]]) -> Matrix:
    vocabulary: dict[str, int] = {}
    for text in texts:
        for word in text:
            vocabulary.setdefault(word, len(vocabulary))
    matrix = np.zeros((len(texts), max(1, len(vocabulary))))
    for row, text in enumerate(texts):
        for word, count in Counter(text).items():
            matrix[row, vocabulary[word]] = 1 + math.log(count)
    idf = np.log((1 + len(texts)) / (1 + (matrix > 0).sum(axis=0))) + 0.3
    matrix *= idf
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(norms > 0, norms, 1.0))

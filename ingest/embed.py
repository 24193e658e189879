"""Texts as vectors without any model: hashed words and word pairs, so that closeness is shared vocabulary."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ingest import terms

LEXICAL = "lexical-1"
DIMENSIONS = 512

Vectors = npt.NDArray[np.float32]


def embed(texts: Sequence[str]) -> Vectors:
    """One unit vector of DIMENSIONS a text, as rows; the zero vector for a text without a telling word.

    The same text has the same vector in every process and on every machine. Dot products are cosines.
    """
    return embed_grams([terms.grams(text) for text in texts])


def embed_grams(texts: Sequence[Counter[str]]) -> Vectors:
    """`embed` for texts already taken apart by `terms.grams`."""
    vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, counts in enumerate(texts):
        spots = np.fromiter(map(_spot, counts), dtype=np.int64, count=len(counts))
        weights = np.fromiter(map(terms.gram_weight, counts), dtype=np.float32, count=len(counts))
        often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        worth = weights * (1 + np.log(often))
        # The last bit is the sign: words that meet in one dimension by chance then cancel out on average.
        vectors[row] = np.bincount(spots >> 1, np.where(spots & 1, worth, -worth), minlength=DIMENSIONS)
    return unit(vectors)


def unit(vectors: Vectors) -> Vectors:
    """Each row scaled to length one; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


@lru_cache(maxsize=200_000)
def _spot(gram: str) -> int:
    # Not hash(): Python salts it anew in every process.
    return zlib.crc32(gram.encode()) % (2 * DIMENSIONS)

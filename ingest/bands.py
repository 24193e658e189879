"""MinHash bands: a set as a few numbers, of which two sets share some when much of them is the same.

The scheme is datasketch's "affine32" (the finalizer of MurmurHash3, then a x h + b modulo 2^32 with odd a, as in Broder
1997), written out because one formula needs no package.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_ROWS, _BANDS = 4, 16  # sets of Jaccard 0.5 share a band with probability 0.64, of 0.7 with 0.99

Numbers = npt.NDArray[np.uint32]


def _permutations() -> tuple[Numbers, Numbers]:
    # RandomState's numbers are the same in every version of numpy; stored bands depend on them.
    random = np.random.RandomState(1)
    a, b = random.randint(0, 1 << 32, size=(2, _ROWS * _BANDS, 1), dtype=np.uint32)
    return a | np.uint32(1), b


_A, _B = _permutations()
_SEEDS = np.arange(1, _BANDS + 1, dtype=np.uint64)


def bands(members: Numbers) -> list[int]:
    """Signed 64-bit numbers, equal in two sets for every band they share; none for the empty set."""
    if not len(members):
        return []
    rows = (_A * _mixed(members) + _B).min(axis=1).reshape(_BANDS, _ROWS).astype(np.uint64)
    folded = _SEEDS
    for column in range(_ROWS):
        folded = (folded ^ rows[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        folded = folded ^ (folded >> np.uint64(29))
    return [int(band) for band in folded.astype(np.int64).tolist()]


def _mixed(values: Numbers) -> Numbers:
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))

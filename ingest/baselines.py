"""What grouping is measured against: TF-IDF with agglomerative clustering, at the best threshold. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix

from ingest import terms

Groups = Sequence[Hashable]

_WINDOW = timedelta(days=4)
_STEPS = 80
_OPENING = 500  # characters that tell best what an article is about


def best(candidates: Iterable[Groups], worth: Callable[[Groups], float]) -> Groups:
    """Of the groupings at all thresholds the one worth most by the labels: as good as the method gets."""
    return max(candidates, key=worth)


def tfidf_agglomerative(
    titles: Sequence[str], texts: Sequence[str], times: Sequence[datetime]
) -> Iterable[Groups]:
    """Average linkage over the cosines of TF-IDF vectors; articles further apart than the window share nothing.

    It sees all articles at once, later ones too. The title counts twice.
    """
    if len(titles) < 2:
        yield [0] * len(titles)
        return
    told = zip(titles, texts, strict=True)
    vectors = _tfidf([Counter(terms.words(f"{title} {title} {text[:_OPENING]}")) for title, text in told])
    distance = 1.0 - np.asarray((vectors @ vectors.T).todense())
    days = np.array([time.timestamp() for time in times]) / 86400
    distance[np.abs(days[:, None] - days[None, :]) > _WINDOW / timedelta(days=1)] = 1.0
    tree = linkage(np.clip(distance[np.triu_indices(len(titles), 1)], 0.0, 1.0), "average")
    for step in range(1, _STEPS):
        yield fcluster(tree, step / _STEPS, "distance").tolist()


def _tfidf(texts: Sequence[Counter[str]]) -> csr_matrix:
    """Unit rows, with logarithmic counts and smoothed rarities, as scikit-learn has them."""
    seen = Counter(word for text in texts for word in text)
    place = {word: number for number, word in enumerate(seen)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[npt.NDArray[np.float64]] = []
    for row, text in enumerate(texts):
        worth = np.array(
            [
                (1 + math.log(often)) * (math.log((1 + len(texts)) / (1 + seen[word])) + 1)
                for word, often in text.items()
            ]
        )
        rows += [row] * len(text)
        columns += [place[word] for word in text]
        values.append(worth / (np.linalg.norm(worth) or 1.0))
    return csr_matrix((np.concatenate(values), (rows, columns)), shape=(len(texts), len(seen)))

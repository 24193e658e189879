"""Which embedder makes vectors, under which name they are kept, and which of them may be compared.

An embedder is named as NUTGRAF_MODEL_EMBED names it: `lexical`, `local:MODEL`, or a model of the endpoint. Its vectors
carry a *tag*, the name and their length: a model that suddenly answers in another length is another embedder.
Only vectors of one tag are ever compared.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db.models import Q

from inference import gateway, local
from inference.errors import InferenceError
from ingest.embed import LEXICAL, Vectors, embed, unit

WORDS = "lexical"  # the embedder without a model; its tag has no length, which never changes
LOCAL = "local:"
LONGEST = 70  # characters of a name
REMEMBERED = 30 * 24 * 3600  # seconds that a reader's vectors are kept


@dataclass(frozen=True, slots=True)
class Embedded:
    """Unit vectors as rows, all of one tag; `cost` in nano-dollars."""

    tag: str
    vectors: Vectors
    cost: int = 0


def chosen() -> str:
    """The embedder that new articles get: the configured one, or the lexical one while its endpoint is not set up."""
    name: str = settings.NUTGRAF_MODEL_EMBED
    return name if name.startswith(LOCAL) or gateway.available() else WORDS


def named(tag: str) -> str:
    """The embedder whose tag this is."""
    return WORDS if tag == LEXICAL else tag.rpartition("@")[0]


def carries(name: str) -> Q:
    """The rows whose vector that embedder made."""
    return Q(embedder=LEXICAL) if name == WORDS else Q(embedder__regex=rf"^{re.escape(name)}@\d+$")


def embed_by(name: str, texts: Sequence[str], work_key: str, reader: int | None = None) -> Embedded:
    """The texts, none of them empty, by a model; one request, paid by `reader` too. Raises `inference.errors`."""
    if name.startswith(LOCAL):
        vectors, cost = np.array(local.embed(name.removeprefix(LOCAL), texts), dtype=np.float32), 0
    else:
        answer = gateway.embed(texts, work_key=work_key, model=name, reader=reader)
        vectors, cost = np.array(answer.vectors, dtype=np.float32), answer.cost_nano
    return Embedded(f"{name}@{vectors.shape[1]}", unit(vectors), cost)


def middle(known: Sequence[tuple[str, Vectors]], first: str) -> tuple[str, Vectors | None]:
    """The mean direction of vectors that belong together, given with their tags, and its tag.

    Only those of one tag count: of the embedder `first` where it made any, else of whichever made the most.
    """
    counts = Counter(tag for tag, _ in known)
    if not counts:
        return "", None
    tag = max(counts, key=lambda each: (named(each) == first, counts[each], each))
    same = [vector for other, vector in known if other == tag]
    return tag, same[0] if len(same) == 1 else unit(np.mean(same, axis=0, keepdims=True))[0]


def comparable(
    texts: Sequence[str], tag: str, reader: int | None = None, remember: int = REMEMBERED
) -> Vectors | None:
    """Unit vectors of the texts that may be compared with those of `tag`; None when there are none to be had.

    What a reader cares about seldom changes: a model is asked once for each text, and its answer remembered for so
    many seconds. `reader`: the one whose budget it counts to as well.
    """
    if tag == LEXICAL:
        return embed(texts)
    keys = [f"vector:{hashlib.sha256(f'{tag}:{text}'.encode()).hexdigest()}" for text in texts]
    found: dict[str, list[float]] = cache.get_many(keys)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if text.strip() and key not in found}
    if missing:
        try:
            key = f"reader:{next(iter(missing))[-16:]}"
            made = embed_by(named(tag), list(missing.values()), key, reader)
        except InferenceError:
            return None
        if made.tag != tag:
            return None
        fresh = dict(zip(missing, made.vectors.tolist(), strict=True))
        cache.set_many(fresh, remember)
        found |= fresh
    size = int(tag.rpartition("@")[2])
    return np.array([found.get(key) or [0.0] * size for key in keys], dtype=np.float32)

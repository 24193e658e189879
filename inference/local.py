"""Embeds with a sentence-transformers model on this machine: no key, no network, nothing to pay.

An optional extra (`requirements-local.in`): it needs torch, which is larger than all the rest of Nutgraf.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from inference.errors import NotConfigured

MARK = "modules.json"  # what every sentence-transformers model has at its top


def embed(name: str, texts: Sequence[str]) -> list[list[float]]:
    """One unit vector a text. `name` is a model's folder, or an installed package that carries one.

    Raises NotConfigured when the library or the model is not there; nothing is ever downloaded.
    """
    vectors = _model(name).encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return [[float(number) for number in vector] for vector in vectors]


@lru_cache(maxsize=1)  # loading takes seconds, and each takes hundreds of megabytes
def _model(name: str) -> Any:
    folder = _folder(name)
    # Its bars would stand between our own lines.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TQDM_DISABLE", "1")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise NotConfigured(f"{name} needs the packages of requirements-local.in: {error}") from error
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except Exception as error:  # the libraries below raise whatever they like for a broken folder
        raise NotConfigured(f"{name} cannot be loaded: {type(error).__name__}: {error}") from error


def _folder(name: str) -> Path:
    """Where the model lies. Raises NotConfigured."""
    root = Path(name) if "/" in name else _package(name)
    marks = sorted(root.rglob(MARK)) if root and root.is_dir() else []
    if not marks:
        raise NotConfigured(
            f"{name} is neither the folder of a sentence-transformers model nor an installed package with one"
        )
    return marks[0].parent


def _package(name: str) -> Path | None:
    module = name.replace("-", "_")
    spec = importlib.util.find_spec(module) if module.isidentifier() else None
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None

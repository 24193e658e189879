"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start processes or a browser go first: side by side, the longest may not be the last begun."""
    items.sort(
        key=lambda item: (not item.get_closest_marker("processes"), not item.get_closest_marker("browser"))
    )


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of recorded feeds, or a skip that says where it was looked for."""
    folder = Path(os.environ.get("NUTGRAF_CORPUS") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no recorded feeds at {folder}; set NUTGRAF_CORPUS")
    return folder

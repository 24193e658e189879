"""Fixtures that every test may use."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


# Beside what docs/reliability.md names: whatever is written to provoke faults.
FAULTS = re.compile(r"tests/(faults/|chaos/|test_kill|test_chaos)")
NAMED = re.compile(r"`(tests/[\w/.]+(?:::\w+)?)`")


@pytest.hookimpl(tryfirst=True)  # before a choice by marks is made
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start processes or a browser go first: side by side, the longest may not be the last begun."""
    named = set(NAMED.findall((PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8")))
    for item in items:
        test = item.nodeid.partition("[")[0]
        if FAULTS.match(test) or test in named or test.partition("::")[0] in named:
            item.add_marker(pytest.mark.faults)
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

"""Addresses of static files: with the hash of what is in them, and the same each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.static import Storage


@pytest.fixture
def collected(tmp_path: Path, settings: Any) -> Storage:
    settings.DEBUG = False
    (tmp_path / "page.css").write_text("body { color: black }")
    storage = Storage(location=str(tmp_path), base_url="/static/")
    list(storage.post_process({"page.css": (storage, "page.css")}))
    return Storage(location=str(tmp_path), base_url="/static/")


def test_an_address_holds_the_hash_and_stays(collected: Storage, tmp_path: Path) -> None:
    first = collected.url("page.css")
    assert first.startswith("/static/page.")
    assert first != "/static/page.css"
    assert (tmp_path / first.removeprefix("/static/")).read_text() == "body { color: black }"
    assert collected.url("page.css") == first


def test_a_file_that_was_not_collected_is_an_error_each_time(collected: Storage) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match=r"none\.css"):
            collected.url("none.css")

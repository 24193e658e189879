"""Reads the shipped tables of sources as they stand in the tree, apart from the code that loads them."""

from __future__ import annotations

from pathlib import Path

COLUMNS = ("title", "feed_url", "site_url", "kind", "language", "primary", "authority")


def records(path: Path) -> list[dict[str, str]]:
    """The rows by column name, exactly as written."""
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    names = head.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines]

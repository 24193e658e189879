"""Every template compiles, and none lets foreign text through unescaped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FILES = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})
UNSAFE = re.compile(
    r"\|\s*(safe|safeseq|striptags|truncatechars_html|truncatewords_html)\b|\{%\s*autoescape\s+off"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_it_compiles_and_escapes(path: Path) -> None:
    get_template(str(path.relative_to(TEMPLATES)))
    source = path.read_text()
    if path.suffix == ".html":
        assert not UNSAFE.search(source)
        assert not re.search(r"\sstyle=|<style|<[^>]*\son[a-z]+\s*=", source) or "emails" in path.parts

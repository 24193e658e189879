"""Measures the text read from article pages against the text that people marked as the article.

The measure is that of scrapinghub's article-extraction-benchmark: shingles of four words, each page counted alike.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any, TypedDict

from ingest.parse import ParseError, extract_page
from ingest.plain import html_paragraphs

SHINGLE = 4
_WORD = re.compile(r"\w+")


class Figures(TypedDict):
    """`precision` and `recall` are means over pages, `f1` their harmonic mean; `pages` is how many were measured."""

    f1: float
    precision: float
    recall: float
    pages: int


@dataclass(frozen=True)
class Page:
    """A page as it was served, the text it should give, and what is known of it beforehand."""

    name: str
    html: bytes
    expected: str
    url: str = ""
    title: str = ""


@dataclass(frozen=True)
class PageScore:
    """How one page came out; `found` tells whether there was any text."""

    name: str
    found: bool
    precision: float
    recall: float


class BadData(Exception):
    """The folder does not hold what can be measured, in plain words."""


def windows(folder: Path) -> dict[str, Any]:
    """Figures of the sets of pages in `folder`, with the other extractors whose output lies beside a set.

    A set with a `ground-truth.json` is read as scrapinghub's, one with `expected.html` in folders as readability's.
    """
    found: dict[str, Any] = {}
    for path in sorted(path for path in folder.iterdir() if path.is_dir()):
        pages, others = (
            _scrapinghub(path) if (path / "ground-truth.json").is_file() else (_readability(path), {})
        )
        if pages:
            found[path.name] = _window(pages, others)
    if not found:
        raise BadData(f"no set of pages in {folder}: neither ground-truth.json nor expected.html was found")
    return found


def _window(pages: Sequence[Page], others: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    ours = {page.name: read(page) for page in pages}
    scores = compare(pages, ours)
    worst = sorted(scores, key=lambda score: score.precision + score.recall)[:10]
    return {
        **figures(scores),
        "worst": [asdict(score) for score in worst],
        "baselines": {name: figures(compare(pages, texts)) for name, texts in others.items() if texts},
        "left_out": [name for name, texts in others.items() if not texts],
    }


def read(page: Page) -> str:
    """What our pipeline takes for the article; nothing where it finds none."""
    try:
        return "\n".join(extract_page(page.html, page.url, "", page.title).paragraphs)
    except ParseError:
        return ""


def compare(pages: Iterable[Page], texts: Mapping[str, str]) -> list[PageScore]:
    """The score of each page's text; a page without any counts as empty."""
    told = [(page, texts.get(page.name, "")) for page in pages]
    return [PageScore(page.name, bool(text), *_overlap(page.expected, text)) for page, text in told]


def _overlap(expected: str, text: str) -> tuple[float, float]:
    """Precision and recall in shingles, each as often as it occurs; text where none should be has no precision."""
    wanted, got = _shingles(expected), _shingles(text)
    shared = sum((wanted & got).values())
    if wanted == got:
        return 1.0, 1.0
    return shared / (sum(got.values()) or 1), shared / (sum(wanted.values()) or 1)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))


def figures(scores: Sequence[PageScore]) -> Figures:
    """The means over pages; like the benchmark's, that of precision leaves out pages for which there is no text."""
    told = [one.precision for one in scores if one.found] or [0.0]
    precision, recall = mean(told), mean(one.recall for one in scores)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Figures(f1=round(f1, 4), precision=round(precision, 4), recall=round(recall, 4), pages=len(scores))


def _scrapinghub(folder: Path) -> tuple[list[Page], dict[str, dict[str, str]]]:
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    pages = [
        Page(name, gzip.decompress(path.read_bytes()), one.get("articleBody", ""), one.get("url", ""))
        for name, one in truth.items()
        if (path := folder / "html" / f"{name}.html.gz").is_file()
    ]
    others = {}
    for path in sorted((folder / "output").glob("*.json.gz")):
        told = json.loads(gzip.decompress(path.read_bytes()))
        others[path.name.removesuffix(".json.gz")] = {
            name: one.get("articleBody") or "" for name, one in told.items()
        }
    return pages, others


def _readability(folder: Path) -> list[Page]:
    pages = []
    for path in sorted(folder.iterdir()):
        source, expected = path / "source.html.gz", path / "expected.html.gz"
        if source.is_file() and expected.is_file():
            text = "\n".join(
                html_paragraphs(gzip.decompress(expected.read_bytes()).decode("utf-8", "replace"))
            )
            pages.append(Page(path.name, gzip.decompress(source.read_bytes()), text, "", _title(path)))
    return pages


def _title(folder: Path) -> str:
    path = folder / "expected-metadata.json"
    return str(json.loads(path.read_text(encoding="utf-8")).get("title") or "") if path.is_file() else ""

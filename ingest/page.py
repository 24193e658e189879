"""Takes the article out of an HTML page: trafilatura chooses what belongs to it, this file how it becomes paragraphs.

Runs in the guarded child only. Imports no Django.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from trafilatura import bare_extraction, load_html

from ingest import hidden
from ingest.plain import visible

# Elements of trafilatura's own tree that end a paragraph; all others run on within one.
_BLOCKS = {"p", "head", "item", "quote", "list", "table", "row", "cell", "div", "body", "main", "graphic"}
_BLANK = re.compile(r"\s+")

LEAST = 40  # characters; less is a button or a notice
CHUNK = 400  # characters of paragraphs that make a part of an article, rather than a card or a caption
_NOT_CHUNK = re.compile(
    r"comment|reply|card|teaser|related|promo|sidebar|recirc|newsletter|\bbio\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Article:
    """The paragraphs of a page's article, and all that the page calls it."""

    paragraphs: list[str]
    headlines: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """A run of text as trafilatura's tree has it, and whether a link is on it."""

    text: str
    linked: bool = False


_END, _LINE = _Piece("", linked=True), _Piece("\n")


def article(html: str | bytes, url: str) -> Article | None:
    """The article of a page; None when there is none to be found."""
    tree = load_html(html)
    if tree is None:
        return None
    hidden.drop(tree)
    headlines = [_line(heading.text_content()) for heading in tree.iter("h1")]
    _join_chunks(tree)
    found = bare_extraction(
        tree, url=url or None, include_comments=False, include_tables=False, include_links=True
    )
    if found is None or isinstance(found, dict):
        return None
    parts = _paragraphs(found.body)
    return Article(parts, (found.title or "", *headlines)) if sum(map(len, parts)) >= LEAST else None


def _paragraphs(body: Any) -> list[str]:
    """The text of trafilatura's tree, a paragraph for each block; how lines were wrapped in the page is forgotten.

    Paragraphs at the end that are nothing but links lead to other articles.
    """
    kept: list[tuple[str, bool]] = []
    run: list[_Piece] = []
    for piece in [*_pieces(body), _END]:
        if piece is _END or (piece is _LINE and _ends_line(run)):
            if whole := _line("".join(one.text for one in run)):
                kept.append(
                    (whole, not any(one.text.strip(" \n.,;:|•·–-[]()") for one in run if not one.linked))
                )
            run.clear()
        else:
            run.append(piece)
    while len(kept) > 1 and kept[-1][1]:
        kept.pop()
    return [whole for whole, _ in kept]


def _ends_line(run: Sequence[_Piece]) -> bool:
    """Whether a line break is meant as the end of a paragraph: after a sentence, or where two stand together."""
    said = "".join(one.text for one in run)
    return said.endswith("\n") or said.rstrip(" \"'”’)]").endswith(
        (".", "!", "?", "…", ":", "。", "！", "？")
    )


def _line(text: str) -> str:
    return _BLANK.sub(" ", visible(text)).strip()


def _pieces(element: Any, linked: bool = False) -> Iterator[_Piece]:
    """Pieces of text in order, with marks for the ends of blocks and lines."""
    if element.tag == "lb":
        yield _LINE
        return
    block = element.tag in _BLOCKS or (element.tag == "code" and "\n" in (element.text or "").strip())
    if block:
        yield _END
    linked = linked or element.tag == "ref"
    yield _Piece(_BLANK.sub(" ", element.text or ""), linked)
    for child in element:
        if isinstance(child.tag, str):
            yield from _pieces(child, linked)
        yield _Piece(_BLANK.sub(" ", child.tail or ""), linked)
    if block:
        yield _END


def _join_chunks(tree: Any) -> None:
    """Put together an article that stands in several boxes of one class, with adverts between them.

    Extractors take the largest box for the whole article, and would lose the others.
    """
    boxes: dict[tuple[Any, str, str], list[Any]] = defaultdict(list)
    for box in tree.iter("div", "section"):
        name = box.get("class") or ""
        if name and not _NOT_CHUNK.search(name) and _own_text(box) >= CHUNK:
            home = next(box.iterancestors("article", "main"), None)
            if home is not None:
                boxes[home, box.tag, name].append(box)
    for first, *others in boxes.values():
        for box in others:
            if first not in box.iterancestors():
                first.extend(list(box))


def _own_text(box: Any) -> int:
    """Characters in the paragraphs that are a box's own children; 0 for fewer than two."""
    sizes = [len(child.text_content()) for child in box if child.tag == "p"]
    return sum(sizes) if len(sizes) > 1 else 0

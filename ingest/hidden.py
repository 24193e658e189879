"""Takes out of HTML what its styles keep from readers: text for machines alone. Runs in the guarded child only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

MOST = 0.4  # share of a page's text: what hides more waits for a script to show it

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|rem|%)?\s*(?:!|;|$)"
    r"|opacity\s*:\s*0?(?:\.0\d*)?\s*(?:!|;|$)|(?:left|right|top|bottom|text-indent|margin(?:-left|-top)?)\s*:\s*-\d{3,}"
    r"|(?:^|[;{\s])(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:!|;|$)|clip\s*:\s*rect\(\s*[01]|clip-path\s*:\s*inset\("
    r"|(?:^|[;{\s])color\s*:\s*transparent|scale\(\s*0\s*\)",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?:^|[;{\s])color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255)", re.IGNORECASE
)
# A style sheet hides much for a moment, or for some screens; these it hides for good.
_HIDING_RULE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0\D", re.IGNORECASE)
_SILENT = {"script", "style", "noscript", "template"}
_WORTH_A_LOOK = re.compile(r"<style|\sstyle\s*=|\shidden\b", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"([a-z][a-z0-9]*)?([.#])([\w-]+)$", re.IGNORECASE)


def shown(source: str) -> str:
    """A piece of HTML without what is hidden in it; as it was where nothing is."""
    if "<" not in source or not _WORTH_A_LOOK.search(source):
        return source
    try:
        tree = lxml_html.fragment_fromstring(source, create_parent="div")
    except (etree.ParserError, ValueError):
        return source
    return lxml_html.tostring(tree, encoding="unicode") if drop(tree) else source


def drop(tree: Any) -> bool:
    """Remove what is hidden from a parsed page; whether anything was."""
    whole = _length(tree)
    dropped = False
    for found in (_by_style_sheet(tree), _by_itself(tree)):
        if found and sum(map(_length, found)) <= MOST * whole:
            for element in found:
                if element.getparent() is not None:
                    element.drop_tree()
                    dropped = True
    return dropped


def _by_itself(tree: Any) -> list[Any]:
    return [
        element
        for element in _elements(tree)
        if element.get("hidden") is not None or hides(element.get("style") or "")
    ]


def _by_style_sheet(tree: Any) -> list[Any]:
    hiding = set(_hiding_rules(tree))
    if not hiding:
        return []
    return [element for element in _elements(tree) if any(name in hiding for name in _selectors(element))]


def _elements(tree: Any) -> Iterator[Any]:
    return (element for element in tree.iter() if isinstance(element.tag, str) and element.tag not in _SILENT)


def _selectors(element: Any) -> Iterator[tuple[str, str, str]]:
    names = [(".", name) for name in (element.get("class") or "").split()] + [("#", element.get("id") or "")]
    for sign, name in names:
        yield "", sign, name
        yield element.tag, sign, name


def _length(element: Any) -> int:
    """Characters of text, scripts and styles left out."""
    return sum(
        len((one.text or "").strip()) + len((one.tail or "").strip() if one is not element else "")
        for one in element.iter()
        if isinstance(one.tag, str) and one.tag not in _SILENT
    )


def hides(style: str) -> bool:
    """Whether these declarations keep an element's text from being seen."""
    return bool(_HIDING.search(style) or (_WHITE.search(style) and "background" not in style))


def _hiding_rules(tree: Any) -> Iterator[tuple[str, str, str]]:
    """The simple selectors (tag, "." or "#", name) that the page's own style sheets hide for all screens."""
    for style in tree.iter("style"):
        if (style.get("media") or "all").lower() not in ("all", "screen"):
            continue
        sheet = _COMMENT.sub("", style.text or "")
        depth, plain = 0, []
        for block in re.split(r"(@[\w-]+[^{};]*\{)", sheet):  # what stands in @media is for some screens only
            if block.startswith("@"):
                depth = 1
                continue
            plain.append(_after(block) if depth else block)
            depth = 0
        for selectors, declarations in _RULE.findall(" ".join(plain)):
            if _HIDING_RULE.search(declarations + ";"):
                for selector in selectors.split(","):
                    if match := _SIMPLE.match(selector.strip()):
                        yield (match[1] or "").lower(), match[2], match[3]


def _after(block: str) -> str:
    """What follows the brace that closes the block which `block` begins inside of."""
    depth = 1
    for at, sign in enumerate(block):
        depth += (sign == "{") - (sign == "}")
        if not depth:
            return block[at + 1 :]
    return ""

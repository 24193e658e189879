"""Turns foreign text and HTML into plain text: visible characters only, one line for titles, paragraphs for the rest.

Knows nothing of feeds, articles or Django. What it returns is still foreign: escape it wherever it is shown.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

import nh3

BREAK = "\n\n"
LONGEST_LINK = 2000  # bytes in UTF-8
LONGEST_TEXT = 100_000  # characters of an article

# Controls, soft hyphens, zero-width, bidi, tag, filler, variation, private-use and surrogate characters: what a reader
# cannot see must not reach a model either.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]+"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_PARAGRAPH_END = re.compile(r"\s*\n\s*\n\s*")

_BLOCK_NAMES = """address article aside blockquote br caption dd details div dl dt figcaption figure footer h1 h2 h3
h4 h5 h6 header hr li main ol p pre section summary table tbody td tfoot th thead tr ul"""
# Not `object`: what stands in one is what a reader sees without a plug-in.
_DROPPED_NAMES = "script style template noscript iframe svg math head title textarea select button"
_BLOCKS, _DROPPED = set(_BLOCK_NAMES.split()), set(_DROPPED_NAMES.split())
# A line break separates lines, a block separates paragraphs; cells of a row stay on one line.
_BR = re.compile(r"<br>\s*")
_CELL = re.compile(r"</?t[dh]>")
_BLOCK = re.compile(r"</?[a-z][a-z0-9]*>")
_MARKUP = re.compile(
    r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]+);", re.IGNORECASE
)
# What still stands there once a text is unescaped was escaped twice on its way. Not < and >: whoever writes about
# markup means them.
_TWICE = re.compile(r"&(?!(?:lt|gt);)(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,9});", re.IGNORECASE)


def visible(text: str) -> str:
    """The text without anything invisible, line ends as a newline."""
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))


def line(text: str, limit: int = 500) -> str:
    """One line of visible text of at most `limit` characters; markup and entities in it are resolved."""
    if _MARKUP.search(text):
        text = _unescaped(nh3.clean(text, tags=set(), clean_content_tags=_DROPPED))
    text = " ".join(visible(text).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def paragraphs(text: str) -> list[str]:
    """The paragraphs of plain text: split at empty lines, each on one line."""
    whole = _BLANKS.sub(" ", visible(text))
    return [one for part in _PARAGRAPH_END.split(whole) if (one := " ".join(part.split()))]


def capped(parts: list[str]) -> list[str]:
    """The paragraphs as far as LONGEST_TEXT reaches."""
    kept: list[str] = []
    room = LONGEST_TEXT
    for part in parts:
        if room <= 0:
            break
        kept.append(part[:room])
        room -= len(part)
    return kept


def html_paragraphs(source: str) -> list[str]:
    """The paragraphs a reader sees of a piece of HTML; scripts, styles and everything hidden in tags are gone."""
    if "<" not in source and "&" not in source:
        return paragraphs(source)
    clean = nh3.clean(
        " ".join(source.split()) if "<pre" not in source else source,
        tags=_BLOCKS,
        attributes={},
        clean_content_tags=_DROPPED,
        link_rel=None,
    )
    clean = _CELL.sub(" ", _BR.sub("\n", clean))
    return paragraphs(_unescaped(_BLOCK.sub(BREAK, clean)))


def _unescaped(text: str) -> str:
    text = html.unescape(text)
    for _ in range(3):
        if not _TWICE.search(text):
            break
        text = _TWICE.sub(lambda found: html.unescape(found[0]), text)
    return text


def joined(base: str, link: str) -> str:
    """What `link` means at `base`; the base itself when the link is none."""
    try:
        return urljoin(base, link)
    except ValueError:
        return base


def web_link(url: str, base: str = "") -> str:
    """The absolute http or https address that `url` means when found at `base`; empty for none, or one too long."""
    url = visible(url).strip().replace("\n", "").replace(" ", "%20")
    if not url:
        return ""  # not the base itself
    try:
        whole = urljoin(base, url)
        parts = urlsplit(whole)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return whole if good and storable(whole) else ""


def storable(link: str) -> bool:
    """False for a link too long for an index of the database, which counts bytes."""
    return len(link.encode("utf-8", "replace")) <= LONGEST_LINK

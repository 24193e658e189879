"""feedparser as we use it: it leaves out an element that it trips over, and spares itself what we have no use for.

Runs in the guarded child only, whose feedparser it changes. What feedparser finds in a feed stays as it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from copy import deepcopy
from io import BytesIO
from typing import Any
from xml.sax.expatreader import ExpatParser

import feedparser
from feedparser import api, mixin
from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.datetimes import _parse_date
from feedparser.namespaces import _base, dc
from feedparser.urls import _urljoin
from feedparser.util import FeedParserDict

from ingest.times import standard

# What feedparser's handlers raise when an element is not as they expect.
_SLIPS = (KeyError, IndexError, TypeError, ValueError, OverflowError)


def parse(body: bytes, headers: dict[str, str]) -> Any:
    """What feedparser finds in the body; its texts are neither sanitised nor are their links resolved."""
    return feedparser.parse(
        BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def is_broken(parsed: Any) -> bool:
    """Whether the body was no proper XML; what its server says of it is another matter."""
    return bool(parsed.bozo) and not isinstance(
        parsed.bozo_exception, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType
    )


def _or_unknown(handler: Callable[..., Any]) -> Callable[..., Any]:
    def handle(*args: Any) -> Any:
        try:
            return handler(*args)
        except _SLIPS as slip:
            raise AttributeError from slip  # which is how feedparser itself knows an element it has no handler for

    return handle


def _or_nothing(handler: Callable[..., Any]) -> Callable[..., Any]:
    def handle(*args: Any) -> Any:
        with contextlib.suppress(*_SLIPS):
            return handler(*args)

    return handle


def _forgive(parser: Any) -> None:
    """Let feedparser leave out an element that it trips over; left to itself it gives up the whole feed."""
    for name in dir(parser):
        if name.startswith(("_start_", "_end_")):
            setattr(parser, name, _or_unknown(getattr(parser, name)))
    for name in ("startElementNS", "unknown_starttag", "unknown_endtag", "handle_charref"):
        if hasattr(parser, name):
            setattr(parser, name, _or_nothing(getattr(parser, name)))


class _Reader(ExpatParser):
    """Tells a text in one piece and not line by line, and looks an element's name up once and not each time."""

    _parser: Any
    _cont_handler: Any

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True
        self.tags: dict[str, str | None] = {}

    def start_element_ns(self, name: str, attrs: Mapping[str, str]) -> None:
        if name not in self.tags:
            self.tags[name] = _tag(name)
        feed, tag = self._cont_handler, self.tags[name]
        if attrs or tag is None or feed.decls:
            super().start_element_ns(name, attrs)
        else:
            feed.unknown_starttag(tag, [])

    def end_element_ns(self, name: str) -> None:
        tag = self.tags[name]
        if tag is None:
            super().end_element_ns(name)
        else:
            self._cont_handler.unknown_endtag(tag)


def _tag(name: str) -> str | None:
    """What feedparser calls the element that expat calls "namespace name prefix"; None where a feed decides."""
    *namespace, local = name.split()[:2]
    prefix = _PREFIXES.get(namespace[0].lower() if namespace else "")
    if prefix is None:
        return None
    return (f"{prefix}:{local}" if prefix else local).lower()


_PREFIXES = {uri.lower(): prefix for uri, prefix in StrictFeedParser.namespaces.items()}
_RENAMED = frozenset(
    (*FeedParserDict.keymap, "category", "enclosures", "license", "updated", "updated_parsed")
)


# Asked a dozen times for each element, nearly always for a key with one name alone.
def _get(self: Any, key: str, default: Any = None) -> Any:
    if key not in _RENAMED:
        return dict.get(self, key, default)
    try:
        return self.__getitem__(key)
    except KeyError:
        return default


def _copied(self: Any, memo: dict[int, Any]) -> Any:
    copied = FeedParserDict()
    for key, value in self.items():
        copied[key] = value if isinstance(value, str | int | None) else deepcopy(value, memo)
    return copied


# What a feed's own categories are called, by term: that of a forum is its name. Under a name that no element has, as
# feedparser keeps those that it does not know beside.
CALLED = " called"


# No use is made of entries' categories, of which a feed may have more than of all else.
def _start_category(self: Any, attrs: dict[str, str]) -> None:
    self.push("category", 0)
    if not self.inentry and attrs.get("label"):
        self.feeddata.setdefault(CALLED, {})[attrs.get("term")] = attrs["label"]


def _end_category(self: Any) -> None:
    self.pop("category")


# Asked for each element, nearly always without a link.
def _joined(base: str, link: str) -> str:
    return str(_urljoin(base, link)) if link else base


def _date(text: str) -> Any:
    """None too for a time that we read ourselves."""
    return None if standard(text) is not None else _parse_date(text)


def create_parser() -> ExpatParser:
    """What xml.sax asks of a module that has a reader of XML."""
    return _Reader()


for parser in (StrictFeedParser, LooseFeedParser):
    parser._start_category, parser._end_category = _start_category, _end_category
    _forgive(parser)
api.PREFERRED_XML_PARSERS[:] = [__name__]
for module in (_base, dc):
    module._parse_date = _date
# What a table for str.translate has no entry for costs it an exception.
mixin._cp1252.update({n: n for n in range(0x3000) if n not in mixin._cp1252})
mixin._urljoin = _joined
FeedParserDict.get, FeedParserDict.__deepcopy__ = _get, _copied

"""All recorded odd feeds through the real parser: no crash, nothing unsafe kept, and what is stated of them met."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from lxml import html

from ingest.parse import ParsedFeed, ParsedItem, ParseError, parse_feed
from tests.ingest.stated import Claim, OddFeed, moment, odd_feeds

pytestmark = pytest.mark.corpus
EXCEPTIONS = Path(__file__).with_name("edge_exceptions.tsv")
Outcome = ParsedFeed | ParseError

# What is no feed, by the name of the recording, and what it must be called.
NO_FEEDS = {
    "noah-real-failures/reddit-chatgptcoding__2026-08-15_b118823.xml": "empty",
    "noah-real-failures/x-bcherny__2026-08-22_39e8db4.xml": "not_a_feed",
    "noah-real-failures/x-bcherny__2026-08-22_ca03aa5.xml": "not_a_feed",
    "noah-real-failures/x-bcherny__2026-08-22_ed2b428.xml": "not_a_feed",
    "gofeed/testdata/parser/universal/empty_feed.xml": "empty",
    "gofeed/testdata/parser/universal/invalid.json": "not_a_feed",
    "miniflux/internal/reader/encoding/testdata/iso-8859-1.html": "not_a_feed",
    "miniflux/internal/reader/encoding/testdata/utf8.html": "not_a_feed",
    "reader/tests/data/sqlite_releases.html": "not_a_feed",
}
# Its readers are shown the code of a frame, escaped twice; to us as well it is visible text, and escaped where shown.
SHOWS_CODE = "miniflux/internal/reader/parser/testdata/large_rss.xml"
_UNSAFE = re.compile(
    r"(?i)<\s*/?\s*(?:script|style|iframe|object|embed|applet|form|meta|link|base|svg)\b|<[a-z][^>]*\son\w+\s*="
)


@pytest.fixture(scope="module")
def read(corpus: Path) -> dict[str, tuple[OddFeed, Outcome]]:
    """Every recording with what the parser made of it."""
    return {one.name: (one, _parsed(one)) for one in odd_feeds(corpus / "edge")}


def _parsed(one: OddFeed) -> Outcome:
    try:
        return parse_feed(one.path.read_bytes(), one.url, one.content_type)
    except ParseError as error:
        return error


def test_no_odd_feed_breaks_its_reader(read: dict[str, tuple[OddFeed, Outcome]]) -> None:
    assert len(read) > 1300
    assert {got.code for _, got in read.values() if isinstance(got, ParseError)} <= {
        "empty",
        "not_a_feed",
        "broken",
    }
    assert not [
        got.words for _, got in read.values() if isinstance(got, ParseError) and "Error:" in got.words
    ]


def test_nothing_unsafe_is_kept_of_an_odd_feed(read: dict[str, tuple[OddFeed, Outcome]]) -> None:
    for name, (_, got) in read.items():
        if isinstance(got, ParseError):
            continue
        for link in (got.site_url, *(one.url for one in got.items)):
            assert re.fullmatch(r"(?:https?://[^/\s]\S*)?", link), (name, link)
        for text in _texts(got):
            assert name == SHOWS_CODE or not _UNSAFE.search(text), (name, text)
            assert not [
                c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co")
            ], name


def _texts(feed: ParsedFeed) -> list[str]:
    kept = [feed.title, feed.language]
    for one in feed.items:
        kept += [one.title, one.author, one.guid, *one.paragraphs]
    return kept


@pytest.mark.parametrize("name", NO_FEEDS)
def test_what_is_no_feed_is_called_so(read: dict[str, tuple[OddFeed, Outcome]], name: str) -> None:
    got = read[name][1]
    assert isinstance(got, ParseError)
    assert got.code == NO_FEEDS[name]


def test_odd_feeds_hold_what_their_collections_state(read: dict[str, tuple[OddFeed, Outcome]]) -> None:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as table:
        excepted = {row["file"]: row["reason"] for row in csv.DictReader(table, delimiter="\t")}
    stated = {name: one for name, one in read.items() if one[0].claims}
    unmet = {name: missed for name, (one, got) in stated.items() if (missed := _unmet(one, got))}
    assert unmet.keys() - excepted.keys() == set(), {
        name: unmet[name] for name in unmet.keys() - excepted.keys()
    }
    assert excepted.keys() - unmet.keys() == set(), "these hold what is stated by now: take them off the list"
    assert all(len(reason) > 10 for reason in excepted.values())
    assert len(stated) > 1300
    assert sum(len(one.claims) for one, _ in stated.values()) > 3000
    assert len(excepted) <= 0.03 * len(stated)


def _unmet(one: OddFeed, got: Outcome) -> list[str]:
    if isinstance(got, ParseError):
        return [] if one.name in NO_FEEDS else [f"refused: {got.words}"]
    return [f"{claim} but {_actual(got, claim)!r}" for claim in one.claims if not _holds(got, claim, one.url)]


def _holds(feed: ParsedFeed, claim: Claim, url: str) -> bool:
    actual = _actual(feed, claim)
    match claim.field:
        case "entries":
            return bool(actual == claim.value)
        case "language":
            return bool(actual == str(claim.value).lower())
        case "published" | "date":
            stated = moment(claim.value)
            return stated is None or stated.replace(microsecond=0) in actual
        case "link":
            return bool(actual == _web(urljoin(url, str(claim.value).strip())))
        case "title":
            return _bare(actual) == _bare(_visible(claim.value))
        case "author":
            return _bare(re.sub(r"\(\S+@\S+\)|\(\)", "", _visible(_visible(claim.value)))) in _bare(actual)
        case "text":
            return _tells(actual, _visible(claim.value))
    return _bare(str(claim.value)) in _bare(actual)


def _tells(actual: str, stated: str) -> bool:
    """All of a short text, nine words in ten of a long one: its share lines and captions are left out on purpose."""
    words = stated.split()
    kept = set(actual.split())
    return _bare(stated) in _bare(actual) or (
        len(words) > 20 and sum(w in kept for w in words) > 0.9 * len(words)
    )


def _actual(feed: ParsedFeed, claim: Claim) -> Any:
    if claim.entry is None:
        return {
            "entries": len(feed.items),
            "title": feed.title,
            "link": feed.site_url,
            "language": feed.language,
        }[claim.field]
    if claim.entry >= len(feed.items):
        return ""
    return _kept(feed.items[claim.entry], claim.field)


def _kept(one: ParsedItem, field: str) -> Any:
    match field:
        case "published":
            return [when.replace(microsecond=0) for when in (one.published,) if when]
        case "date":
            return [when.replace(microsecond=0) for when in (one.published, one.updated) if when]
        case "text":
            return " ".join([one.title, *one.paragraphs])
    return {"title": one.title, "link": one.url, "author": one.author, "guid": one.guid}[field]


def _web(link: str) -> str:
    return link if link.startswith(("http://", "https://")) else ""


def _visible(stated: Any) -> str:
    """What a reader sees of stated HTML."""
    text = str(stated)
    return html.fromstring(f"<div>{text}</div>").text_content() if "<" in text or "&" in text else text


def _bare(text: str) -> str:
    """Letters, marks and punctuation alone, so that spacing and invisible characters make no difference."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c)[0] != "C")

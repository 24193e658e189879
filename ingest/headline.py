"""What a headline says of its event: who acts, what kind of thing happens, which version of what. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from ingest import terms
from ingest.background import ORDINARY

# The brands that end addresses of their own; elsewhere the name stands before the ending.
_BRAND_ENDINGS = frozenset({"google", "microsoft", "apple", "amazon"})


@lru_cache(maxsize=10_000)
def house(url: str) -> str:
    """The stemmed name of who publishes at this address ("openai" for openai.com), empty where it tells none."""
    try:
        parts = (urlsplit(url).hostname or "").lower().removeprefix("www.").split(".")
    except ValueError:
        return ""
    if len(parts) < 2 or parts[-1].isdigit():
        return ""
    if parts[-1] in _BRAND_ENDINGS:
        return terms.stem(parts[-1])
    second = len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3  # bbc.co.uk
    return terms.stem(parts[-3] if second else parts[-2])


_LABEL = re.compile(r"^(?:\[[^\]]{1,40}\]\s*)+|^(?:ask|show|tell|launch) hn:\s*", re.IGNORECASE)


def told(title: str) -> str:
    """The headline without the label of a column or of the site it was collected from ("[Forum] ...")."""
    return _LABEL.sub("", _LABEL.sub("", title)) or title


@lru_cache(maxsize=20_000)
def subject(title: str) -> str:
    """The first name in the headline, stemmed: nearly always who acts. Empty when there is none."""
    for word in terms.WORD.findall(terms.plain(title)):
        named = word[0].isupper() or (any(map(str.isdigit, word)) and any(map(str.isalpha, word)))
        stemmed = terms.words(word)[:1]
        if named and stemmed and terms.weight(stemmed[0]) > 0 and stemmed[0] not in ORDINARY:
            return stemmed[0]
    return ""


_KINDS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:launch|releas|introduc|unveil|debut|roll(?:s|ed|ing)? out|ship|announc|is here|arriv|now available"
        r"|open[- ]sourc|bring|add|offer|get|can now|support)",
        r"\b(?:raises?|raised|raising|funding|valuation|series [a-k]|seed round|invest|backs|ipo)\b",
        r"\b(?:acquir|acquisition|buys?|bought|merger|takeover|bid)",
        r"\b(?:sue[sd]?|lawsuit|court|judge|jury|trial|verdict|liable|settle|fine[sd]?|antitrust|ruling)\b",
        r"\b(?:hires?|joins?|departs?|leaves|leaving|steps? down|resigns?|appoints?|fired|poach|lay ?offs?|laid off)\b",
        r"\b(?:study|paper|research(?:ers)?|benchmark|finds)\b",
    )
]


@lru_cache(maxsize=20_000)
def kinds(title: str) -> int:
    """What kinds of event the headline's words name, as bits: launch, funding, takeover, law, people, research."""
    title = terms.plain(title)
    return sum(1 << bit for bit, kind in enumerate(_KINDS) if kind.search(title))


_PIECE = re.compile(r"[$€£]?\d+(?:[.,]\d+)*(?:%|[a-z]{1,3}\d*\b)?|[^\W_]+", re.IGNORECASE)
_UNIT = re.compile(r"(?:%|x|k|m|t|bn|tn|gw|mw|gb|tb)$|(?<=\.\d)b$")  # "120b" after a name is a model's size
_MEASURE = re.compile(
    r"\d[\d.,]*[ -]?(?:gw|mw|gigawatts?|(?:tr|b|m)illion|percent|times|hours|years)\b", re.IGNORECASE
)
_V = re.compile(r"\b[vV](?=\d)")
_JOINED = re.compile(r"([a-z]{1,12}?)(\d+(?:\.\d+)?[a-z]?)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SMALL_NAMES = frozenset({"oss", "gpt", "ios"})
_SIZE = re.compile("nano|mini|micro|lite|pro|ultra|flash|turbo|codex|coder|sol|luna|terra|scout|maverick")
_NAMED_SIZE = re.compile(
    "light|small|medium|large|plus|max|instant|thinking"
)  # words of any headline: "GPT-5 plus ..."


@lru_cache(maxsize=20_000)
def versions(text: str) -> frozenset[str]:
    """The products named with a version: "gpt 5" for GPT-5, "sonnet 4" for Claude Sonnet 4, "deepseek 3.1" for V3.1.

    Of one that comes in sizes each size as well: "gpt 5" and "gpt 5 mini" for GPT-5 mini. A number with a point behind
    any word is a release, whatever it is of: " 0.20.3" for "my-agent v0.20.3".
    """
    found: set[str] = set()
    before = last = ""
    for piece in _PIECE.findall(_V.sub("", _MEASURE.sub("", terms.plain(text)))):
        word = piece.lower()
        if last and piece[0].isalpha():
            if _SIZE.fullmatch(word) or (piece[0].isupper() and _NAMED_SIZE.fullmatch(word)):
                found.add(f"{last} {word}")
                continue
            if word in ("and", "or"):  # "GPT-5 mini and nano"
                continue
        last = ""
        joined = _JOINED.fullmatch(word)
        if joined:
            last = f"{joined[1]} {joined[2]}"
            found.add(last)
            before = ""
        elif word[0] in "$€£":
            before = ""
        elif word[0].isdigit():
            if not _YEAR.fullmatch(word) and not _UNIT.search(word) and (before or "." in word):
                last = f"{before} {word}"
                found.add(last)
            before = ""
        else:
            before = word if word in _SMALL_NAMES or _is_name(piece) else ""
    return frozenset(found)


def _is_name(word: str) -> bool:
    stemmed = terms.stem(word.lower())
    return len(word) > 1 and word[0].isupper() and stemmed not in ORDINARY and terms.weight(stemmed) > 0


_ROUND = re.compile(
    r"^(?P<who>.+?)\s+(?:raises|raised|secures|lands|nabs|closes|bags|scores|snags|banks|hits|gets|grabs)\b"
    r".*(?:[$€£]|million|billion|series [a-k]\b|seed|funding|valuation)",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def raiser(title: str) -> str:
    """Who raises money, by a headline that tells of a funding round; else empty."""
    found = _ROUND.match(terms.plain(title))
    names = terms.words(found["who"]) if found else []
    return names[-1] if names else ""

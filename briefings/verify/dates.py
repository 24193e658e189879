"""Dates, weekdays, quarters, decades and times of day in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from briefings.verify.figure import Date, Figure, Key, Token, quantity
from briefings.verify.number_words import ORDINALS

_NAMES = "january february march april may june july august september october november december"
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), start=1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MON = rf"(?P<mon>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?: ?(?:-|–|to|and) ?(?P<until>[0-3]?\d)(?:st|nd|rd|th)?)?(?![\d,.]*\d|\w)"

_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<mon>[01]\d)-(?P<day>[0-3]\d)(?!\d)")
_SLASHED = re.compile(r"(?<![\w/])(?P<a>[0-3]?\d)[/.](?P<b>[0-3]?\d)[/.](?P<year>(?:19|20)\d\d)\b")
_MONTH_DAY = re.compile(rf"\b{_MON} {_DAYS}(?:,? {_YEAR})?", re.I)
_DAY_MONTH = re.compile(
    rf"(?<![\w.,])(?:(?P<since>[0-3]?\d) ?(?:-|–|to|and) ?)?{_DAY}(?: of)? {_MON}(?:,? {_YEAR})?", re.I
)
_ANY_MONTH = re.compile("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.I)
_MONTH_YEAR = re.compile(rf"\b{_MON},?(?: of)? {_YEAR}", re.I)
# "May" and "March" are also verbs: alone they need a word before them that makes them a month.
_MONTH = re.compile(
    r"\b(?P<mon>January|February|April|June|July|August|September|October|November|December)\b"
    r"|(?<=[ -])(?:(?<=\bin )|(?<=\bsince )|(?<=\blast )|(?<=\bnext )|(?<=\buntil )|(?<=\bby )|(?<=\bearly )"
    r"|(?<=\blate )|(?<=\bmid-)|(?<=\bthis )|(?<=\bof ))(?P<verb>March|May)\b"
)
_VERB_MONTH = re.compile(r"\b(March|May)\b")
_WEEKDAY = re.compile(r"\b(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)s?\b")
_QUARTER = re.compile(r"\b(?:Q(?P<n>[1-4])|(?P<word>first|second|third|fourth)[ -]quarter)\b", re.I)
_HALF = re.compile(r"\b(?:H(?P<n>[12])|(?P<word>first|second)[ -]half)\b", re.I)
_DECADE = re.compile(r"(?<!\w)(?P<century>19|20)?'?(?P<ten>\d)0s\b")
_FISCAL = re.compile(rf"\b(?:FY ?|fiscal(?: year)? ){_YEAR}", re.I)
_CLOCK = re.compile(r"(?<![\d:])(?P<h>[0-2]?\d):(?P<m>[0-5]\d)(?: ?(?P<half>[ap])\.?m\b\.?)?(?![\d:])", re.I)


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _iso(match: re.Match[str]) -> tuple[Key, ...]:
    return (Date(int(match["year"]), int(match["mon"]), int(match["day"])),)


def _slashed(match: re.Match[str]) -> tuple[Key, ...]:
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    return tuple(Date(year, month, day) for month, day in ((a, b), (b, a)) if month <= 12)


def _month(match: re.Match[str]) -> tuple[Key, ...]:
    name = (match.groupdict().get("mon") or match.groupdict().get("verb") or "").lower()
    return (Date(_number(match.groupdict().get("year")), _MONTHS[name], None),)


def _period(letter: str, match: re.Match[str]) -> tuple[Key, ...]:
    return (Token(f"{letter}{match['n'] or ORDINALS[match['word'].lower()]}"),)


def _clock(match: re.Match[str]) -> tuple[Key, ...]:
    hour, half = int(match["h"]), (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (Token(f"{hour}:{match['m']}"),)


# Each with what a text must hold for the pattern to be worth a try.
_WHOLE = (
    (re.compile(r"\d-\d"), _ISO, _iso),
    (re.compile(r"\d[/.]\d"), _SLASHED, _slashed),
    (re.compile(r"\d:\d"), _CLOCK, _clock),
)
_OTHERS = (
    (_ANY_MONTH, _MONTH_YEAR, _month),
    (_ANY_MONTH, _MONTH, _month),
    (re.compile("day"), _WEEKDAY, lambda match: (Token(match[1].lower()),)),
    (re.compile("q[1-4]|quarter", re.I), _QUARTER, lambda match: _period("q", match)),
    (re.compile("h[12]|half", re.I), _HALF, lambda match: _period("h", match)),
    (re.compile("fy|fiscal", re.I), _FISCAL, lambda match: (quantity(int(match["year"]), "year"),)),
    (re.compile("0s"), _DECADE, lambda match: (Token(f"{match['ten']}0s"),)),
)


def dates(text: str) -> Iterator[Figure]:
    """Every date in `text` (as `spelling.for_figures` leaves it); the longer form first."""
    for hint, pattern, read in _WHOLE:
        if hint.search(text):
            yield from _found(text, pattern, read)
    yield from _days(text)
    for hint, pattern, read in _OTHERS:
        if hint.search(text):
            yield from _found(text, pattern, read)
    for match in _VERB_MONTH.finditer(text) if "Ma" in text else ():
        keys = (Date(None, _MONTHS[match[0].lower()]),)
        yield Figure(match[0], match.start(), match.end(), keys, claim=False)


def _found(
    text: str, pattern: re.Pattern[str], read: Callable[[re.Match[str]], tuple[Key, ...]]
) -> Iterator[Figure]:
    for match in pattern.finditer(text):
        if keys := read(match):
            yield Figure(match[0].strip(), match.start(), match.end(), keys)


def _days(text: str) -> Iterator[Figure]:
    """Days with their month. "August 7 to 9" is two figures that share the text, as both must be right."""
    for pattern in (_MONTH_DAY, _DAY_MONTH) if _ANY_MONTH.search(text) else ():
        for match in pattern.finditer(text):
            month, year = _MONTHS[match["mon"].lower()], _number(match["year"])
            days = sorted(
                (match.start(name), int(match[name]))
                for name in ("day", "until", "since")
                if match.groupdict().get(name)
            )
            borders = [match.start(), *(place for place, _ in days[1:]), match.end()]
            for (_, day), start, end in zip(days, borders, borders[1:], strict=False):
                if 0 < day <= 31:
                    yield Figure(match[0].strip(), start, end, (Date(year, month, day),))

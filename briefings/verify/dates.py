"""Dates, weekdays, quarters, decades and times of day in a text."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

from briefings.verify.figure import Date, Figure, Key, Token, quantity
from briefings.verify.number_words import ORDINALS

_NAMES = "january february march april may june july august september october november december"
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), start=1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MON = rf"(?=[jfmasond])(?P<mon>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?: ?(?:-|–|to|and) ?(?P<until>[0-3]?\d)(?:st|nd|rd|th)?)?(?![\d,.]*\d|\w)"

_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<mon>[01]\d)-(?P<day>[0-3]\d)(?!\d)")
_SLASHED = re.compile(r"(?<![\w/])(?P<a>[0-3]?\d)[/.](?P<b>[0-3]?\d)[/.](?P<year>(?:19|20)\d\d)\b")
_MONTH_DAY = re.compile(rf"\b{_MON} {_DAYS}(?:,? {_YEAR})?", re.I)
_DAY_MONTH = re.compile(
    rf"(?<![\w.,])(?=\d)(?:(?P<since>[0-3]?\d) ?(?:-|–|to|and) ?)?{_DAY}(?: of)? {_MON}(?:,? {_YEAR})?", re.I
)
_MONTH_YEAR = re.compile(rf"\b{_MON},?(?: of)? {_YEAR}", re.I)
# "May" and "March" are also verbs: alone they need a word before them that makes them a month.
_MONTH = re.compile(
    r"\b(?=[JFASOND])(?P<mon>January|February|April|June|July|August|September|October|November|December)\b"
    r"|(?<=[ -])(?=M)(?:(?<=\bin )|(?<=\bsince )|(?<=\blast )|(?<=\bnext )|(?<=\buntil )|(?<=\bby )|(?<=\bearly )"
    r"|(?<=\blate )|(?<=\bmid-)|(?<=\bthis )|(?<=\bof ))(?P<verb>March|May)\b"
)
_VERB_MONTH = re.compile(r"\b(March|May)\b")
_WEEKDAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
_WEEKDAY = re.compile(r"\b(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)s?\b")
_QUARTER = re.compile(r"\b(?:Q(?P<n>[1-4])|(?P<word>first|second|third|fourth)[ -]quarter)\b", re.I)
_HALF = re.compile(r"\b(?:H(?P<n>[12])|(?P<word>first|second)[ -]half)\b", re.I)
_DECADE = re.compile(r"(?<!\w)(?P<century>19|20)?'?(?P<ten>\d)0s\b")
_FISCAL = re.compile(rf"\b(?:FY ?|fiscal(?: year)? ){_YEAR}", re.I)
_CLOCK = re.compile(r"(?<![\d:])(?P<h>[0-2]?\d):(?P<m>[0-5]\d)(?: ?(?P<half>[ap])\.?m\b\.?)?(?![\d:])", re.I)


_DIGIT = re.compile(r"\d")

Read = Callable[[re.Match[str]], tuple[Key, ...]]


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


_MONTHLY = frozenset(_MONTHS)
_MONTH_NAME = re.compile(_MON, re.I)
BEFORE_MONTH, BEHIND_MONTH = 24, 40  # characters
# Each with what a text must hold, or the words of which it must hold one, for the pattern to be worth a try.
_WHOLE: tuple[tuple[re.Pattern[str], re.Pattern[str], Read], ...] = (
    (re.compile(r"\d-\d"), _ISO, _iso),
    (re.compile(r"\d[/.]\d"), _SLASHED, _slashed),
    (re.compile(r"\d:\d"), _CLOCK, _clock),
    (re.compile("0s"), _DECADE, lambda match: (Token(f"{match['ten']}0s"),)),
)
_OTHERS: tuple[tuple[frozenset[str], re.Pattern[str], Read], ...] = (
    (_MONTHLY, _MONTH, _month),
    (_WEEKDAYS | {f"{day}s" for day in _WEEKDAYS}, _WEEKDAY, lambda match: (Token(match[1].lower()),)),
    (frozenset(["q", "quarter"]), _QUARTER, lambda match: _period("q", match)),
    (frozenset(["h", "half"]), _HALF, lambda match: _period("h", match)),
    (frozenset(["fy", "fiscal"]), _FISCAL, lambda match: (quantity(int(match["year"]), "year"),)),
)


def dates(text: str, said: frozenset[str]) -> Iterator[Figure]:
    """Every date in `text` (as `spelling.for_figures` leaves it), whose words are `said`; the longer form first."""
    monthly = not said.isdisjoint(_MONTHLY)
    if _DIGIT.search(text):
        for hint, pattern, read in _WHOLE:
            if hint.search(text):
                yield from _found(text, pattern, read)
        for start, end in _around_months(text) if monthly else ():
            yield from _days(text, start, end)
            yield from _found(text, _MONTH_YEAR, _month, start, end)
    for words, pattern, read in _OTHERS:
        if not said.isdisjoint(words):
            yield from _found(text, pattern, read)
    for match in _VERB_MONTH.finditer(text) if monthly else ():
        keys = (Date(None, _MONTHS[match[0].lower()]),)
        yield Figure(match[0], match.start(), match.end(), keys, claim=False)


def _around_months(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text in which a day or a year can belong to a month."""
    start = end = 0
    for match in _MONTH_NAME.finditer(text):
        if match.start() - BEFORE_MONTH > end:
            if end:
                yield start, end
            start = max(0, match.start() - BEFORE_MONTH)
        end = match.end() + BEHIND_MONTH
    if end:
        yield start, end


def _found(
    text: str, pattern: re.Pattern[str], read: Read, start: int = 0, end: int = sys.maxsize
) -> Iterator[Figure]:
    for match in pattern.finditer(text, start, end):
        if keys := read(match):
            yield Figure(match[0].strip(), match.start(), match.end(), keys)


def _days(text: str, begin: int, stop: int) -> Iterator[Figure]:
    """Days with their month. "August 7 to 9" is two figures that share the text, as both must be right."""
    for pattern in (_MONTH_DAY, _DAY_MONTH):
        for match in pattern.finditer(text, begin, stop):
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

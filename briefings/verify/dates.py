"""Dates, weekdays, quarters, decades and times of day in a text."""

from __future__ import annotations

import re
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
# Here and below the first letter stands before what is asked of the place before it: so a text is skimmed for it.
_MONTH = re.compile(
    r"[JFASOND](?<=\b.)(?:anuary|ebruary|pril|une|uly|ugust|eptember|ctober|ovember|ecember)\b"
)
# "May" and "March" are also verbs: alone they need a word before them that makes them a month.
_VERB_MONTH = re.compile(r"M(?<=\bM)(?:arch|ay)\b")
_MADE_MONTH = re.compile(r"\b(?:in|since|last|next|until|by|early|late|this|of) $|\bmid-$")
_WEEKDAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
_WEEKDAY = re.compile(r"[MTWFS](?<=\b.)(?:on|ues|ednes|hurs|ri|atur|un)days?\b")
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
    return (Date(None, _MONTHS[match[0].lower()], None),)


def _month_and_year(match: re.Match[str]) -> tuple[Key, ...]:
    return (Date(int(match["year"]), _MONTHS[match["mon"].lower()], None),)


def _period(letter: str, match: re.Match[str]) -> tuple[Key, ...]:
    return (Token(f"{letter}{match['n'] or ORDINALS[match['word'].lower()]}"),)


def _clock(match: re.Match[str]) -> tuple[Key, ...]:
    hour, half = int(match["h"]), (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (Token(f"{hour}:{match['m']}"),)


_MONTHLY = frozenset(_MONTHS)
_MONTH_NAME = re.compile(
    r"[JFMASONDjfmasond](?<=\b.)(?i:an(?:uary)?|eb(?:ruary)?|ar(?:ch)?|pr(?:il)?|ay|une?|uly?|ug(?:ust)?"
    r"|ep(?:t(?:ember)?)?|ct(?:ober)?|ov(?:ember)?|ec(?:ember)?)\b"
)
# Characters: before a month, where a range of its days begins and where a day stands; behind it, where a year ends.
BEFORE_MONTH, BESIDE_MONTH, BEHIND_MONTH = 24, 8, 12
_PUNCTUATED = re.compile(r"\d[-/.:]\d|0s")  # one of the forms below needs one of these
# Each with what a text must hold, or the words of which it must hold one, for the pattern to be worth a try.
_WHOLE: tuple[tuple[re.Pattern[str], re.Pattern[str], Read], ...] = (
    (re.compile(r"\d-\d"), _ISO, _iso),
    (re.compile(r"\d[/.]\d"), _SLASHED, _slashed),
    (re.compile(r"\d:\d"), _CLOCK, _clock),
    (re.compile("0s"), _DECADE, lambda match: (Token(f"{match['ten']}0s"),)),
)
_OTHERS: tuple[tuple[frozenset[str], re.Pattern[str], Read], ...] = (
    (
        _WEEKDAYS | {f"{day}s" for day in _WEEKDAYS},
        _WEEKDAY,
        lambda match: (Token(match[0].lower().removesuffix("s")),),
    ),
    (frozenset(["q", "quarter"]), _QUARTER, lambda match: _period("q", match)),
    (frozenset(["h", "half"]), _HALF, lambda match: _period("h", match)),
    (frozenset(["fy", "fiscal"]), _FISCAL, lambda match: (quantity(int(match["year"]), "year"),)),
)


def dates(text: str, said: frozenset[str]) -> Iterator[Figure]:
    """Every date in `text` (as `spelling.for_figures` leaves it), whose words are `said`; the longer form first."""
    monthly = not said.isdisjoint(_MONTHLY)
    for hint, pattern, read in _WHOLE if _PUNCTUATED.search(text) else ():
        if hint.search(text):
            yield from _found(text, pattern, read)
    if monthly and _DIGIT.search(text):
        yield from _with_month(text)
    if monthly:
        yield from _found(text, _MONTH, _month)
        yield from _verbs_or_months(text)
    for words, pattern, read in _OTHERS:
        if not said.isdisjoint(words):
            yield from _found(text, pattern, read)


def _with_month(text: str) -> Iterator[Figure]:
    """Days and years with their month."""
    before = 0
    for name in _MONTH_NAME.finditer(text):
        start, end = name.span()
        if match := _MONTH_DAY.match(text, start):
            yield from _days(match)
        if _DIGIT.search(text, max(before, start - BESIDE_MONTH), start) and (
            match := _DAY_MONTH.search(text, max(before, start - BEFORE_MONTH), end + BEHIND_MONTH)
        ):
            yield from _days(match)
        if match := _MONTH_YEAR.match(text, start):
            yield Figure(match[0].strip(), match.start(), match.end(), _month_and_year(match))
        before = end


def _verbs_or_months(text: str) -> Iterator[Figure]:
    for match in _VERB_MONTH.finditer(text):
        sure = _MADE_MONTH.search(text, max(0, match.start() - 7), match.start()) is not None
        yield Figure(match[0], match.start(), match.end(), _month(match), claim=sure)


def _found(text: str, pattern: re.Pattern[str], read: Read) -> Iterator[Figure]:
    for match in pattern.finditer(text):
        if keys := read(match):
            yield Figure(match[0].strip(), match.start(), match.end(), keys)


def _days(match: re.Match[str]) -> Iterator[Figure]:
    """Days with their month. "August 7 to 9" is two figures that share the text, as both must be right."""
    month, year = _MONTHS[match["mon"].lower()], _number(match["year"])
    named = match.groupdict()
    days = sorted(
        (match.start(name), int(named[name])) for name in ("day", "until", "since") if named.get(name)
    )
    borders = [match.start(), *(place for place, _ in days[1:]), match.end()]
    for (_, day), start, end in zip(days, borders, borders[1:], strict=False):
        if 0 < day <= 31:
            yield Figure(match[0].strip(), start, end, (Date(year, month, day),))

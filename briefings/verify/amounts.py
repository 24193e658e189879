"""Amounts in digits or words: money, percentages, multiples, durations, counts and bare numbers, with their scale."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from briefings.verify import number_words
from briefings.verify.figure import Figure, Key, Token, quantity
from briefings.verify.units import CURRENCIES, HARD, SCALES, UNITS


def _any(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_SIGNS = [name for name in CURRENCIES if not name.isalpha() and " " not in name]
_CODES = [name for name in CURRENCIES if name.isalpha() and len(name) <= 3]
_AFTER = [name for name in (*CURRENCIES, *UNITS) if name.isascii() or name in "€£¥₹₩×¢"]
_LETTERS = [name for name in SCALES if len(name) == 1]
_LONG = [name for name in SCALES if len(name) > 1]

_DIGITS = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d{1,2}(?= ?(?:%|€|mio|mrd|euro))|(?<=€)\d+,\d{1,2}(?!\d)"
    r"|\d+(?:\.\d+)?|\.\d+)"
)
_SIGN = rf"{_any(_SIGNS)}|(?:{_any(_CODES)})(?= ?[\d.])"


def _amount(number: str) -> re.Pattern[str]:
    """Reads lower-case text: one letter is told from another much faster than one in any case."""
    return re.compile(
        r"(?<![\w.,])"
        rf"(?:(?P<sign>{_SIGN})[ -]?)?"
        rf"(?P<number>{number})"
        r"(?P<half> and a half)?"
        rf"(?P<scale>(?:[ -]?(?:{_any(_LONG)})\b){{1,2}}|(?(sign) ?|)(?:{_any(_LETTERS)})(?!\w))?"
        rf"(?:[ -]?(?:u\.?s\.? )?(?P<unit>{_any(_AFTER)})(?!\w))?"
        r"(?!\d)"
    )


_IN_DIGITS = _amount(_DIGITS)
_IN_WORDS = _amount(f"{_DIGITS}|{number_words.PATTERN}")
# Where one of them may begin: a text is skimmed for these first letters, and they are tried there alone.
_AT_DIGITS = re.compile(r"[\d.$€£¥₹₩](?<![\w.,].)")
_AT_WORDS = re.compile(
    r"[\d.$€£¥₹₩aefnostz](?<![\w.,].)(?:(?<![a-z])"
    rf"|(?<=a)n?(?=[ -](?:{'|'.join(number_words.BIG)}))"
    rf"|(?:{'|'.join(sorted({word[1:] for word in number_words.WORDS}))})\b)"
)
_LETTERED = re.compile(r"[a-z]\$")  # US$, HK$
_CODED = frozenset((*_CODES, "rs"))
_ORDINAL = re.compile(
    rf"(?<![\w.,])(?:(?P<digits>\d{{1,3}})(?:st|nd|rd|th)|(?P<word>{'|'.join(number_words.ORDINALS)}))\b",
    re.I,
)
_COUNTED = re.compile(r"\d[ -]$")  # "30-second" is no second of anything
_FRACTION = re.compile(
    r"\b(?P<n>an?|one|two|three|four|five)[ -](?P<d>third|quarter|fifth|tenth)s?\b(?=(?P<of> of)?)", re.I
)
_DENOMINATORS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_HALF = re.compile(r"(?<!and a )\b(?:one[ -])?half\b|\bhalving\b|\bhalve[sd]?\b", re.I)
_TIMES = re.compile(
    r"\b(?P<twice>twice|thrice)\b|\b(?P<verb>doubl|tripl|quadrupl)(?:e|es|ed|ing)\b(?!(?: |-)(?:down|digit|check))",
    re.I,
)
_N_TIMES = re.compile(rf"({_DIGITS}|{number_words.PATTERN})[ -]times\b", re.I)
_FOLD = re.compile(r"\b(?P<word>[a-z]+)fold\b", re.I)
_VAGUE = re.compile(r"\b(dozen|hundred|thousand|million|billion|trillion)s\b", re.I)
_PERIOD = re.compile(
    r"\b(?:an?|per|each|every|this|last|next) (?P<unit>year|quarter|month|week|day|hour|minute|second)\b",
    re.I,
)
_RANGE = re.compile(r" ?(?:-|–|to|and|or|,|, and|through|versus|vs\.?)(?: from)? ?(?:[$€£¥₹₩])?")
WIDEST = 16  # characters of what joins a range
_WORDS = re.compile(r"[a-z]+")


# One of these words a text must hold for the longer pattern to be worth a try.
_PARTS = frozenset([*_DENOMINATORS, *(f"{name}s" for name in _DENOMINATORS)])
_HALVES = frozenset(["half", "halving", "halve", "halves", "halved"])
_MULTIPLYING = frozenset(
    [
        "twice",
        "thrice",
        *(f"{verb}{end}" for verb in ("doubl", "tripl", "quadrupl") for end in ("e", "es", "ed", "ing")),
    ]
)
_VAGUELY = frozenset(["dozens", "hundreds", "thousands", "millions", "billions", "trillions"])
_PERIODS = frozenset(["year", "quarter", "month", "week", "day", "hour", "minute", "second"])
_ORDERING = frozenset([*number_words.ORDINALS, "st", "nd", "rd", "th"])
# The same for all that is in one of the hard units.
_MEASURES = (*CURRENCIES, *(name for name, (unit, _) in UNITS.items() if unit in HARD))
_MEASURE_SIGN = re.compile("[$€£¥₹₩%×¢]")
_MEASURING = _MULTIPLYING | {
    "times",
    *(_WORDS.findall(name)[-1] for name in _MEASURES if not _MEASURE_SIGN.search(name)),
}


_Units = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class _Amount:
    figure: Figure
    number: Decimal
    scale: Decimal
    units: _Units


def amounts(text: str, said: frozenset[str]) -> Iterator[Figure]:
    """Every amount in `text` (as `spelling.for_figures` leaves it); a range shares its unit ("3 to 5 dollars").

    `said` are its words, by which most patterns need no try.
    """
    for special in (_fractions, _multiples, _ordinals):
        yield from special(text, said)
    found = [_read(match, text) for match in _written(text.replace("İ", "I").lower(), said)]
    lent: dict[int, tuple[Key, ...]] = defaultdict(tuple)
    for place, (first, second) in enumerate(pairwise(found)):
        if _ranged(text, first.figure.end, second.figure.start):
            lent[place] += _shared(first, second, first=True)
            lent[place + 1] += _shared(second, first)
    for place, amount in enumerate(found):
        figure = amount.figure
        yield replace(figure, keys=(*figure.keys, *lent[place])) if place in lent else figure
    yield from _loose(text, said)


def may_measure(text: str, said: frozenset[str]) -> bool:
    """Whether an amount in one of the hard units can stand in `text` at all; arguments as of `amounts`."""
    return not said.isdisjoint(_MEASURING) or "fold" in text or _MEASURE_SIGN.search(text) is not None


def _written(text: str, said: frozenset[str]) -> Iterator[re.Match[str]]:
    """Where an amount is written in a lower-case text."""
    worded = not said.isdisjoint(number_words.WORDS) or not said.isdisjoint(number_words.BIG)
    pattern = _IN_WORDS if worded else _IN_DIGITS
    if not said.isdisjoint(_CODED) or ("$" in text and _LETTERED.search(text)):
        yield from pattern.finditer(text)
        return
    end = 0
    for begun in (_AT_WORDS if worded else _AT_DIGITS).finditer(text):
        if begun.start() >= end and (match := pattern.match(text, begun.start())):
            end = match.end()
            yield match


def _read(match: re.Match[str], text: str) -> _Amount:
    number, scale, units, keys, weak = _value(*match.group("sign", "number", "half", "scale", "unit"))
    raw = text[match.start() : match.end()].strip(" -")
    return _Amount(Figure(raw, match.start(), match.end(), keys, claim=not weak), number, scale, units)


@lru_cache(maxsize=10_000)  # "20 percent" and "2025" stand in many a text
def _value(
    sign: str | None, spelled: str, half: str | None, scaled: str | None, unit: str | None
) -> tuple[Decimal, Decimal, _Units, tuple[Key, ...], bool]:
    """The number, its scale and units, all these as keys, and whether it is too little to be a claim."""
    if spelled[0].isalpha():
        number = number_words.value(spelled)
    elif "," in spelled[-3:]:  # 67,5
        number = Decimal(spelled.replace(",", "."))
    else:
        number = Decimal(spelled.replace(",", ""))
    if half:
        number += Decimal("0.5")
    scale, units = _scale(scaled), _units(sign, unit)
    weak = spelled.lower() in ("one", "a", "an") and scale == 1 and not any(name in HARD for name, _ in units)
    return number, scale, units, _keys(number * scale, units), weak


def _scale(words: str | None) -> Decimal:
    scale = Decimal(1)
    for name in _WORDS.findall(words.lower()) if words else ():
        scale *= SCALES[name]
    return scale


def _units(sign: str | None, unit: str | None) -> _Units:
    if sign:
        return tuple((code, Decimal(1)) for code in CURRENCIES[sign.lower()])
    name = (unit or "").lower().replace("-", " ")
    if name in CURRENCIES:
        return tuple((code, Decimal(1)) for code in CURRENCIES[name])
    return (UNITS[name],) if name in UNITS else (UNITS[name.replace(" ", "-")],) if name else ()


def _keys(value: Decimal, units: _Units) -> tuple[Key, ...]:
    return tuple(quantity(value, unit, factor) for unit, factor in units) or (quantity(value),)


def _ranged(text: str, end: int, start: int) -> bool:
    return start - end <= WIDEST and _RANGE.fullmatch(text, end, start) is not None


def _shared(amount: _Amount, other: _Amount, first: bool = False) -> tuple[Key, ...]:
    """What a range lends: a unit goes both ways, a scale ("3 to 5 billion") only to the number that comes `first`."""
    units = amount.units or other.units
    scales = {amount.scale, other.scale} if first and amount.scale == 1 else {amount.scale}
    return tuple(key for scale in scales for key in _keys(amount.number * scale, units))


def _fractions(text: str, said: frozenset[str]) -> Iterator[Figure]:
    for match in _FRACTION.finditer(text) if not said.isdisjoint(_PARTS) else ():
        name, count = match["d"].lower(), match["n"].lower()
        # "a third company", "three quarters" of a year: a fraction only where it is one for sure
        claim = bool(match["of"]) or (count not in ("a", "an") and name != "quarter")
        part = (number_words.value(count) if count not in ("a", "an") else Decimal(1)) / _DENOMINATORS[name]
        keys = (quantity(part, "fraction"), quantity(part * 100, "percent"))
        yield Figure(match[0], match.start(), match.end(), keys, claim=claim)
    for match in _HALF.finditer(text) if not said.isdisjoint(_HALVES) else ():
        keys = (quantity(Decimal("0.5"), "fraction"), quantity(50, "percent"))
        yield Figure(match[0], match.start(), match.end(), keys)


def _multiples(text: str, said: frozenset[str]) -> Iterator[Figure]:
    for match in _TIMES.finditer(text) if not said.isdisjoint(_MULTIPLYING) else ():
        name = (match["twice"] or match["verb"]).lower()
        times = {"twice": 2, "thrice": 3, "doubl": 2, "tripl": 3, "quadrupl": 4}[name]
        keys = (quantity(times, "multiple"), quantity(100 * (times - 1), "percent"))
        yield Figure(match[0], match.start(), match.end(), keys)
    for match in _FOLD.finditer(text) if "fold" in text else ():
        if times_word := number_words.value(match["word"]):  # not "manifold"
            yield Figure(match[0], match.start(), match.end(), (quantity(times_word, "multiple"),))
    for match in _N_TIMES.finditer(text) if "times" in said else ():
        number = match[1]
        times_value = number_words.value(number) if number[0].isalpha() else Decimal(number.replace(",", ""))
        keys = (quantity(times_value, "multiple"), quantity(times_value, "count"))
        yield Figure(match[0], match.start(), match.end(), keys)


def _ordinals(text: str, said: frozenset[str]) -> Iterator[Figure]:
    for match in _ORDINAL.finditer(text) if not said.isdisjoint(_ORDERING) else ():
        number = int(match["digits"]) if match["digits"] else number_words.ORDINALS[match["word"].lower()]
        # "first" mostly orders the tale, "second" is also a time: neither is held against a sentence
        claim = bool(match["digits"]) or number > 2
        if claim or not _COUNTED.search(text, max(0, match.start() - 2), match.start()):
            yield Figure(match[0], match.start(), match.end(), (quantity(number, "ordinal"),), claim=claim)


def _loose(text: str, said: frozenset[str]) -> Iterator[Figure]:
    """Vague magnitudes ("billions of dollars") and periods that hold a hidden one ("a year")."""
    for match in _VAGUE.finditer(text) if not said.isdisjoint(_VAGUELY) else ():
        yield Figure(match[0], match.start(), match.end(), (Token(f"{match[1].lower()}s"),))
    for match in _PERIOD.finditer(text) if not said.isdisjoint(_PERIODS) else ():
        unit, factor = (
            UNITS[match["unit"].lower()] if match["unit"].lower() != "quarter" else UNITS["quarters"]
        )
        yield Figure(match[0], match.start(), match.end(), (quantity(1, unit, factor),), claim=False)

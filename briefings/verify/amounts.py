"""Amounts in digits or words: money, percentages, multiples, durations, counts and bare numbers, with their scale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

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
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d{1,2}(?= ?(?:%|€|Mio|Mrd|Euro))|(?<=€)\d+,\d{1,2}(?!\d)"
    r"|\d+(?:\.\d+)?|\.\d+)"
)
_AMOUNT = re.compile(
    r"(?<![\w.,])"
    rf"(?:(?P<sign>{_any(_SIGNS)}|(?:{_any(_CODES)})(?= ?[\d.]))[ -]?)?"
    rf"(?P<number>{_DIGITS}|{number_words.PATTERN})"
    r"(?P<half> and a half)?"
    rf"(?P<scale>(?:[ -]?(?:{_any(_LONG)})\b){{1,2}}|(?(sign) ?|)(?:{_any(_LETTERS)})(?!\w))?"
    rf"(?:[ -]?(?:U\.?S\.? )?(?P<unit>{_any(_AFTER)})(?!\w))?"
    r"(?!\d)",
    re.I,
)
_ORDINAL = re.compile(
    rf"(?<![\w.,])(?:(?P<digits>\d{{1,3}})(?:st|nd|rd|th)|(?P<word>{'|'.join(number_words.ORDINALS)}))\b",
    re.I,
)
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
_RANGE = re.compile(r" ?(?:-|–|to|and|or|,|, and|through|versus|vs\.?)(?: from)? ?(?:[$€£¥₹₩])?$")


# What a text must hold for the longer pattern to be worth a try.
_HAS_FRACTION = re.compile("third|quarter|fifth|tenth", re.I)
_HAS_HALF = re.compile("hal[fv]", re.I)
_HAS_TIMES = re.compile("twice|thrice|doubl|tripl|quadrupl", re.I)
_HAS_VAGUE = re.compile("zens|reds|ands|ions", re.I)


@dataclass(frozen=True, slots=True)
class _Amount:
    figure: Figure
    number: Decimal
    scale: Decimal
    units: tuple[tuple[str, Decimal], ...]


def amounts(text: str) -> Iterator[Figure]:
    """Every amount in `text` (as `spelling.for_figures` leaves it); a range shares its unit ("3 to 5 dollars")."""
    for special in (_fractions, _multiples, _ordinals):
        yield from special(text)
    found = [_read(match) for match in _AMOUNT.finditer(text)]
    for place, amount in enumerate(found):
        keys = list(amount.figure.keys)
        for other in found[max(0, place - 1) : place + 2]:
            if other is not amount:
                keys += _shared(text, amount, other)
        yield replace(amount.figure, keys=tuple(dict.fromkeys(keys)))
    yield from _loose(text)


def _read(match: re.Match[str]) -> _Amount:
    spelled = match["number"]
    if spelled[0].isalpha():
        number = number_words.value(spelled)
    elif re.search(r",\d{1,2}$", spelled):
        number = Decimal(spelled.replace(",", "."))
    else:
        number = Decimal(spelled.replace(",", ""))
    number += Decimal("0.5") if match["half"] else 0
    scale = Decimal(1)
    for name in re.findall(r"[a-z]+", (match["scale"] or "").lower()):
        scale *= SCALES[name]
    units = _units(match["sign"], match["unit"])
    keys = _keys(number * scale, units)
    weak = spelled.lower() in ("one", "a", "an") and scale == 1 and not any(unit in HARD for unit, _ in units)
    raw = match[0].strip(" -")
    return _Amount(Figure(raw, match.start(), match.end(), keys, claim=not weak), number, scale, units)


def _units(sign: str | None, unit: str | None) -> tuple[tuple[str, Decimal], ...]:
    if sign:
        return tuple((code, Decimal(1)) for code in CURRENCIES[sign.lower()])
    name = (unit or "").lower().replace("-", " ")
    if name in CURRENCIES:
        return tuple((code, Decimal(1)) for code in CURRENCIES[name])
    return (UNITS[name],) if name in UNITS else (UNITS[name.replace(" ", "-")],) if name else ()


def _keys(value: Decimal, units: tuple[tuple[str, Decimal], ...]) -> tuple[Key, ...]:
    return tuple(quantity(value, unit, factor) for unit, factor in units) or (quantity(value),)


def _shared(text: str, amount: _Amount, other: _Amount) -> tuple[Key, ...]:
    """What a range lends: a unit goes both ways, a scale ("3 to 5 billion") only to the number before it."""
    first, second = sorted((amount.figure, other.figure), key=lambda figure: figure.start)
    if not _RANGE.fullmatch(text[first.end : second.start]):
        return ()
    units = amount.units or other.units
    scales = {amount.scale}
    if amount.figure is first and amount.scale == 1:
        scales.add(other.scale)
    return tuple(key for scale in scales for key in _keys(amount.number * scale, units))


def _fractions(text: str) -> Iterator[Figure]:
    for match in _FRACTION.finditer(text) if _HAS_FRACTION.search(text) else ():
        name, count = match["d"].lower(), match["n"].lower()
        # "a third company", "three quarters" of a year: a fraction only where it is one for sure
        claim = bool(match["of"]) or (count not in ("a", "an") and name != "quarter")
        part = (number_words.value(count) if count not in ("a", "an") else Decimal(1)) / _DENOMINATORS[name]
        keys = (quantity(part, "fraction"), quantity(part * 100, "percent"))
        yield Figure(match[0], match.start(), match.end(), keys, claim=claim)
    for match in _HALF.finditer(text) if _HAS_HALF.search(text) else ():
        keys = (quantity(Decimal("0.5"), "fraction"), quantity(50, "percent"))
        yield Figure(match[0], match.start(), match.end(), keys)


def _multiples(text: str) -> Iterator[Figure]:
    for match in _TIMES.finditer(text) if _HAS_TIMES.search(text) else ():
        name = (match["twice"] or match["verb"]).lower()
        times = {"twice": 2, "thrice": 3, "doubl": 2, "tripl": 3, "quadrupl": 4}[name]
        keys = (quantity(times, "multiple"), quantity(100 * (times - 1), "percent"))
        yield Figure(match[0], match.start(), match.end(), keys)
    for match in _FOLD.finditer(text) if "fold" in text else ():
        if times_word := number_words.value(match["word"]):  # not "manifold"
            yield Figure(match[0], match.start(), match.end(), (quantity(times_word, "multiple"),))
    for match in _N_TIMES.finditer(text) if "times" in text else ():
        number = match[1]
        times_value = number_words.value(number) if number[0].isalpha() else Decimal(number.replace(",", ""))
        keys = (quantity(times_value, "multiple"), quantity(times_value, "count"))
        yield Figure(match[0], match.start(), match.end(), keys)


def _ordinals(text: str) -> Iterator[Figure]:
    for match in _ORDINAL.finditer(text):
        number = int(match["digits"]) if match["digits"] else number_words.ORDINALS[match["word"].lower()]
        # "first" mostly orders the tale, "second" is also a time: neither is held against a sentence
        claim = bool(match["digits"]) or number > 2
        yield Figure(match[0], match.start(), match.end(), (quantity(number, "ordinal"),), claim=claim)


def _loose(text: str) -> Iterator[Figure]:
    """Vague magnitudes ("billions of dollars") and periods that hold a hidden one ("a year")."""
    for match in _VAGUE.finditer(text) if _HAS_VAGUE.search(text) else ():
        yield Figure(match[0], match.start(), match.end(), (Token(f"{match[1].lower()}s"),))
    for match in _PERIOD.finditer(text):
        unit, factor = (
            UNITS[match["unit"].lower()] if match["unit"].lower() != "quarter" else UNITS["quarters"]
        )
        yield Figure(match[0], match.start(), match.end(), (quantity(1, unit, factor),), claim=False)

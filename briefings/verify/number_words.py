"""Numbers written as words: "two hundred and fifty thousand" is 250000."""

from __future__ import annotations

from decimal import Decimal

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"

ONES = {word: Decimal(number) for number, word in enumerate(_ONES.split())}
TENS = {word: Decimal(10 * number) for number, word in enumerate(_TENS.split(), start=2)}
ORDINALS = {word: number for number, word in enumerate(_ORDINALS.split(), start=1)}
BIG = {
    word: Decimal(value)
    for word, value in {
        "dozen": "12",
        "hundred": "1e2",
        "thousand": "1e3",
        "million": "1e6",
        "billion": "1e9",
        "trillion": "1e12",
    }.items()
}

WORDS = frozenset((*ONES, *TENS))  # one of these begins a number in words, or "a" before a big one

_GROUP = (
    rf"(?:(?:{'|'.join(TENS)})(?:[ -](?:{'|'.join(list(ONES)[1:10])})\b)?|(?:{'|'.join(reversed(ONES))}))\b"
)
_BIG = rf"(?:{'|'.join(BIG)})\b"
PATTERN = rf"\b(?:an?(?=[ -]{_BIG})|{_GROUP})(?:[ -]{_BIG}(?:(?: and)?[ -]{_GROUP})?)*"


def value(words: str) -> Decimal:
    """The number that `words`, a match of PATTERN in any case, spells."""
    total = group = Decimal(0)
    for word in words.lower().replace("-", " ").split():
        if word in ONES or word in TENS:
            group += ONES.get(word) or TENS.get(word) or Decimal(0)
        elif word in ("a", "an"):
            group = Decimal(1)
        elif word in ("hundred", "dozen"):
            group = (group or Decimal(1)) * BIG[word]
        elif word in BIG:
            total, group = total + (group or Decimal(1)) * BIG[word], Decimal(0)
    return total + group

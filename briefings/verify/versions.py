"""Names that carry digits: GPT-5.1, o3, Llama 4, H100, gpt-oss-120b."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from briefings.verify.figure import Figure, Token
from briefings.verify.units import SCALES, UNITS

_NAME = re.compile(r"(?<![\w$€£¥₹])(?=[A-Za-z][^\s\d]*\d)[^\W_]+(?:[-._]?[^\W_]+)*")
# The first digit stands before what is asked of the place before it: so a text is skimmed for it.
_SUFFIXED = re.compile(r"\d(?<![\w$€£¥₹.,-].)\d*(?:\.\d+)?(?P<suffix>[A-Za-z][^\W_]*)(?:-[^\W_]+)*(?![\w])")
_DOTTED = re.compile(r"(?<![\w.])\d+(?:\.\d+){2,}(?![\w])")
_AFTER_WORD = re.compile(
    r" (?<=[A-Za-z].)(?P<first>\d+(?:\.\d+)*)(?P<rest>(?:(?:, | and |, and | or |/| to )\d+(?:\.\d+)*)*)"
    r"(?![\w%,.]*[\d%])"
)
_LAST_WORD = re.compile(r"\b(?:[A-Za-z][A-Za-z'.-]*[A-Za-z]|[A-Z])$")
_DIGIT = re.compile(r"\d")
# A digit behind a letter, or behind a mark that does not begin a word: less than a name has, and told at a look.
_INSIDE = re.compile(r"\d(?:(?<=[A-Za-z].)|(?<=[^\s\d][^\sA-Za-z\d].))")
_LETTER_DIGIT = re.compile(r"[A-Za-z][^\sA-Za-z\d]*\d")
_DIGIT_LETTER = re.compile(r"\d[A-Za-z]")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_VERSION = re.compile(r"\d{1,2}(?:\.\d{1,2})?$")
_CURRENCY = re.compile(r"(?:USD|EUR|GBP|CNY|RMB|INR|JPY|CHF|CAD|AUD|Rs)\d", re.I)
_SUFFIXES = {"x", "st", "nd", "rd", "th", "s", "am", "pm"} | set(SCALES) | set(UNITS)
_NOUN = re.compile(
    rf"[ -](?:{'|'.join(re.escape(name) for name in (*SCALES, *UNITS) if len(name) > 1)}|%)(?!\w)", re.I
)

# Capitalised only because they open the sentence, or followed by a count rather than a version.
_STARTERS = (
    "A About After Against All Almost Already Also Although An And Another Any Approximately Around As At Based "
    "Because Before Between Both But By Combined Currently Despite Down During Each Either Even Every Exactly Fewer "
    "First For From Fully Given Had Has Have He Her His How If In Including Instead Into It Its Just Last Later Least "
    "Less Meanwhile More Most Nearly Next No Not Now Of Off On Once Only Or Other Our Out Over Past Per Plus Roughly "
    "She Since So Some Starting Still Such Than That The Their Then There These They This Those Through To Today "
    "Together Top Total Under Until Up Upon Was We Were When Where While Who With Within Without You Your Top Page "
    "Nov Dec Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct"
)
_NOT_A_NAME = frozenset(_STARTERS.split())
_PREFIX_WORDS = (
    "mid pre post early late sub top over under age ages non multi since about nearly roughly almost up to plus anti "
    "near some only all most half day"
)
_PREFIXES = frozenset(_PREFIX_WORDS.split())


@lru_cache(maxsize=10_000)
def normal(name: str) -> str:
    """The name without case, hyphens, spaces and a possessive or plural s: `GPT-5's` and `gpt 5` are one."""
    name = re.sub(r"'s$|'$", "", name.lower())
    name = re.sub(r"(?<=\d)s$", "", name)
    name = re.sub(r"^v(?:ersion)? ?(?=\d)", "", name)
    return re.sub(r"[^\w.]|(?<!\d)\.|\.(?!\d)|_", "", name)


@lru_cache(maxsize=10_000)
def _core(name: str) -> str | None:
    """`name` up to its last part with a digit (GPT-5-powered is GPT-5); None when it only joins a word to a number."""
    parts = re.split(r"(-)", name)
    last = max((place for place, part in enumerate(parts) if re.search(r"\d", part)), default=-1)
    if last < 0:
        return None
    head, tail = parts[:last], parts[last]
    if re.fullmatch(r"[\d.]+", tail) and all(part in _PREFIXES for part in head[::2]):
        return None  # mid-2025, top-10: the number is judged as a number
    while len(head) > 2 and head[0].islower() and not re.search(r"\d", head[0]) and head[2][:1].isupper():
        head = head[2:]  # pre-GPT-4
    return "".join(head) + tail


def versions(text: str, said: frozenset[str] = frozenset()) -> Iterator[Figure]:
    """Names with digits that must stand in the passage as a whole. `text` as `spelling.for_figures` leaves it."""
    if not _DIGIT.search(text):
        return
    for match in _names(text):
        core = None if _CURRENCY.match(match[0]) else _core(match[0])
        if core:
            keys = tuple(dict.fromkeys((Token(normal(core)), Token(normal(match[0])))))
            yield Figure(match[0], match.start(), match.end(), keys)
    for match in _SUFFIXED.finditer(text) if _DIGIT_LETTER.search(text) else ():
        if match["suffix"].lower() not in _SUFFIXES:
            name = text[match.start() : match.end("suffix")]
            yield Figure(match[0], match.start(), match.end(), (Token(normal(name)),))
    for match in _DOTTED.finditer(text) if text.count(".") > 1 else ():
        yield Figure(match[0], match.start(), match.end(), (Token(match[0]),))
    yield from _numbered(text)


def _names(text: str) -> Iterator[re.Match[str]]:
    """Words with a letter before a digit."""
    return iter(_NAME.finditer(text) if _INSIDE.search(text) and _LETTER_DIGIT.search(text) else ())


def _after_words(text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Each word with the number, or the list of them, right behind it."""
    for number in _AFTER_WORD.finditer(text):
        begin = text.rfind(" ", 0, number.start()) + 1
        if word := _LAST_WORD.search(text, begin, number.start()):
            yield word, number


def _numbered(text: str) -> Iterator[Figure]:
    """A capitalised word with a version behind it: Llama 4, Opus 4.1; not a count ("About 40 people")."""
    for word, number in _after_words(text):
        if word[0].islower() or word[0] in _NOT_A_NAME or not _VERSION.match(number["first"]):
            continue
        start, end = word.start(), number.end("first")
        if not _NOUN.match(text, end):
            yield Figure(text[start:end], start, end, (Token(normal(word[0] + number["first"])),))


def mentions(text: str) -> Iterator[Token]:
    """Every name `text` can support, in more ways than it would be claimed ("Claude 3 and 4" supports Claude 4)."""
    if not _DIGIT.search(text):
        return
    for match in _names(text):
        parts = match[0].split("-")
        for first in range(len(parts)):
            for last in range(first + 1, len(parts) + 1):
                name = "-".join(parts[first:last])
                if any(letter.isalpha() for letter in name):
                    yield Token(normal(name))
    for word, numbers in _after_words(text):
        for number in _NUMBER.findall(numbers[0]):
            yield Token(normal(word[0] + number))
    for match in _SUFFIXED.finditer(text) if _DIGIT_LETTER.search(text) else ():
        yield Token(normal(text[match.start() : match.end("suffix")]))

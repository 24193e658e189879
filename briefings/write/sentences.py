"""Splits running English text into sentences, each with its exact offsets; knows nothing of articles."""

from __future__ import annotations

import re

from briefings.write.lexicon import BEFORE_A_NAME, MAY_END, OPENERS

BOUNDARY = re.compile(r"(?P<stop>[.!?]+|…|\.\s\.\s\.)(?P<close>[\"”’'»)\]*]*)(?=\s|$)")
WORD_BEFORE = re.compile(r"([^\s\"“”‘(\[—–/]+)$")
FIRST_WORD = re.compile(r"[\"“‘'(\[*]*([\w’'.$€£#@-]+)")
TAG_AFTER_QUOTE = re.compile(
    r"(?:[A-Z][\w’'-]+ ){1,3}(?:said|says|asked|asks|wrote|added|tweeted|told|replied|shouted|quipped|joked)\b"
)
LONGEST_JOIN = 420
CURLY = re.compile(r"[“”]")
SINGLE_OPENS = re.compile(r"(?:(?<=^)|(?<=[\s(“\"—]))[‘'](?=\w)(?!\d\ds?\b)")
SINGLE_CLOSES = re.compile(r"(?<=[\w.,!?])[’'](?!\w)")


def split(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]` in order, as (start, end) offsets into `text`, without outer spaces.

    A quotation of several sentences stays in one piece with the words that attribute it, up to a length limit.
    """
    stop = len(text) if end is None else end
    pieces = [piece for piece in _pieces(text, start, stop) if piece[0] < piece[1]]
    return _join_quotations(text, pieces)


def balanced(text: str) -> bool:
    """Whether every quotation mark and bracket that opens in `text` closes in it, and none closes unopened."""
    if text.count('"') % 2 or text.count("(") != text.count(")") or text.count("[") != text.count("]"):
        return False
    if CURLY.findall(text) != ["“", "”"] * text.count("“"):
        return False
    if "‘" not in text and "'" not in text:
        return True
    return len(SINGLE_OPENS.findall(text)) <= len(SINGLE_CLOSES.findall(text))


def _pieces(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    begin = start
    for match in BOUNDARY.finditer(text, start, stop):
        if _ends_sentence(text, begin, match, stop):
            found.append(_trim(text, begin, match.end()))
            begin = match.end()
    found.append(_trim(text, begin, stop))
    return found


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _ends_sentence(text: str, begin: int, match: re.Match[str], stop: int) -> bool:
    rest = text[match.end() : min(stop, match.end() + 80)].lstrip()
    if not rest:
        return True
    first = FIRST_WORD.match(rest)
    if first is None:
        return rest[0] in "“\"'‘(["
    word = first.group(1)
    if word[0].islower() and not re.search(r"[A-Z\d]", word):
        return False
    if match.group("close") and match.group("stop") in "?!," and TAG_AFTER_QUOTE.match(rest):
        return False
    if match.group("stop") != ".":
        return not text[: match.start()].endswith("Yahoo") or word.lower() in OPENERS
    return _period_ends(text[begin : match.start()], word, bool(match.group("close")))


def _period_ends(before: str, following: str, closed: bool) -> bool:
    word = WORD_BEFORE.search(before, before.rfind(" ") + 1)
    if word is None:
        return True
    last = word.group(1).lower().lstrip("'’")
    if closed and last not in BEFORE_A_NAME:
        return True
    if last in BEFORE_A_NAME:
        return False
    if last in ("no", "nos"):
        return not following[0].isdigit()
    initial = len(last) == 1 and last.isalpha() and last != "i"
    if last in MAY_END or initial or re.fullmatch(r"(?:[a-z]\.)+[a-z]", last):
        return following.lower() in OPENERS
    return True


def _join_quotations(text: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    index = 0
    while index < len(pieces):
        start, end = pieces[index]
        reach = index
        while not _quotes_closed(text[start : pieces[reach][1]]) and reach + 1 < len(pieces):
            reach += 1
        whole = text[start : pieces[reach][1]]
        if reach > index and _quotes_closed(whole) and len(whole) <= LONGEST_JOIN:
            index, end = reach, pieces[reach][1]
        joined.append((start, end))
        index += 1
    return joined


def _quotes_closed(piece: str) -> bool:
    return piece.count('"') % 2 == 0 and piece.count("“") <= piece.count("”")

"""Rewrites a pattern of many alternatives so that a place in a text is held against few of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

# What an alternative asks of the place before it, and the character, one of several or group that it begins with.
ASKED = re.compile(r"\^|\\b|\(\?<[!=][^()]+\)")
BEGINNING = re.compile(
    rf"(?P<asked>(?:{ASKED.pattern})*)"
    r"(?:\[(?!\^)(?P<several>(?:\\\W|[^\]\\-])+)\]|(?P<group>\(\?:)|(?P<one>\\\W|[^\\^$.|?*+()\[\]{}]))"
)
CHARACTER = re.compile(r"\\?.")
TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]|[(|)]")
REPEATED = ("?", "*", "+", "{")


def by_letter(pattern: str) -> re.Pattern[str]:
    """Compiles the pattern with its alternatives, and those of a group that one begins with, sorted by first character.

    The engine skims a text only for what begins with a character, and else tries every alternative at every place:
    "a|b|^c" becomes "a|b|c(?<=^c)". The order of those that begin alike is kept, and so is what they match. Raises
    ValueError where one begins with no character.
    """
    begun: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for alternative in _alternatives(pattern):
        for asked, first, rest in _begun(alternative):
            begun[first].append((asked, rest))
    return re.compile("|".join(f"{first}(?:{'|'.join(_behind(first, begun[first]))})" for first in begun))


def _behind(first: str, begun: list[tuple[str, str]]) -> Iterator[str]:
    for asked, alike in groupby(begun, key=itemgetter(0)):
        before = "".join(
            f"{each[:-1]}{first})" if each.endswith(")") else f"(?<={each}{first})"
            for each in ASKED.findall(asked)
        )
        yield f"{before}(?:{'|'.join(rest for _, rest in alike)})"


def _begun(alternative: str) -> Iterator[tuple[str, str, str]]:
    """What it asks of the place before it, its first character and the rest, for each that it may begin with."""
    found = BEGINNING.match(alternative)
    end = _group_end(alternative, found.end()) if found and found["group"] else found.end() if found else 0
    if found is None or alternative.startswith(REPEATED, end):
        raise ValueError(f"it begins with no character: {alternative}")
    asked, rest = found["asked"], alternative[end:]
    if found["group"]:
        for inner in _alternatives(alternative[found.end() : end - 1]):
            yield from _begun(f"{asked}{inner}{rest}")
        return
    for first in CHARACTER.findall(found["several"]) if found["several"] else (found["one"],):
        yield asked, re.escape(first.removeprefix("\\")), rest


def _alternatives(pattern: str) -> Iterator[str]:
    depth = start = 0
    for token in TOKEN.finditer(pattern):
        if token[0] == "|" and not depth:
            yield pattern[start : token.start()]
            start = token.end()
        depth += (token[0] == "(") - (token[0] == ")")
    yield pattern[start:]


def _group_end(pattern: str, inside: int) -> int:
    depth = 1
    for token in TOKEN.finditer(pattern, inside):
        depth += (token[0] == "(") - (token[0] == ")")
        if not depth:
            return token.end()
    raise ValueError(f"a group without an end: {pattern}")

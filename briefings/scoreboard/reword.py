"""Says a source's sentence in other words without changing what it says, as far as rules can; seeded, so repeatable."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from random import Random

from briefings.terms import STOP

Rewording = Callable[[str, str, Random], str]

_ALIKE = (
    ("said", "stated"), ("says", "states"), ("company", "firm"), ("about", "roughly"), ("more than", "over"),
    ("because", "since"), ("showed", "demonstrated"), ("shows", "demonstrates"), ("plans to", "intends to"),
    ("launched", "introduced"), ("announced", "made public"), ("used", "employed"), ("big", "large"),
    ("several", "a number of"), ("however", "yet"), ("also", "as well"), ("help", "assist"),
    ("bought", "purchased"), ("start", "begin"),
    ("began", "started"), ("try", "attempt"), ("tried", "attempted"), ("wants to", "would like to"),
    ("nearly", "almost"),
    ("people", "persons"), ("users", "customers"), ("users", "people who use it"),
    ("such as", "like"), ("including", "among them"), ("according to", "by the account of"), ("may", "might"),
    ("while", "as"), ("important", "significant"),
)  # fmt: skip


def reworded(text: str, publisher: str, random: Random) -> str:
    """`text` after one to three rewordings that apply to it; the same text when none does."""
    kinds: list[Rewording] = [
        _lead_dropped,
        _aside_dropped,
        _tail_dropped,
        _attributed,
        _respelled,
        _alike,
        _joined,
    ]
    random.shuffle(kinds)
    changed, left = text, random.choice((1, 2, 2, 3))
    for kind in kinds:
        after = kind(changed, publisher, random)
        if after != changed and _whole(after):
            changed, left = after, left - 1
        if not left:
            break
    return changed


def _whole(text: str) -> bool:
    return len(text.split()) >= 6 and text.count('"') % 2 == 0 and text.count("“") == text.count("”")


def _lead_dropped(text: str, publisher: str, random: Random) -> str:
    found = re.match(
        r"(?:In|On|At|After|Before|Since|During|With|By|Under|As) [^,“”\"]{3,60}, (?=[A-Za-z])", text
    )
    return _capital(text[found.end() :]) if found else text


def _aside_dropped(text: str, publisher: str, random: Random) -> str:
    """Without what stands between two commas outside quotations."""
    pattern = r", (?:a|an|the|who|which|whose|based|led by) [^,“”\"]{5,80},(?= [a-z])"
    return _outside(text, lambda part: re.sub(pattern, "", part, count=1))


def _tail_dropped(text: str, publisher: str, random: Random) -> str:
    found = re.search(
        r",? (?:which|who|while|as|after|although|where|including) (?![^.]*[“\"])[^.]{10,}\.$", text
    )
    # What is dropped may not hold a negation's other half or leave a bare "but".
    return text[: found.start()] + "." if found and found.start() > 40 else text


def _attributed(text: str, publisher: str, random: Random) -> str:
    if re.match(r"[\"“‘']|According|By ", text) or not publisher:
        return text
    first = text.split()[0]
    lowered = text[0].lower() + text[1:] if first.lower() in STOP else text
    return (
        f"{publisher} reports that {lowered}"
        if random.random() < 0.5
        else f"According to {publisher}, {lowered}"
    )


def _respelled(text: str, publisher: str, random: Random) -> str:
    """The same figures in another spelling, outside quotations."""
    for pattern, other in (
        (r"(\d) percent\b", r"\1%"),
        (r"(\d)%", r"\1 percent"),
        (r"\$(\d+(?:\.\d+)?) (million|billion|trillion)\b(?!-)", r"\1 \2 dollars"),
    ):
        after = _outside(text, partial(re.sub, pattern, other))
        if after != text:
            return after
    return text


def _outside(text: str, change: Callable[[str], str]) -> str:
    """`text` with what stands outside quotations changed."""
    parts = re.split(r"(“[^”]*”|\"[^\"]*\"|(?<!\w)‘[^’]*’)", text)
    return "".join(part if at % 2 else change(part) for at, part in enumerate(parts))


def _alike(text: str, publisher: str, random: Random) -> str:
    """Two words for others of their meaning, outside quotations."""
    pairs = list(_ALIKE)
    random.shuffle(pairs)
    left = 2
    for one, other in pairs:
        after = _outside(text, partial(_once, one, other))
        if after != text and left:
            text, left = after, left - 1
    return text


def _once(one: str, other: str, part: str) -> str:
    return re.sub(rf"\b{one}\b", other, part, count=1)


def _joined(text: str, publisher: str, random: Random) -> str:
    """Active for "said X": "..., X said" becomes "X said that ..."."""
    found = re.fullmatch(
        r"(?P<what>[A-Z][^“”\"]{30,}), (?P<who>(?:[A-Z][\w.’'-]+ ?){1,3})(?P<said>said|says)\.", text
    )
    if not found:
        return text
    return f"{found['who'].strip()} {found['said']} that {found['what'][0].lower()}{found['what'][1:]}."


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

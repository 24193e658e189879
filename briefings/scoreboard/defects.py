"""Plants one defect of a known kind in a sentence; each kind says None where a sentence gives it nothing to work on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from briefings.scoreboard.neighbours import Neighbours, named
from briefings.scoreboard.slips import SLIPS
from briefings.scoreboard.twists import TWISTS, outside_quotations
from briefings.verify.quotes import quotations

Defect = Callable[[str, Neighbours, Random], str | None]


def figure(text: str, near: Neighbours, random: Random) -> str | None:
    """Another number, of the same shape."""
    found = [
        m
        for m in re.finditer(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w-])", text)
        if not re.fullmatch(r"(?:19|20)\d\d", m[0])
    ]
    if not found:
        return None
    match = random.choice(found)
    digits = match[0]
    at = random.randrange(len(digits))
    while not digits[at].isdigit():
        at = random.randrange(len(digits))
    other = random.choice([d for d in "123456789" if d != digits[at]])
    return text[: match.start()] + digits[:at] + other + digits[at + 1 :] + text[match.end() :]


def scale(text: str, near: Neighbours, random: Random) -> str | None:
    """A million for a billion."""
    swap = {"million": "billion", "billion": "million", "trillion": "billion", "thousand": "million"}
    found = re.search(r"\b(million|billion|trillion|thousand)\b", text)
    return text[: found.start()] + swap[found[1]] + text[found.end() :] if found else None


def date(text: str, near: Neighbours, random: Random) -> str | None:
    """Another year, month or weekday."""
    months = "January February March April May June July August September October November December".split()  # noqa: SIM905
    days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905
    found = re.search(
        rf"\b(?:(?:19|20)\d\d|{'|'.join(m for m in months if m != 'May')}|{'|'.join(days)})\b", text
    )
    if not found:
        return None
    word = found[0]
    if word.isdigit():
        other = str(int(word) + random.choice((-2, -1, 1, 2)))
    else:
        other = random.choice([each for each in (months if word in months else days) if each != word])
    return text[: found.start()] + other + text[found.end() :]


def foreign_name(text: str, near: Neighbours, random: Random) -> str | None:
    """A name from another story."""
    return _renamed(text, [n for n in near.foreign_names if n not in near.article_names], random)


def near_name(text: str, near: Neighbours, random: Random) -> str | None:
    """A name of the same article that the sentence does not hold."""
    return _renamed(text, [n for n in near.article_names if n not in text], random)


def exchanged_names(text: str, near: Neighbours, random: Random) -> str | None:
    """Two names of the sentence in each other's place."""
    own = [n for n in named(text) if len(re.findall(rf"\b{re.escape(n)}\b", text)) == 1]
    # "Barack" and "Obama" stand side by side and are one.
    apart = [(a, b) for a in own for b in own if text.find(b) - text.find(a) - len(a) > 6]
    if not apart:
        return None
    one, other = random.choice(apart)
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def direction(text: str, near: Neighbours, random: Random) -> str | None:
    """The opposite of a word of direction: "fell" for "rose"."""
    flips = {"rose": "fell", "fell": "rose", "increased": "decreased", "decreased": "increased", "grew": "shrank",
             "more": "less", "less": "more", "higher": "lower", "lower": "higher", "rejected": "accepted",
             "accepted": "rejected", "approved": "rejected", "denied": "confirmed", "confirmed": "denied",
             "before": "after", "after": "before", "banned": "allowed", "allowed": "banned", "won": "lost",
             "lost": "won", "started": "stopped", "began": "ended", "removed": "added", "added": "removed",
             "bought": "sold", "sold": "bought", "up": "down", "down": "up", "larger": "smaller",
             "opposed": "supported", "supported": "opposed", "supports": "opposes", "opposes": "supports",
             "faster": "slower", "largest": "smallest", "increase": "decrease", "gained": "lost", "likely": "unlikely",
             "failed": "succeeded", "first": "last", "over": "under", "above": "below", "better": "worse",
             "refused": "agreed", "agreed": "refused", "launched": "cancelled", "raised": "cut"}  # fmt: skip
    own = outside_quotations(text)
    found = [m for m in re.finditer(r"\b[a-z]+\b(?!['’])", own) if m[0] in flips]
    if not found:
        return None
    match = random.choice(found)
    return text[: match.start()] + flips[match[0]] + text[match.end() :]


def negation(text: str, near: Neighbours, random: Random) -> str | None:
    """A "not" put in, or taken out."""
    own = outside_quotations(text)
    if found := re.search(r" not\b| never\b", own):
        return text[: found.start()] + text[found.end() :]
    if found := re.search(
        r"\b(is|are|was|were|has|have|had|will|would|could|can|may|should)\b(?! not)(?= [a-z])", own
    ):
        return f"{text[: found.end()]} not{text[found.end() :]}"
    return None


def quotation(text: str, near: Neighbours, random: Random) -> str | None:
    """A word of a quotation altered."""
    quotes = [q for q in quotations(text) if len(q.split()) >= 4]
    if not quotes:
        return None
    quote = random.choice(quotes)
    words = quote.split()
    at = random.randrange(1, len(words) - 1)
    words[at] = random.choice(["really", "never", "always", "surely", "simply"])
    return text.replace(quote, " ".join(words), 1)


def invented_quotation(text: str, near: Neighbours, random: Random) -> str | None:
    """The source's own indirect words put between quotation marks, with one of them altered."""
    if "“" in text or '"' in text:
        return None
    words = text.rstrip(".").split()
    if len(words) < 12:
        return None
    start = random.randrange(3, len(words) - 7)
    inside = [*words[start : start + 3], "truly", *words[start + 3 : start + 6]]
    return " ".join([*words[:start], f"“{' '.join(inside)}”", *words[start + 6 :]]) + "."


def version(text: str, near: Neighbours, random: Random) -> str | None:
    """Another version of a product."""
    found = re.search(r"\b([A-Z][A-Za-z]+[ -])(\d)(\.\d)?\b(?! (?:million|billion|percent))", text)
    if not found:
        return None
    other = str((int(found[2]) + random.choice((1, 2, 3))) % 10 or 1)
    return text[: found.start(2)] + other + text[found.end(2) :]


# What is told wrong word by word, and beside it what is put together wrongly from words that are all right.
PLAIN: dict[str, Defect] = {
    "figure": figure,
    "scale": scale,
    "date": date,
    "foreign name": foreign_name,
    "near name": near_name,
    "exchanged names": exchanged_names,
    "direction": direction,
    "negation": negation,
    "quotation": quotation,
    "invented quotation": invented_quotation,
    "version": version,
}
DEFECTS: dict[str, Defect] = {**PLAIN, **TWISTS, **SLIPS}


def _renamed(text: str, others: Sequence[str], random: Random) -> str | None:
    own = named(text)
    others = [n for n in others if n not in text]
    if not own or not others:
        return None
    return re.sub(rf"(?<!\w){re.escape(random.choice(own))}(?!\w)", random.choice(others), text)

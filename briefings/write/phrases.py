"""Finds the things a story keeps coming back to that have no name: "the phone records", "hate crime charges"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set

from briefings.terms import STOP
from briefings.write.lexicon import NOT_TOPICS

Run = tuple[str, ...]
NOUN = r"[a-z][a-z-]{2,}"
BEFORE = (
    r"the|a|an|of|for|to|on|about|with|its|their|his|her|and|over|against|from|by|into|through|in|under|some|more|new|"
    r"these|those|this"
)
AFTER = (
    r"(?=[,.;:”\")]|[’'](?!\w)| (?:of|for|to|on|about|with|and|over|against|from|by|into|that|which|who|in|under|at|"
    r"as|is|was|are|were|"
    r"has|have|had|will|would|could|can|or|after|before|between|during|than)\b)"
)
# A noun phrase as far as wording can tell: after a determiner or preposition, before a break, preposition or verb.
PHRASE = re.compile(
    rf"\b(?P<before>{BEFORE}) (?P<words>(?:[A-Z][\w-]+ )?{NOUN} {NOUN}|(?:[A-Z][\w-]+ ){{1,2}}{NOUN}|{NOUN}){AFTER}"
)
NOT_A_NOUN = re.compile(r"(?:ly|ing|ed|ous|ful|able|ible|ive|ic|al|ish|less|est|ern)$")
WORD = re.compile(r"[\w-]+|[^\w\s]")
LEAST = {1: 6, 2: 3, 3: 3}  # how often a phrase of so many words must come back
MOST = 12


def phrases_of(
    bodies: Sequence[str], least: Mapping[int, int] = LEAST, definite: int = 3, most: int = MOST
) -> dict[str, str]:
    """The phrases that come back, longer and more used first, each as a question would say it ("the phone records").

    `least`: how often by number of words; `definite`: how often behind "the" to be called so.
    """
    seen = {tuple(match["words"].split()) for body in bodies for match in PHRASE.finditer(body)}
    counts, behind_the = _counted(bodies, seen)
    often = [
        (run, counts[run]) for run in seen if counts[run] >= least.get(len(run), 9) and _is_noun_phrase(run)
    ]
    kept: dict[str, str] = {}
    for run, count in sorted(often, key=lambda each: (-each[1] * len(each[0]), " ".join(each[0]))):
        if said := _said(" ".join(run), behind_the[run], count, definite):
            kept[" ".join(run)] = said
    return dict(list(kept.items())[:most])


def _counted(bodies: Sequence[str], seen: Set[Run]) -> tuple[Counter[Run], Counter[Run]]:
    """How often each of these runs of one to three words is used, and how often behind "the"."""
    counts, definite = Counter[Run](), Counter[Run]()
    for body in bodies:
        words = WORD.findall(body)
        known = [at for at, word in enumerate(words, start=1) if word in ("the", "The")]
        for size in (1, 2, 3):
            counts.update(
                filter(seen.__contains__, zip(*(words[first:] for first in range(size)), strict=False))
            )
            definite.update(tuple(words[at : at + size]) for at in known if at + size <= len(words))
    return counts, definite


def _is_noun_phrase(run: Run) -> bool:
    *modifiers, head = run
    if head in STOP or head in NOT_TOPICS or NOT_A_NOUN.search(head):
        return False
    return not any(word in STOP or word in NOT_TOPICS or word.endswith(("ly", "ing")) for word in modifiers)


def _said(words: str, definite: int, count: int, least: int) -> str:
    plural = words.endswith("s") and not words.endswith("ss")
    if definite >= least and definite * 3 >= count:
        return f"the {words}"
    return words if plural and " " in words else ""

"""The rule of reported claims: what a source has somebody hold, doubts or makes depend on more is not told as so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from briefings.verify.outlets import FRAME
from briefings.verify.places import lowered, words
from briefings.verify.spelling import listed, words_in

_VERBS = (
    "argue claim believe think warn predict suspect suggest estimate allege contend insist maintain speculate assume "
    "fear accuse complain hope forecast expect guess worry propose suppose doubt"
)


def _forms(verb: str) -> Iterator[str]:
    """A verb's forms, as far as they are regular."""
    bare = verb.removesuffix("e")
    yield from (verb, f"{verb}s", f"{bare}ed", f"{bare}ing")
    if verb.endswith("y"):
        yield from (f"{verb[:-1]}ies", f"{verb[:-1]}ied")


_HOLDING = frozenset(form for verb in _VERBS.split() for form in _forms(verb)) | {"thought"}
DOUBTING = listed("""
    alleged allegedly reportedly supposed supposedly apparent apparently probably perhaps possible possibly presumably
    potential potentially suspected purported purportedly seem seems seemed appear appears appeared likely maybe
    unconfirmed
    rumoured rumored
    """)
_HELD = re.compile(rf"\b(?:{'|'.join(sorted(_HOLDING))})\b(?P<what>[^.;!?]*)", re.IGNORECASE)
_DOUBTED = re.compile(rf"\b(?:{'|'.join(sorted(DOUBTING))})\b(?: to\b)?", re.IGNORECASE)
_IF = re.compile(
    r"(?<!\bas )(?<!\beven )\b(?:if|unless|provided that|(?<!for )as long as(?! \d)|only when"
    r"|except(?: for| that| when)?)\b(?P<what>[^.;!?,]*)",
    re.IGNORECASE,
)
# In other words a condition.
_CONDITION = re.compile(
    r"(?:if|unless|when|whenever|until|only|depend\w*|without|but|condition\w*|whether|provided|once|should|requir\w*)$"
)
_CONDITIONAL = frozenset(["if", "unless", "provided", "long", "only", "except"])
# Whoever says one of these tells whose word it is.
_SAID = re.compile(
    r"\b(?:says?|said|saying|tells?|told|according|account|reports?|reported|reporting|stat(?:e[sd]|ing|ement)|call(?:s|ed|ing)?"
    r"|writ(?:es?|ing|ten)|wrote|add(?:s|ed)|not(?:es|ed)|announc\w+|describ\w+|argument|view|opinion|criti\w+|concern\w*"
    r"|analysts?|experts?|explain\w*|tweet\w*|conclu\w+|findings?|found|allegations?|accusations?|charges?|charged)\b",
    re.IGNORECASE,
)
# Content words that make what is held a statement's subject, and how much of the statement they are.
LEAST, SHARE = 3, 0.5
GOVERNED = 3  # content words beside a condition: what it is put on


def told_as_so(text: str, best: str) -> Iterator[str]:
    """What `best`, the source's sentence that the statement matches, does not tell as so and the statement does."""
    own, said = FRAME.sub(" ", text), words_in(best)
    if not said.isdisjoint(_HOLDING):
        yield from _opinions(own, best)
    if not said.isdisjoint(DOUBTING):
        yield from _doubts(own, best)
    if not said.isdisjoint(_CONDITIONAL):
        yield from _conditions(own, best)


def tells_who(text: str) -> bool:
    """Whether `text` says whose word it is."""
    return _SAID.search(text) is not None or _HELD.search(text) is not None


def _opinions(text: str, best: str) -> Iterator[str]:
    said = _content(text)
    for held in _HELD.finditer(best):
        shared = said & _content(held["what"])
        if len(shared) < LEAST or len(shared) < SHARE * len(said):
            continue
        if not any(_attributed(text, held["what"])):
            yield f"what somebody {held[0].split()[0]}"
            return


def _attributed(text: str, within: str) -> Iterator[bool]:
    """For each word of saying, holding or doubting in `text` whether it is none of the claim's own."""
    for pattern in (_SAID, _HELD, _DOUBTED):
        for match in pattern.finditer(text):
            yield re.search(rf"\b{re.escape(match[0].split()[0])}\b", within) is None


def _doubts(text: str, best: str) -> Iterator[str]:
    if _DOUBTED.search(text):
        return
    said = [word.stem for word in words(text) if word.content]
    for doubted in _DOUBTED.finditer(best):
        behind = [word.stem for word in words(best[doubted.end() : doubted.end() + 60]) if word.content][:2]
        together = len(behind) == 2 and behind in [list(pair) for pair in pairwise(said)]
        if together and not any(_attributed(text, best)):
            yield f"what is {doubted[0]}"
            return


def _conditions(text: str, best: str) -> Iterator[str]:
    """The conditions of `best` that `text` leaves out though it tells what they are put on."""
    known, said = lowered(best), _content(text)
    if any(word.lower not in known and _CONDITION.match(word.lower) for word in words(text)):
        return  # it is put in other words
    spelled = " ".join(word.lower for word in words(text))
    conditions = list(_IF.finditer(best))
    if len(_IF.findall(text)) >= len(conditions):
        return
    for condition in conditions:
        within = _content(condition["what"])
        phrase = " ".join(word.lower for word in words(condition["what"]))
        dropped = phrase not in spelled and 2 * len(within & said) <= len(within)
        before, behind = best[: condition.start()].rstrip(), best[condition.end() :]
        opens = not before or before[-1] in ",;:—–.“"
        governed = _in_order(behind)[:GOVERNED] if opens else _in_order(before)[-GOVERNED:]
        if dropped and governed and 3 * len(said.intersection(governed)) >= 2 * len(governed):
            yield f"what holds {condition[0].split()[0]} something else does"
            return


def _in_order(text: str) -> list[str]:
    return [word.stem for word in words(text) if word.content]


@lru_cache(maxsize=1024)
def _content(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in words(text) if word.content)

"""The rule of altered places: between words that a statement has from its source, nothing is put that says more.

A statement that follows one sentence of its source closely is laid beside it word by word, and what differs is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from briefings.verify import charged, modality, number_words, reported
from briefings.verify.outlets import FRAME
from briefings.verify.places import Word, lowered, words
from briefings.verify.spelling import listed
from briefings.verify.units import CURRENCIES, SCALES, UNITS

ENOUGH = 0.6  # of a statement's words that its source's sentence has too, for the two to be laid side by side
WHOLE = 0.8  # or of the source's sentence, which then is in the statement
TAIL = 3  # words behind the source's last that add something to it
SHORT = 4  # words that stand in another's place; what is longer is told anew, and other rules look at it
SPEAKER = 9  # words that say who says it

CLAUSE = 3  # content words that tell which clause a connective has behind it
_LINKING = listed("before after because until than")
_HE, _SHE = listed("he him his himself"), listed("she her hers herself")
_SAYING = listed("said says saying stated states told tells according account added adds wrote writes")
_TELLING = _SAYING | {"outlet", "reports", "reported"}
_OF_THEMSELVES = listed("it they we he she i its their our his her")
# What is left out of these makes an office another's, or some of them all.
_NARROWING = listed("""
    vice deputy co assistant associate acting interim former ex alleged suspected nearly almost partly partially
    sometimes some many most several few potential possible proposed planned would
    """)
MEASURES = frozenset((*CURRENCIES, *UNITS, *SCALES))  # "$5" and "5 dollars" are one
_ORDINALS = listed("second third fourth fifth sixth seventh eighth ninth tenth")


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands in each of two sentences between words in common; `before` and `next` are these, if there are any."""

    said: Sequence[Word]
    source: Sequence[Word]
    before: str
    next: str

    @property
    def inside(self) -> bool:
        return bool(self.before and self.next)


def altered(text: str, best: str, around: str) -> Iterator[str]:
    """What `text` says where `best`, the sentence it follows closely, says something weaker, else or nothing.

    `around` is all that it may take its words from.
    """
    own, theirs = words(FRAME.sub("", text)), words(best)
    held = lowered(best)
    both = sum(word.lower in held for word in own)
    if not own or (both < ENOUGH * len(own) and both < WHOLE * len(theirs)):
        return
    gaps = list(_gaps(own, theirs))
    outside = lowered(charged.QUOTED.sub(" ", text))
    left = set().union(*(charged.held(gap.source) for gap in gaps))
    for gap in gaps:
        if gap.inside and len(gap.said) <= SHORT:
            yield from _surer(gap)
            yield from _charged(gap, left, outside)
        yield from _narrowed(gap)
        yield from _of_other_sex(gap)
    yield from _added(gaps, around)
    yield from _dropped(gaps, own, framed=len(own) < len(words(text)))
    yield from _crossed(gaps)
    yield from _turned(own, theirs)


def _gaps(own: Sequence[Word], theirs: Sequence[Word]) -> Iterator[_Gap]:
    here, there = [word.lower for word in own], [word.lower for word in theirs]
    for kind, a, b, c, d in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if kind != "equal":
            yield _Gap(own[a:b], theirs[c:d], here[a - 1] if a else "", here[b] if b < len(here) else "")


def _surer(gap: _Gap) -> Iterator[str]:
    """How sure or how far something is."""
    if len(gap.source) > SHORT:
        return
    here, there = (
        modality.told([*(word.lower for word in side), gap.next] if side else [])
        for side in (gap.said, gap.source)
    )
    if not modality.agree(here, there):
        yield f"{_spelled(gap.source)!r}, told {here}"


def _charged(gap: _Gap, left: set[str], outside: frozenset[str]) -> Iterator[str]:
    """Charged words that nothing left of the source gives a ground for."""
    for word in gap.said:
        needed = charged.NEEDS.get(word.lower) if word.lower in outside else None
        if needed and needed.isdisjoint(left):
            yield f"{word.text!r}"


def _of_other_sex(gap: _Gap) -> Iterator[str]:
    here, there = ({word.lower for word in side} for side in (gap.said, gap.source))
    for one, other in ((_HE, _SHE), (_SHE, _HE)):
        if here & one and there & other and not here & other:
            yield f"{min(here & one)!r}"


def _narrowed(gap: _Gap) -> Iterator[str]:
    """A word left out that narrows what stands behind it."""
    if gap.said or not gap.next or len(gap.source) > 2:
        return
    for word in gap.source:
        superlative = gap.next.endswith("est") or gap.next in ("most", "first")
        if word.lower in _NARROWING or (word.lower in _ORDINALS and superlative):
            yield f"{gap.next!r} without {word.text!r}"


def _added(gaps: Sequence[_Gap], around: str) -> Iterator[str]:
    """What is put in between the source's words or behind them, and stands nowhere."""
    known = {word.stem for word in words(around)}
    for gap in gaps:
        content = [
            word for word in gap.said if word.content and not word.capital and word.lower not in MEASURES
        ]
        new = [word for word in content if word.stem not in known and not judged_elsewhere(word.lower)]
        if not gap.before or not new:
            continue
        if not gap.next:
            added = _is_tail(gap, len(content), len(new))
        elif gap.source:
            added = len(gap.said) > len(gap.source) and any(word.lower.endswith("ly") for word in new)
        else:
            added = 2 * len(new) >= len(content)
        if added:
            yield f"{_spelled(gap.said)!r}"


def judged_elsewhere(word: str) -> bool:
    """Whether it is a figure, or tells who says it."""
    return word[0].isdigit() or word in number_words.WORDS or word in _TELLING


def _is_tail(gap: _Gap, content: int, new: int) -> bool:
    """Whether an ending adds something; one that stands for the source's own may be that one in other words."""
    if len(gap.said) < TAIL or not _SAYING.isdisjoint(word.lower for word in gap.said[1:]):
        return False
    if gap.said[0].lower in _SAYING:
        return new == content - 1
    return new > 1 and new == content if gap.source else 2 * new >= content


def _dropped(gaps: Sequence[_Gap], own: Sequence[Word], framed: bool) -> Iterator[str]:
    """A doubt, or who says it, that stands nowhere any more; `framed`: the statement is told as the outlet's."""
    said = {word.lower for word in own}
    retold = framed or any(reported.tells_who(_spelled(gap.said)) for gap in gaps)
    for gap in gaps:
        source = [word.lower for word in gap.source]
        doubts = [word for word in source if word in reported.DOUBTING]
        if doubts and len(source) <= SHORT and said.isdisjoint(reported.DOUBTING):
            yield f"what is {doubts[0]}, told as so"
        if len(source) <= SPEAKER and not retold and _speaks(source):
            yield f"what is said by somebody ({_spelled(gap.source)!r}), told as so"


def _speaks(source: Sequence[str]) -> bool:
    """Whether it holds who says something, of others than themselves."""
    at = next((at for at, word in enumerate(source) if word in _SAYING), None)
    if at is None or not (at or source[0] == "according"):
        return False
    return _OF_THEMSELVES.isdisjoint(source[at:])


def _crossed(gaps: Sequence[_Gap]) -> Iterator[str]:
    """Two words in each other's place."""
    single = [gap for gap in gaps if gap.said and gap.source]
    for one, other in combinations(single, 2):
        if one.next in ("and", "or") and other.before == one.next:
            continue
        here, there = _stems(one.said), _stems(other.said)
        if here and there and here <= _stems(other.source) and there <= _stems(one.source) and here != there:
            yield f"{_spelled(one.said)!r} and {_spelled(other.said)!r} the other way round"


def _turned(own: Sequence[Word], theirs: Sequence[Word]) -> Iterator[str]:
    """What stands behind an "after" or a "than" that stood before it."""
    here, there = ([word.lower for word in among] for among in (own, theirs))
    for link in _LINKING.intersection(here):
        if here.count(link) != 1 or there.count(link) != 1:
            continue
        at, other = here.index(link), there.index(link)
        behind = [word.stem for word in own[at + 1 :] if word.content][:CLAUSE]
        stays, turns = _stems(theirs[other + 1 :]), _stems(theirs[:other])
        moved = [stem for stem in behind if stem in turns and stem not in stays]
        kept = [stem for stem in behind if stem in stays]
        if len(moved) > len(kept) and 2 * len(moved) > len(behind):
            yield f"what stands behind {link!r}"


def _stems(among: Sequence[Word]) -> set[str]:
    return {word.stem for word in among if word.content}


def _spelled(among: Sequence[Word]) -> str:
    return " ".join(word.text for word in among)

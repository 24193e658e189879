"""The rule of altered places: between words that a statement has from its source, nothing is put that says more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from briefings.verify import charged, modality, reported
from briefings.verify.outlets import FRAME
from briefings.verify.places import Word, lowered, words

ENOUGH = 0.7  # of a statement's words that its source's sentence has too, for the two to be laid side by side
SHORT = 4  # words that stand in another's place; what is longer is told anew, and other rules look at it


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands in each of two sentences between words in common; `next` is the common word behind, if both are."""

    said: Sequence[Word]
    source: Sequence[Word]
    next: str

    @property
    def inside(self) -> bool:
        return bool(self.next)


def altered(text: str, best: str) -> Iterator[str]:
    """What `text` says where `best`, the sentence it follows closely, says something weaker or else."""
    own, theirs = words(FRAME.sub("", text)), words(best)
    held = lowered(best)
    if not own or sum(word.lower in held for word in own) < ENOUGH * len(own):
        return
    gaps, outside = list(_gaps(own, theirs)), lowered(charged.QUOTED.sub(" ", text))
    left = {word.lower for gap in gaps for word in gap.source}
    for gap in gaps:
        if not gap.inside or len(gap.said) > SHORT:
            continue
        if len(gap.source) <= SHORT:
            yield from _surer(gap)
        for word in gap.said:
            needed = charged.NEEDS.get(word.lower) if word.lower in outside else None
            if needed and needed.isdisjoint(left):
                yield f"{word.text!r}"
    yield from _dropped(gaps, own)


def _gaps(own: Sequence[Word], theirs: Sequence[Word]) -> Iterator[_Gap]:
    here, there = [word.lower for word in own], [word.lower for word in theirs]
    for kind, a, b, c, d in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if kind != "equal":
            yield _Gap(own[a:b], theirs[c:d], here[b] if a and b < len(here) else "")


def _surer(gap: _Gap) -> Iterator[str]:
    here, there = (
        modality.told([*(word.lower for word in side), gap.next] if side else [])
        for side in (gap.said, gap.source)
    )
    if not modality.agree(here, there):
        yield f"{' '.join(word.text for word in gap.source)!r}, told {here}"


def _dropped(gaps: Sequence[_Gap], own: Sequence[Word]) -> Iterator[str]:
    """Doubts that stand nowhere any more."""
    said = {word.lower for word in own}
    if not said.isdisjoint(reported.DOUBTING):
        return
    for gap in gaps:
        doubts = [word.lower for word in gap.source if word.lower in reported.DOUBTING]
        if doubts and len(gap.source) <= SHORT:
            yield f"what is {doubts[0]}, told as so"

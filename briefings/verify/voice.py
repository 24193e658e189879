"""The rule of voice: whom something was done to is not told as who did it, also where the other side is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from briefings.verify.modality import verb_stem
from briefings.verify.places import lowered, words
from briefings.verify.spelling import listed

_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "got", "gets", "get"])
_BETWEEN = listed(
    "not as well also then never even since later now just being been already reportedly allegedly"
)
_NO_VERB = frozenset(
    ["a", "an", "the", "its", "his", "her", "their", "our", "of", "in", "for", "this", "that", "these"]
)


@dataclass(frozen=True, slots=True)
class _Told:
    """Stems of the names and nouns right before a verb, and whether it stands in the passive."""

    before: frozenset[str]
    passive: bool


def turned(text: str, stated: str) -> Iterator[str]:
    """The verbs that `text` tells of the same one as `stated`, but the other way round."""
    if _BE.isdisjoint(lowered(text)) and _BE.isdisjoint(lowered(stated)):
        return  # nothing is in the passive
    own, theirs = _told(text), _told(stated)
    for verb in sorted(own.keys() & theirs.keys()):
        for here in own[verb]:
            same = [there for there in theirs[verb] if here.before & there.before]
            if same and all(there.passive != here.passive for there in same):
                yield f"{verb}, {'done to' if here.passive else 'done by'} {min(here.before)}"


@lru_cache(maxsize=1024)
def _told(text: str) -> Mapping[str, tuple[_Told, ...]]:
    among = words(text)
    found: dict[str, tuple[_Told, ...]] = {}
    for at, word in enumerate(among):
        # A participle and a past tense look the same; only the words before them tell which it is.
        if not word.lower.endswith("ed") and verb_stem(word.lower) == word.stem:
            continue
        here = at - 1
        while here >= 0 and among[here].lower in _BETWEEN:
            here -= 1
        if here < 0 or among[here].lower in _NO_VERB:
            continue
        passive = among[here].lower in _BE or among[at - 1].lower in _BE
        before = [each.stem for each in among[max(0, here - 4) : here + 1] if each.content][-2:]
        if before:
            verb = verb_stem(word.lower)
            found[verb] = (*found.get(verb, ()), _Told(frozenset(before), passive))
    return found

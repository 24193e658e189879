"""How near a story is to what a reader cares about, by its words alone; pure.

A role's or industry's text looks for some concerns (`briefings.write.concerns`), and a story's headline and opening
show some. Vectors of hashed words cannot do this: of two short texts with nothing in common they say much the same as
of two that share their one telling word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from briefings.write.concerns import CONCERNS, Concern
from ingest import terms
from users import taxonomy

# How much of a concern a story shows: by several words, one of them in its headline; by several of its opening; by one.
TITLE, SEVERAL, HEADWORD, ONE = 1.0, 0.7, 0.5, 0.25
NAMED = SEVERAL  # what is shown this plainly may be given as a reason
LABELS = 2
_WISH = re.compile(r"[,;:\n]|\.(?=\s|$)|\band\b|\bor\b", re.IGNORECASE)  # not within "GPT-4.5"
_ROUGHLY = 0.5  # of the nearness, where only some of an interest's words are there


def to_text(text: str, title: str, opening: str) -> tuple[float, tuple[str, ...]]:
    """0 to 1, how near the story is to what a text on a role or industry looks for, and the concerns that say so."""
    sought, seen = sought_by(text), shown(title, opening)
    share = {said: sought[said] * seen[said] for said in sought.keys() & seen.keys()}
    best = sorted((said for said in share if seen[said] >= NAMED), key=lambda said: (-share[said], said))
    return 1 - math.prod(1 - part for part in share.values()), tuple(best[:LABELS])


def to_interests(text: str, title: str, opening: str) -> tuple[float, tuple[str, ...]]:
    """0 to 1, how near the story is to interests as a reader wrote them, and those of them that it speaks of."""
    near = {wish: _shares(stems, title, opening) for wish, stems in _wishes(text)}
    best = sorted((wish for wish in near if near[wish] >= NAMED), key=lambda wish: (-near[wish], wish))
    # "chips" is also what is said of those who make them.
    related, _ = to_text(text, title, opening)
    return max([related / 2, *near.values()]), tuple(best[:LABELS])


@lru_cache(maxsize=2000)
def _wishes(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    wishes = (" ".join(part.split()) for part in _WISH.split(text))
    told = ((wish, _telling(wish)) for wish in wishes)
    return tuple((wish, stems) for wish, stems in told if any(map(_has_letter, stems)))


def _has_letter(stem: str) -> bool:
    return not stem.replace(".", "").replace(",", "").isdigit()


def speaks_of(words: str, title: str, opening: str) -> float:
    """0 to 1, how plainly the story speaks of something by these words; 0 where none of them tells anything."""
    stems = _telling(words)
    return _shares(stems, title, opening) if stems else 0.0


@lru_cache(maxsize=4000)
def _telling(words: str) -> frozenset[str]:
    return frozenset(filter(terms.weight, terms.words(words)))


def _shares(stems: frozenset[str], title: str, opening: str) -> float:
    heading, rest = _stems(title), _stems(opening)
    found = [TITLE if stem in heading else SEVERAL if stem in rest else 0.0 for stem in stems]
    return sum(found) / len(found) * (1.0 if all(found) else _ROUGHLY)


@lru_cache(maxsize=4000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(terms.words(text))


@lru_cache(maxsize=2000)
def sought_by(text: str) -> Mapping[str, float]:
    """The concerns that the text on a reader marks, each with its worth, 0 to 1: what few look for tells most."""
    return MappingProxyType({one.said: _worth(one) for one in CONCERNS if one.cares.search(text)})


@lru_cache(maxsize=len(CONCERNS))
def _worth(concern: Concern) -> float:
    readers = [f"{one.title}. {one.cares}" for one in taxonomy.roles().values()]
    readers += [f"{one.title}. {one.cares}" for one in taxonomy.industries().values()]
    seeking = sum(bool(concern.cares.search(text)) for text in readers)
    return 1 - math.log1p(seeking) / math.log1p(len(readers))


@lru_cache(maxsize=4000)
def shown(title: str, opening: str) -> Mapping[str, float]:
    """The concerns that a story shows, each with how plainly, 0 to 1."""
    plainly = {one.said: _plainly(one, title, opening) for one in CONCERNS}
    return MappingProxyType({said: how for said, how in plainly.items() if how})


def _plainly(concern: Concern, title: str, opening: str) -> float:
    heading, rest = concern.words(title), concern.words(opening)
    several = len(heading | rest) > 1
    if heading:
        return TITLE if several else HEADWORD
    return SEVERAL if several else ONE if rest else 0.0

"""The rule of support: most of what a statement says is said in the passages it cites."""

from __future__ import annotations

from collections.abc import Iterable

from briefings.terms import terms
from briefings.verify.evidence import content, said

# The share of a statement's content words that its passages must hold, and how many may be missing in any case;
# measured with `evaluate verifier`.
ENOUGH, MAY_MISS = 0.6, 2
# Says who speaks or how sure one is, not what is so.
_FRAME = frozenset(
    terms(
        "say tell report announce state statement describe explain note argue claim warn suggest reveal confirm "
        "plan want expect company firm people story article outlet publisher source percent million billion trillion "
        "dollar number"
    )
)


def unsupported_words(text: str, grounds: Iterable[str]) -> tuple[str, ...]:
    """The content words of `text` that stand in none of `grounds`; empty when they are few enough to be rewording."""
    wanted = {word for word in content(text) if not word[0].isdigit()} - _FRAME
    held: set[str] = set()
    for ground in grounds:
        held |= said(ground)
    missing = wanted - held
    may_miss = max(min(MAY_MISS, len(wanted) // 2), (1 - ENOUGH) * len(wanted))
    return () if len(missing) <= may_miss else tuple(sorted(missing))

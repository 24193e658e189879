"""The rule of support: most of what a statement says is said in the passages it cites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from briefings.terms import terms
from briefings.verify.altered import MEASURES, judged_elsewhere
from briefings.verify.evidence import content, said
from briefings.verify.outlets import FRAME
from briefings.verify.places import Word, words
from briefings.verify.spelling import listed

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
# What a statement hangs on its end by one of these is a claim of its own, however much of the rest is said.
_HANGS = listed("""
    after against alongside amid amidst among as at because before behind beside besides between beyond by despite
    during following for from given in into on over since through throughout to toward towards under upon via with
    within without
    """)
# "By the account of police" tells who says it, which other rules look after; "a number of users" is about users.
_EMPTY = frozenset(terms("account word view opinion number variety host range series handful group"))
_ARTICLES = listed("the a an its their his her our this that these those")
ENDING, OWN = 9, 2  # words that an ending has at most, and content words that it has at least
QUOTES = "”’\"'"


def unsupported_words(text: str, grounds: Iterable[str]) -> tuple[str, ...]:
    """The content words of `text` that stand in none of `grounds`; empty when they are few enough to be rewording."""
    wanted = {word for word in content(text) if not word[0].isdigit()} - _FRAME
    held: set[str] = set()
    for ground in grounds:
        held |= said(ground)
    missing = wanted - held
    may_miss = max(min(MAY_MISS, len(wanted) // 2), (1 - ENOUGH) * len(wanted))
    return () if len(missing) <= may_miss else tuple(sorted(missing))


def made_up_ending(text: str, grounds: Iterable[str]) -> str:
    """The ending of which `grounds` do not know what it is about; empty when there is none.

    What it is about is its first content word: "amid pressure from regulators" is about pressure. Another word for it
    may stand there in the source.
    """
    own = words(FRAME.sub("", text))
    starts = [at for at in range(max(1, len(own) - ENDING), len(own) - OWN) if own[at].lower in _HANGS]
    if not starts or text.rstrip(".!? ")[-1:] in QUOTES:
        return ""
    theirs = [words(ground) for ground in grounds]
    held = {word.stem for each in theirs for word in each}
    for at in starts:
        about = next((place for place in range(at + 1, len(own)) if own[place].content), len(own))
        if (
            sum(word.content for word in own[about:]) >= OWN
            and own[about].stem not in held
            and not (own[about].capital or own[about].lower in MEASURES or judged_elsewhere(own[about].lower))
            and own[about].stem not in _EMPTY
            and (own[at].lower != "to" or own[at + 1].lower in _ARTICLES)
            and not any(_in_other_words(own[at : about + 2], about - at, each) for each in theirs)
        ):
            return " ".join(word.text for word in own[at:])
    return ""


def _in_other_words(said: Sequence[Word], about: int, theirs: Sequence[Word]) -> bool:
    """Whether the same words stand in the source with another one in the place of the word at `about`."""
    wanted = [word.lower for word in said]
    return any(
        all(theirs[start + at].lower == word for at, word in enumerate(wanted) if at != about)
        for start in range(len(theirs) - len(wanted) + 1)
    )

"""Whether two questions about one brief ask the same, so that the answer to one may serve for the other; pure.

Nearness alone cannot say: "Why did it raise the price?" is as near as can be to "Why did it cut the price?". So what
would make another answer of it (a figure, a name, a negation, a direction, who does what to whom) is compared word by
word, and nearness only decides about how the rest is put.
"""

from __future__ import annotations

from collections.abc import Collection

from briefings.converse.question import Question, content
from briefings.verify.direction import reversed_words
from briefings.verify.figure import Key
from briefings.verify.names import names
from briefings.verify.numbers import read as figures

CLOSE = 0.95  # cosine of an embedding model from which one word may differ


def asks_the_same(one: Question, other: Question, closeness: float, story: Collection[str]) -> bool:
    """Whether they do. `closeness` is the cosine of their vectors, 0 where no model made any.

    `story` has the content words of what the sources say: two words that both occur there are two things.
    """
    if one.text.casefold().strip(" ?!.") == other.text.casefold().strip(" ?!."):
        return True
    alike = (one.kind, one.marks, _figures(one)) == (other.kind, other.marks, _figures(other))
    if not alike or not one.terms or not other.terms or _turned(one, other):
        return False
    if one.ordered or other.ordered:
        return one.terms == other.terms
    return _in_other_words(one, other, closeness, story) and _order(one, story) == _order(other, story)


def _in_other_words(one: Question, other: Question, closeness: float, story: Collection[str]) -> bool:
    ours, theirs = set(one.terms) - set(other.terms), set(other.terms) - set(one.terms)
    if not ours and not theirs:
        return True
    few = len(ours) <= 1 and len(theirs) <= 1 and len(set(one.terms) & set(other.terms)) >= 1
    return (
        few and closeness >= CLOSE and not any(word in story or word[0].isdigit() for word in ours | theirs)
    )


def _order(question: Question, story: Collection[str]) -> tuple[str, ...]:
    """What of the story it names, in its order: who sued whom. Cost, date and the like may stand anywhere."""
    return tuple(word for word in question.terms if word in story and word in _capitals(question))


def _capitals(question: Question) -> set[str]:
    return set().union(*(content(name) for name in names(question.text)))


def _figures(question: Question) -> frozenset[Key]:
    return frozenset(key for figure in figures(question.text) for key in figure.keys)


def _turned(one: Question, other: Question) -> bool:
    return any(reversed_words(one.text, other.text)) or any(reversed_words(other.text, one.text))

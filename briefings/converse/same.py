"""Whether two questions about one brief ask the same, so that the answer to one may serve for the other; pure.

Nearness of vectors cannot say: "Why did it raise the price?" is as near as can be to "Why did it cut the price?". So
the words decide: in one form each, synonyms taken together, and whatever would make another answer of it (a figure, a
name, a negation, a direction, who does what to whom) has to be the same. `bench/followups.py` counts how often that
errs.
"""

from __future__ import annotations

from briefings.converse.question import Kind, Question
from briefings.verify.direction import reversed_words
from briefings.verify.figure import Key
from briefings.verify.numbers import read as figures

COST = "cost"


def ask_the_same(one: Question, other: Question) -> bool:
    """Whether they do, as far as words can tell; in doubt they do not."""
    if _folded(one) == _folded(other):
        return True
    if _frame(one) != _frame(other) or not one.words or _turned(one, other):
        return False
    if _asks_the_price(one) and _asks_the_price(other):  # "what does it cost", "what is the price of it"
        return _of_what(one) == _of_what(other)
    return one.done_to == other.done_to and one.words == other.words


def _folded(question: Question) -> str:
    return question.text.casefold().strip(" ?!.")


def _frame(question: Question) -> tuple[object, ...]:
    return question.kind, question.negated, question.tense, _figures(question)


def _asks_the_price(question: Question) -> bool:
    return question.kind is Kind.AMOUNT and COST in question.words


def _of_what(question: Question) -> tuple[str, ...]:
    """In its order: what something costs somebody is not what somebody costs."""
    return tuple(word for word in question.words if word != COST)


def _figures(question: Question) -> frozenset[Key]:
    return frozenset(key for figure in figures(question.text) for key in figure.keys)


def _turned(one: Question, other: Question) -> bool:
    return any(reversed_words(one.text, other.text)) or any(reversed_words(other.text, one.text))

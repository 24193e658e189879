"""Holds a sentence against its cited passages once more, and says in words what was compared; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from briefings.schemas import Material, Sentence
from briefings.verify import check_sentence
from briefings.verify.names import names
from briefings.verify.numbers import figures
from briefings.verify.quotes import quotations

GONE = "A text that it cites is stored no longer, so that nothing could be compared with it."


@dataclass(frozen=True, slots=True)
class Checked:
    """`found` says what was compared, or where the sentence does not stand, what is wrong with it."""

    stands: bool
    found: tuple[str, ...]


def recheck(sentence: Sentence, material: Material) -> Checked:
    """Whether the sentence passes every rule of the verifier by these texts.

    One whose text is not there any more keeps standing: nobody knows that it is wrong.
    """
    there = {article.article for article in material.articles}
    if any(citation.article not in there for citation in sentence.citations):
        return Checked(True, (GONE,))
    wrong = check_sentence(sentence, material)
    if wrong:
        return Checked(False, tuple(dict.fromkeys(_wrong(one.detail) for one in wrong)))
    return Checked(True, tuple(_compared(sentence)))


def _wrong(detail: str) -> str:
    return f"{detail[:1].upper()}{detail[1:]}."


def _compared(sentence: Sentence) -> Iterator[str]:
    text = sentence.text
    if any(text == citation.quote for citation in sentence.citations):
        yield "It is its source’s own sentence, word for word."
        return
    counts = (
        (
            len(figures(text)),
            "1 figure, date or version: found in the cited passage.",
            "{} figures, dates and versions: found in the cited passage.",
        ),
        (len(quotations(text)), "1 quotation: there word for word.", "{} quotations: there word for word."),
        (len(set(names(text))), "1 name: there, and in its place.", "{} names: there, and in their places."),
    )
    yield from (one if count == 1 else many.format(count) for count, one, many in counts if count)
    yield "Who does what, which way it goes, when, and how sure that is: as the passage has it."
    yield "Its other words: the passage says as much."

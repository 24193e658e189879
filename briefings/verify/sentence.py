"""All rules for one sentence of a brief."""

from __future__ import annotations

from collections.abc import Iterator

from briefings.schemas import Material, Sentence
from briefings.verify import citations, plain, quotes
from briefings.verify.failures import Failure
from briefings.verify.numbers import unsupported


def check_sentence(sentence: Sentence, material: Material, where: str = "sentence") -> tuple[Failure, ...]:
    """Every rule the sentence breaks; empty when it may be published."""
    return tuple(_check(sentence, material, where))


def check_words(text: str, grounds: tuple[str, ...], where: str) -> Iterator[Failure]:
    """Plain text whose figures and quotations stand in `grounds`: a question, a topic, what a sentence says."""
    verbatim = text in grounds
    if wrong := plain.problem(text, verbatim):
        yield Failure(where, text, "plain", wrong)
    if verbatim:
        return
    for quote in quotes.missing(text, grounds):
        yield Failure(where, text, "quotation", f"{quote!r} is not in the cited passage")
    for figure in unsupported(text, grounds):
        yield Failure(where, text, "figure", f"{figure.raw!r} is not in the cited passage")


def _check(sentence: Sentence, material: Material, where: str) -> Iterator[Failure]:
    if sentence.opinion:
        yield Failure(where, sentence.text, "opinion", "only a lens may reason without a source")
    if not sentence.citations:
        yield Failure(where, sentence.text, "citation", "no citation")
    broken = [wrong for citation in sentence.citations if (wrong := citations.broken(citation, material))]
    for wrong in broken:
        yield Failure(where, sentence.text, "citation", wrong)
    # Without a sound citation there is no ground to judge by, and a source's own words need none but themselves.
    if (
        broken
        or not sentence.citations
        or any(sentence.text == citation.quote for citation in sentence.citations)
    ):
        grounds: tuple[str, ...] = (sentence.text,)
    else:
        grounds = tuple(
            dict.fromkeys(citations.passage(citation, material) for citation in sentence.citations)
        )
    yield from check_words(sentence.text, grounds, where)

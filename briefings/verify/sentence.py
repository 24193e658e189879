"""All rules for one sentence of a brief."""

from __future__ import annotations

from collections.abc import Iterator

from briefings.schemas import Material, Sentence
from briefings.verify import citations, direction, names, outlets, plain, quotes, roles, speakers, support
from briefings.verify.evidence import evidence
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
    broken = [why for citation in sentence.citations if (why := citations.broken(citation, material))]
    for why in broken:
        yield Failure(where, sentence.text, "citation", why)
    # Without a sound citation there is no ground to judge by, and a source's own words need none but themselves.
    if (
        broken
        or not sentence.citations
        or any(sentence.text == citation.quote for citation in sentence.citations)
    ):
        yield from check_words(sentence.text, (sentence.text,), where)
        return
    grounds = tuple(dict.fromkeys(citations.passage(citation, material) for citation in sentence.citations))
    cited = [material.article(citation.article) for citation in sentence.citations]
    text = outlets.left_out(sentence.text, dict.fromkeys(article.publisher for article in cited), grounds)
    wrong = tuple(check_words(text, grounds, where))
    titles = tuple(dict.fromkeys(article.passage(0) for article in cited))
    yield from wrong
    yield from _check_meaning(
        text, grounds, titles, where, figures=all(each.rule != "figure" for each in wrong)
    )


def _check_meaning(
    text: str, grounds: tuple[str, ...], titles: tuple[str, ...], where: str, figures: bool
) -> Iterator[Failure]:
    """What word lists and the order of words can tell of a sentence in other words than its source's.

    `figures`: they all stand somewhere in the passages, and are now to stand in the sentences it rests on.
    """
    found = evidence(text, grounds, titles)
    for name in names.ungrounded(text, found.stated, found.around):
        yield Failure(where, text, "name", f"the cited passage does not name {name!r} there")
    for figure in unsupported(text, (found.stated, found.around)) if figures else ():
        yield Failure(where, text, "figure", f"{figure.raw!r} stands elsewhere in the cited passage")
    for name in speakers.unheard(text, found.stated, titles):
        yield Failure(where, text, "role", f"the cited passage does not have {name!r} say it")
    for pair in roles.exchanged(text, found.stated):
        yield Failure(where, text, "role", f"{pair} stand the other way round in the cited passage")
    for pair in roles.replaced(text, found.stated):
        yield Failure(where, text, "role", f"{pair}, whom the cited passage has in that place")
    for pair in roles.joined_wrongly(text, found.stated):
        yield Failure(where, text, "name", f"the cited passage has no {pair}")
    for word in direction.reversed_words(text, found.stated):
        yield Failure(where, text, "direction", f"{word!r}, where the cited passage says the opposite")
    if missing := support.unsupported_words(text, (*grounds, *titles)):
        yield Failure(where, text, "support", f"the cited passage has none of: {', '.join(missing[:6])}")

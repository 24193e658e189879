"""All rules for one sentence of a brief."""

from __future__ import annotations

from collections.abc import Iterator

from briefings.schemas import Material, Sentence
from briefings.verify import (
    altered,
    charged,
    citations,
    coloured,
    direction,
    merged,
    modality,
    names,
    outlets,
    plain,
    quotes,
    reported,
    roles,
    speakers,
    support,
    tied,
    voice,
)
from briefings.verify.evidence import Evidence, evidence, split
from briefings.verify.failures import Failure
from briefings.verify.numbers import unsupported
from briefings.verify.outlets import FRAME


def check_sentence(sentence: Sentence, material: Material, where: str = "sentence") -> tuple[Failure, ...]:
    """Every rule the sentence breaks; empty when it may be published."""
    return tuple(_check(sentence, material, where))


def check_words(text: str, grounds: tuple[str, ...], where: str) -> Iterator[Failure]:
    """Plain text whose figures and quotations stand in `grounds`: a question, a topic, what a sentence says."""
    yield from _check_form(text, grounds, where)
    for figure in unsupported(text, grounds) if text not in grounds else ():
        yield Failure(where, text, "figure", f"{figure.raw!r} is not in the cited passage")


def _check_form(text: str, grounds: tuple[str, ...], where: str) -> Iterator[Failure]:
    verbatim = text in grounds
    if wrong := plain.problem(text, verbatim):
        yield Failure(where, text, "plain", wrong)
    for quote in quotes.missing(text, grounds) if not verbatim else ():
        yield Failure(where, text, "quotation", f"{quote!r} is not in the cited passage")


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
    yield from _check_against(sentence, material, where)


def _check_against(sentence: Sentence, material: Material, where: str) -> Iterator[Failure]:
    """The rules that hold a sentence against the passages it cites; its citations are sound."""
    grounds = tuple(dict.fromkeys(citations.passage(citation, material) for citation in sentence.citations))
    cited = [material.article(citation.article) for citation in sentence.citations]
    publishers = tuple(dict.fromkeys(article.publisher for article in cited))
    text = outlets.left_out(sentence.text, publishers)
    titles = tuple(dict.fromkeys(article.passage(0) for article in cited))
    found = evidence(text, grounds, titles)
    yield from _check_form(text, grounds, where)
    if any(sentence.text == " ".join(own.split()) for ground in grounds for own in split(ground)):
        return  # a source's own sentence, whole
    for quote in quotes.unspoken(text, grounds):
        if not names.named_among(text, publishers):
            yield Failure(where, text, "quotation", f"{quote!r} is nobody's word in the cited passage")
    yield from _check_figures(text, grounds, found, where)
    for stranger in names.ungrounded(text, found.stated, found.around, publishers):
        yield Failure(where, text, "name", f"the cited passage does not name {stranger!r} there")
    articles = (article.text for article in material.articles)
    if name := names.opening(FRAME.sub("", text).lstrip(), found.stated, found.around, articles):
        yield Failure(where, text, "name", f"the cited passage does not name {name!r} there")
    yield from _check_meaning(text, found, grounds, titles, where)
    for wrong in tied.loose(text, found.within):
        yield Failure(where, text, "figure", f"{wrong} in the cited passage")
    for word in charged.unfounded(text, found.around):
        yield Failure(where, text, "support", f"the cited passage does not say {word!r} there")
    if missing := support.unsupported_words(text, (*grounds, *titles)):
        yield Failure(where, text, "support", f"the cited passage has none of: {', '.join(missing[:6])}")
    for word in coloured.put_in(text, found.around):
        yield Failure(where, text, "support", f"the cited passage does not say {word!r} there")
    if ending := support.made_up_ending(text, (*grounds, *titles)):
        yield Failure(where, text, "support", f"the cited passage does not say {ending!r}")


def _check_figures(text: str, grounds: tuple[str, ...], found: Evidence, where: str) -> Iterator[Failure]:
    """Figures stand in the sentences that the statement rests on, not anywhere in a long passage."""
    if missing := unsupported(text, (found.within,)):
        nowhere = unsupported(text, grounds)
        for figure in missing:
            place = "is not" if figure in nowhere else "stands elsewhere"
            yield Failure(where, text, "figure", f"{figure.raw!r} {place} in the cited passage")


def _check_meaning(
    text: str, found: Evidence, grounds: tuple[str, ...], titles: tuple[str, ...], where: str
) -> Iterator[Failure]:
    """What the order of words can tell of a sentence in other words than its source's."""
    stated = found.stated
    for name in speakers.unheard(text, stated, titles):
        yield Failure(where, text, "role", f"the cited passage does not have {name!r} say it")
    for pair in roles.exchanged(text, stated):
        yield Failure(where, text, "role", f"{pair} stand the other way round in the cited passage")
    for pair in roles.replaced(text, stated):
        yield Failure(where, text, "role", f"{pair}, whom the cited passage has in that place")
    for pair in roles.joined_wrongly(text, stated):
        yield Failure(where, text, "name", f"the cited passage has no {pair}")
    for verb in modality.shifted(text, found.best, stated):
        yield Failure(where, text, "direction", f"{verb}, where the cited passage does not have it so")
    for verb in voice.turned(text, stated):
        yield Failure(where, text, "role", f"{verb}, where the cited passage has it the other way round")
    for wrong in altered.altered(text, found.best, " ".join((found.around, *grounds))):
        yield Failure(where, text, "direction", f"{wrong}, where the cited passage does not have it so")
    for wrong in merged.put_together(text, grounds):
        yield Failure(where, text, "role", f"{wrong} in the cited passage")
    for wrong in reported.told_as_so(text, found.best):
        yield Failure(where, text, "direction", f"{wrong}, told as so")
    for word in direction.reversed_words(text, stated):
        yield Failure(where, text, "direction", f"{word!r}, where the cited passage says the opposite")

"""Verify a brief: drop every sentence that fails, and count what is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from briefings.schemas import BriefBody, Disagreement, Material, Section, Sentence, Verification
from briefings.verify.failures import Failure, Unusable
from briefings.verify.numbers import figures, unsupported
from briefings.verify.quotes import quotations
from briefings.verify.sentence import check_sentence, check_words


@dataclass(frozen=True, slots=True)
class Verified:
    """`body` holds only what passed, with its counts; `failures` says what did not and why."""

    body: BriefBody
    failures: tuple[Failure, ...]


def verify(body: BriefBody, material: Material, repaired: int = 0) -> Verified:
    """Enforce every rule on `body`. Sections without an answer vanish; raises Unusable when the headline fails.

    `repaired` is how many sentences were rewritten before; whatever `body.verification` claims is ignored.
    """
    checker = _Checker(material)
    headline = checker.keep((body.headline,), "headline") and checker.carried(body)
    kept = BriefBody(
        headline=body.headline,
        takeaways=checker.keep(body.takeaways, "takeaways"),
        lead=checker.keep(body.lead, "lead"),
        sections=checker.sections(body.sections, "sections"),
        catch=checker.keep(body.catch, "catch"),
        bottom_line=checker.keep(body.bottom_line, "bottom_line"),
        disagreements=checker.disagreements(body.disagreements),
        follow_ups=tuple(
            text for place, text in enumerate(body.follow_ups) if checker.words(text, f"follow_ups.{place}")
        ),
        prepared=checker.sections(body.prepared, "prepared"),
    )
    if not headline:
        raise Unusable(tuple(checker.failures))
    counts = _count(kept, repaired=repaired, dropped=checker.dropped)
    return Verified(kept.model_copy(update={"verification": counts}), tuple(checker.failures))


def sentences(body: BriefBody) -> Iterator[Sentence]:
    """Every sentence of the body, in reading order; the prepared answers are no part of what it tells."""
    yield body.headline
    yield from (*body.takeaways, *body.lead)
    for section in body.sections:
        yield from section.answer
    yield from (*body.catch, *body.bottom_line)
    for disagreement in body.disagreements:
        yield from disagreement.claims


def _count(body: BriefBody, repaired: int, dropped: int) -> Verification:
    """What stands in a body whose failing sentences are gone has all been found."""
    kept = (*sentences(body), *(sentence for each in body.prepared for sentence in each.answer))
    found = sum(len(figures(sentence.text)) for sentence in kept)
    quoted = sum(len(quotations(sentence.text)) for sentence in kept)
    return Verification(
        sentences=len(kept),
        supported=len(kept),
        figures=found,
        figures_found=found,
        quotes=quoted,
        quotes_found=quoted,
        repaired=repaired,
        dropped=dropped,
    )


@dataclass(slots=True)
class _Checker:
    material: Material
    failures: list[Failure] = field(default_factory=list)
    dropped: int = 0
    judged: dict[Sentence, tuple[Failure, ...]] = field(
        default_factory=dict
    )  # what is said twice is judged once

    def keep(self, candidates: Iterable[Sentence], where: str) -> tuple[Sentence, ...]:
        kept = []
        for place, sentence in enumerate(candidates):
            spot = where if where == "headline" else f"{where}.{place}"
            if sentence not in self.judged:
                self.judged[sentence] = check_sentence(sentence, self.material, spot)
            wrong = tuple(replace(failure, where=spot) for failure in self.judged[sentence])
            self.failures += wrong
            self.dropped += bool(wrong)
            if not wrong:
                kept.append(sentence)
        return tuple(kept)

    def carried(self, body: BriefBody) -> bool:
        """Whether the brief itself tells each figure of its headline; a source's own title is let be."""
        headline = body.headline
        if any(headline.text == citation.quote for citation in headline.citations):
            return True
        told = (
            *(sentence.text for sentence in sentences(body) if sentence is not headline),
            *(section.question for section in body.sections),
        )
        beyond = unsupported(headline.text, told)
        self.failures += [
            Failure("headline", headline.text, "figure", f"{figure.raw!r} is not in the brief")
            for figure in beyond
        ]
        return not beyond

    def sections(self, candidates: Iterable[Section], where: str) -> tuple[Section, ...]:
        kept = []
        for place, section in enumerate(candidates):
            answer = self.keep(section.answer, f"{where}.{place}.answer")
            if not self.words(section.question, f"{where}.{place}.question", section.answer):
                self.dropped += len(answer)
            elif answer:
                kept.append(Section(question=section.question, answer=answer))
        return tuple(kept)

    def disagreements(self, candidates: Iterable[Disagreement]) -> tuple[Disagreement, ...]:
        kept = []
        for place, disagreement in enumerate(candidates):
            where = f"disagreements.{place}"
            claims = self.keep(disagreement.claims, f"{where}.claims")
            if len(claims) == 2 and self.words(disagreement.about, f"{where}.about", claims):
                kept.append(disagreement)
            else:
                self.dropped += len(claims)
        return tuple(kept)

    def words(self, text: str, where: str, beside: tuple[Sentence, ...] = ()) -> bool:
        """A question or topic cites nothing of its own: the story is its ground, what stands `beside` it first."""
        wrong = tuple(check_words(text, tuple(self._passages(beside)), where))
        self.failures += wrong
        return not wrong

    def _passages(self, beside: tuple[Sentence, ...]) -> Iterator[str]:
        yield from (citation.quote for sentence in beside for citation in sentence.citations)
        for article in self.material.articles:
            yield from (article.text[span.start : span.end] for span in article.spans)

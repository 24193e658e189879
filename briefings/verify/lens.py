"""Verify a lens: its facts like a brief's, its reasoning free of figures, quotations and new names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from briefings.schemas import BriefBody, LensBody, LensQuestion, Material, Sentence
from briefings.verify import names, plain
from briefings.verify.brief import sentences
from briefings.verify.failures import Failure, Unusable
from briefings.verify.numbers import figures
from briefings.verify.quotes import quotations
from briefings.verify.sentence import check_sentence, check_words


@dataclass(frozen=True, slots=True)
class VerifiedLens:
    body: LensBody
    failures: tuple[Failure, ...]


def verify_lens(lens: LensBody, body: BriefBody, material: Material, reader: str = "") -> VerifiedLens:
    """Enforce the rules on `lens`; `reader` is text whose words may also be named (the role's and industry's titles).

    Raises Unusable when nothing of `why_it_matters` is left.
    """
    told = tuple(_told(body))
    known = names.vocabulary((*told, reader))
    failures: list[Failure] = []
    why = _keep(lens.why_it_matters, material, known, "why_it_matters", failures)
    questions = []
    for place, question in enumerate(lens.questions):
        where = f"questions.{place}"
        answer = _keep(question.answer, material, known, f"{where}.answer", failures)
        wrong = tuple(_check_question(question.question, told, known, where))
        failures += wrong
        if answer and not wrong:
            questions.append(LensQuestion(question=question.question, answer=answer))
    if not why:
        raise Unusable(tuple(failures))
    return VerifiedLens(LensBody(why_it_matters=why, questions=tuple(questions)), tuple(failures))


def _told(body: BriefBody) -> Iterator[str]:
    yield from (section.question for section in body.sections)
    yield from (sentence.text for sentence in sentences(body))


def _keep(
    candidates: Iterable[Sentence],
    material: Material,
    known: frozenset[str],
    where: str,
    failures: list[Failure],
) -> tuple[Sentence, ...]:
    kept = []
    for place, sentence in enumerate(candidates):
        spot = f"{where}.{place}"
        if sentence.opinion:
            wrong = tuple(_check_opinion(sentence, known, spot))
        else:
            wrong = check_sentence(sentence, material, spot)
        failures += wrong
        if not wrong:
            kept.append(sentence)
    return tuple(kept)


def _check_opinion(sentence: Sentence, known: frozenset[str], where: str) -> Iterator[Failure]:
    text = sentence.text
    if wrong := plain.problem(text):
        yield Failure(where, text, "plain", wrong)
    if sentence.citations:
        yield Failure(where, text, "opinion", "reasoning cites nothing; what has a source is no opinion")
    for figure in figures(text):
        yield Failure(where, text, "figure", f"{figure.raw!r} in reasoning, which holds no figures")
    for quote in quotations(text):
        yield Failure(where, text, "quotation", f"{quote!r} in reasoning, which quotes nobody")
    for name in names.strangers(text, known):
        yield Failure(where, text, "name", f"the brief does not name {name!r}")


def _check_question(text: str, told: tuple[str, ...], known: frozenset[str], where: str) -> Iterator[Failure]:
    yield from check_words(text, told, f"{where}.question")
    for name in names.strangers(text, known):
        yield Failure(f"{where}.question", text, "name", f"the brief does not name {name!r}")

"""Mends a model's draft: failed sentences go back once, and what is left empty is told in the source's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from briefings.schemas import BriefBody, Citation, Disagreement, Material, Section, Sentence
from briefings.terms import terms
from briefings.verify import Failure, check_sentence, plain
from briefings.verify.evidence import split
from briefings.write import fence, prompts
from briefings.write.anaphora import leans_back
from briefings.write.asking import Desk
from briefings.write.extractive import headline_of
from briefings.write.furniture import tells
from briefings.write.reply import RepairReply
from inference.models import Purpose

ANSWER_TOKENS = 2500
MOST = 20  # sentences asked for again; a draft with more failures than that is no draft

Change = Callable[[str, Sentence], Sentence | None]


@dataclass(frozen=True, slots=True)
class Mended:
    """A draft after its repair; `rewritten` are the places (as in `Failure.where`) that say something else now."""

    body: BriefBody
    rewritten: frozenset[str]


def asked_again(
    draft: BriefBody, failures: Iterable[Failure], labels: Mapping[str, Citation], desk: Desk
) -> Mended:
    """The draft with its failed sentences rewritten by the model from their passages. Raises `inference.errors`.

    Whether the new ones hold is for the verifier to say; a sentence that comes back empty stays as it was.
    """
    wrong = _reasons(failures)
    failed = {where: sentence for where, sentence in _placed(draft) if where in wrong}
    if not failed or len(failed) > MOST:
        return Mended(draft, frozenset())
    numbered = {f"R{number}": where for number, where in enumerate(failed, start=1)}
    shown = fence.repairs(
        (label, failed[where].text, wrong[where], _shown(failed[where], labels))
        for label, where in numbered.items()
    )
    reply = desk.ask(
        RepairReply, Purpose.REPAIR, "repair", prompts.REPAIR, prompts.repairs(shown), ANSWER_TOKENS
    )
    mended: dict[str, Sentence] = {}
    for each in reply.sentences:
        where = numbered.get(each.label.strip("[] ").upper())
        if where and where not in mended and each.text.strip():
            mended[where] = fence.cited(each.text, each.passages, labels)
    return Mended(_changed(draft, lambda where, sentence: mended.get(where, sentence)), frozenset(mended))


def not_plain(draft: BriefBody) -> Iterator[Failure]:
    """Sentences with an address or the like in them, also where the source has it word for word."""
    for where, sentence in _placed(draft):
        if wrong := plain.problem(sentence.text):
            yield Failure(where, sentence.text, "plain", wrong)


def as_before(mended: Mended, draft: BriefBody, failures: Iterable[Failure]) -> BriefBody:
    """The mended draft with what it made no better as it was: its first citations lead to the source's words."""
    failing = {failure.where for failure in failures} & mended.rewritten
    first = dict(_placed(draft))
    return _changed(mended.body, lambda where, sentence: first[where] if where in failing else sentence)


def in_own_words(draft: BriefBody, failures: Iterable[Failure], material: Material) -> Mended:
    """The draft without what still fails.

    A headline, takeaway, lead or section that this would leave empty says it in the source's own words, where those
    can stand alone.
    """
    wrong = {failure.where for failure in failures}
    told = {sentence.text for where, sentence in _placed(draft) if where not in wrong}
    changes: dict[str, Sentence | None] = {}
    for where, sentence in _placed(draft):
        if where == "headline" and where in wrong:
            changes[where] = headline_of(material)
        elif where in wrong:
            own = _own_words(sentence, material, told) if _alone(where, draft, wrong) else None
            changes[where] = own
            told |= {own.text} if own else set()
    rewritten = frozenset(where for where, sentence in changes.items() if sentence)
    return Mended(_changed(draft, lambda where, sentence: changes.get(where, sentence)), rewritten)


def _reasons(failures: Iterable[Failure]) -> dict[str, str]:
    found: dict[str, str] = {}
    for failure in failures:
        found[failure.where] = (
            f"{found[failure.where]}; {failure.detail}" if failure.where in found else failure.detail
        )
    return found


def _placed(body: BriefBody) -> Iterator[tuple[str, Sentence]]:
    """Every sentence with its place, named as the verifier names it."""
    yield "headline", body.headline
    for name in ("takeaways", "lead"):
        yield from ((f"{name}.{at}", each) for at, each in enumerate(getattr(body, name)))
    for number, section in enumerate(body.sections):
        yield from ((f"sections.{number}.answer.{at}", each) for at, each in enumerate(section.answer))
    for name in ("catch", "bottom_line"):
        yield from ((f"{name}.{at}", each) for at, each in enumerate(getattr(body, name)))
    for number, disagreement in enumerate(body.disagreements):
        yield from (
            (f"disagreements.{number}.claims.{at}", each) for at, each in enumerate(disagreement.claims)
        )


def _changed(body: BriefBody, change: Change) -> BriefBody:
    """The body with each sentence as `change` gives it back, or without it; the headline is never left out."""

    def run(prefix: str, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        changed = (change(f"{prefix}.{at}", each) for at, each in enumerate(sentences))
        return tuple(each for each in changed if each)

    return body.model_copy(
        update={
            "headline": change("headline", body.headline) or body.headline,
            **{
                name: run(name, getattr(body, name)) for name in ("takeaways", "lead", "catch", "bottom_line")
            },
            "sections": tuple(
                Section(question=section.question, answer=run(f"sections.{number}.answer", section.answer))
                for number, section in enumerate(body.sections)
            ),
            "disagreements": tuple(
                Disagreement(about=each.about, claims=claims)
                for number, each in enumerate(body.disagreements)
                if len(claims := run(f"disagreements.{number}.claims", each.claims)) == len(each.claims)
            ),
        }
    )


def _alone(where: str, draft: BriefBody, wrong: set[str]) -> bool:
    """Whether dropping all that fails would leave this place empty."""
    if where.startswith("takeaways."):
        return True
    if where.startswith("sections."):
        _, number, *_ = where.split(".")
        answer = draft.sections[int(number)].answer if int(number) < len(draft.sections) else ()
        return all(f"sections.{number}.answer.{at}" in wrong for at in range(len(answer)))
    return where.startswith("lead.") and all(f"lead.{at}" in wrong for at in range(len(draft.lead)))


def _shown(sentence: Sentence, labels: Mapping[str, Citation]) -> list[tuple[str, str]]:
    """The passages that the sentence cites, as far as the model was ever shown them."""
    names = {citation: label for label, citation in labels.items()}
    return [(names[citation], citation.quote) for citation in sentence.citations if citation in names]


def _own_words(sentence: Sentence, material: Material, told: set[str]) -> Sentence | None:
    """The sentence of a cited passage that says nearest what the failed one wanted to say, if it can stand alone."""
    wanted = set(terms(sentence.text))
    found: list[tuple[int, Sentence]] = []
    for citation in sentence.citations:
        for own in _standing(citation, material):
            if own.text not in told and not check_sentence(own, material):
                found.append((len(wanted & set(terms(own.text))), own))
    shared, best = max(found, key=lambda pair: pair[0], default=(0, None))
    return best if shared >= 2 else None


def _standing(citation: Citation, material: Material) -> Iterator[Sentence]:
    try:
        article = material.article(citation.article)
        passage = article.passage(citation.passage)
        start = article.span(citation.passage).start
    except KeyError:
        return
    names = frozenset(word.strip(".,’'") for word in material.title.split() if word[:1].isupper())
    at = 0
    for text in split(passage):
        at = passage.index(text, at)
        own = citation.model_copy(update={"start": start + at, "end": start + at + len(text), "quote": text})
        at += len(text)
        # What a source may write of itself ("Booking.com") is not put into a model's brief.
        if tells(text) and plain.problem(text) is None and not leans_back(text, names, names, frozenset()):
            yield Sentence(text=text, citations=(own,))

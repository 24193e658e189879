"""Writes with a model what a brief means for some kinds of readers, from the brief or its fact sheet alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from briefings.schemas import BriefBody, Citation, LensBody, LensQuestion, Material, Sentence
from briefings.verify import Unusable, VerifiedLens, verify_lens
from briefings.verify.brief import sentences
from briefings.write import fence, prompts
from briefings.write.asking import Desk
from briefings.write.reply import LensesReply, LensReply, Said
from inference.models import Purpose
from users.taxonomy import Industry, Role

Kind = tuple[Role, Industry]  # of reader
Cite = Callable[[Said], Sentence]  # a reply's sentence with our citations

FRAME_TOKENS, LENS_TOKENS = 300, 450
QUESTIONS = 2


def write_lenses_with_model(
    body: BriefBody, material: Material, readers: Sequence[Kind], desk: Desk
) -> list[VerifiedLens | None]:
    """The verified lenses in the order of `readers`, in one request; None for one of which no reason is left.

    Raises `inference.errors`.
    """
    told = {f"S{number}": sentence for number, sentence in enumerate(dict.fromkeys(sentences(body)), start=1)}
    brief = "\n".join(f"[{label}] {sentence.text}" for label, sentence in told.items())
    prompt = prompts.lenses(brief, prompts.readers(readers))
    reply = desk.ask(LensesReply, Purpose.LENS, "lens", prompts.LENS, prompt, tokens_for(len(readers)))
    return verified(reply.lenses, readers, body, material, lambda said: _restated(said, told))


def tokens_for(readers: int) -> int:
    """The output limit of so many lenses."""
    return FRAME_TOKENS + LENS_TOKENS * readers


def verified(
    replies: Iterable[LensReply], readers: Sequence[Kind], body: BriefBody, material: Material, cite: Cite
) -> list[VerifiedLens | None]:
    """What holds of each reader's lens, the first by that label counting."""
    by_label: dict[str, LensReply] = {}
    for reply in replies:
        by_label.setdefault(reply.reader.strip("[] ").upper(), reply)
    found = [by_label.get(f"R{number}") for number in range(1, len(readers) + 1)]
    return [
        _verified(reply, reader, body, material, cite) if reply else None
        for reply, reader in zip(found, readers, strict=True)
    ]


def _verified(
    reply: LensReply, reader: Kind, body: BriefBody, material: Material, cite: Cite
) -> VerifiedLens | None:
    role, industry = reader
    lens = LensBody(
        why_it_matters=tuple(map(cite, reply.why_it_matters)),
        questions=tuple(
            LensQuestion(question=" ".join(each.question.split()), answer=tuple(map(cite, each.answer)))
            for each in reply.questions[:QUESTIONS]
        ),
    )
    try:
        return verify_lens(lens, body, material, reader=f"{role.title} {industry.title}")
    except Unusable:
        return None


def of_facts(labels: Mapping[str, Citation]) -> Cite:
    """For lenses written with the brief: their sentences cite the passages of the facts."""
    return lambda said: _opinion_unless_cited(fence.cited(said.text, said.passages, labels))


def _restated(said: Said, told: Mapping[str, Sentence]) -> Sentence:
    """A sentence that restates the brief cites what the brief's sentence cites."""
    sentence = fence.cited(said.text, said.passages, {})
    citations: dict[Citation, None] = {}
    for unknown in sentence.citations:
        label = unknown.quote
        citations |= dict.fromkeys(told[label].citations if label in told else (unknown,))
    return _opinion_unless_cited(Sentence(text=sentence.text, citations=tuple(citations)))


def _opinion_unless_cited(sentence: Sentence) -> Sentence:
    return sentence.model_copy(update={"opinion": not sentence.citations})

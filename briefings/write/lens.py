"""Writes with a model what a brief means for readers, from the brief or its fact sheet alone.

A few readers' lenses are written whole, with the brief. All others are put together from two halves, one for the role
and one for the industry, each written once for everybody whom it concerns.
"""

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
Half = Role | Industry
Cite = Callable[[Said], Sentence]  # a reply's sentence with our citations

FRAME_TOKENS, LENS_TOKENS, HALF_TOKENS = 300, 450, 250
QUESTIONS = 2


def write_halves(
    body: BriefBody, material: Material, halves: Sequence[Half], desk: Desk
) -> dict[Half, VerifiedLens | None]:
    """The verified halves in one request: None for one of which no reason is left, without those it left out.

    Raises `inference.errors`.
    """
    told = {f"S{number}": sentence for number, sentence in enumerate(dict.fromkeys(sentences(body)), start=1)}
    brief = "\n".join(f"[{label}] {sentence.text}" for label, sentence in told.items())
    prompt = prompts.lenses(brief, prompts.halves(halves))
    limit = FRAME_TOKENS + HALF_TOKENS * len(halves)
    reply = desk.ask(LensesReply, Purpose.LENS, "lens", prompts.HALVES, prompt, limit)
    found = zip(halves, _by_reader(reply.lenses, len(halves)), strict=True)
    return {
        half: _verified(said, half.title, body, material, lambda said: _restated(said, told))
        for half, said in found
        if said
    }


def joined(halves: Sequence[LensBody]) -> LensBody:
    """One lens of a reader's halves, the role's first."""
    why = dict.fromkeys(sentence for half in halves for sentence in half.why_it_matters)
    each = QUESTIONS // len(halves)
    questions = {one.question: one for half in halves for one in half.questions[:each]}
    return LensBody(why_it_matters=tuple(why), questions=tuple(questions.values()))


def tokens_for(readers: int) -> int:
    """The output limit of so many whole lenses."""
    return FRAME_TOKENS + LENS_TOKENS * readers


def titles_of(kind: Kind) -> str:
    """The words by which a lens may name its reader."""
    return " ".join(one.title for one in kind)


def verified(
    replies: Iterable[LensReply], readers: Sequence[str], body: BriefBody, material: Material, cite: Cite
) -> list[VerifiedLens | None]:
    """What holds of each lens, None where that is nothing; `readers` are their titles."""
    return [
        _verified(reply, reader, body, material, cite) if reply else None
        for reply, reader in zip(_by_reader(replies, len(readers)), readers, strict=True)
    ]


def _by_reader(replies: Iterable[LensReply], count: int) -> list[LensReply | None]:
    """The first reply by the label of each reader; None for one that was left out."""
    by_label: dict[str, LensReply] = {}
    for reply in replies:
        by_label.setdefault(reply.reader.strip("[] ").upper(), reply)
    return [by_label.get(f"R{number}") for number in range(1, count + 1)]


def _verified(
    reply: LensReply, reader: str, body: BriefBody, material: Material, cite: Cite
) -> VerifiedLens | None:
    lens = LensBody(
        why_it_matters=tuple(map(cite, reply.why_it_matters)),
        questions=tuple(
            LensQuestion(question=" ".join(each.question.split()), answer=tuple(map(cite, each.answer)))
            for each in reply.questions[:QUESTIONS]
        ),
    )
    try:
        return verify_lens(lens, body, material, reader)
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

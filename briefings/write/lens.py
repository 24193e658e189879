"""Writes with a model what a brief means for one role in one industry, from the brief alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from briefings.schemas import BriefBody, Citation, LensBody, LensQuestion, Material, Sentence
from briefings.verify import Unusable, VerifiedLens, verify_lens
from briefings.verify.brief import sentences
from briefings.write import fence, prompts
from briefings.write.asking import Desk, Generate, NotGoodEnough
from briefings.write.reply import LensReply, Said
from inference.gateway import generate
from inference.models import Purpose
from users.taxonomy import Industry, Role

ANSWER_TOKENS = 1200


def write_lens_with_model(
    body: BriefBody,
    material: Material,
    role: Role,
    industry: Industry,
    work_key: str,
    brief: str | None = None,
    generate: Generate = generate,
) -> VerifiedLens:
    """The verified lens. Raises NotGoodEnough when no reason is left, and `inference.errors`."""
    told = {f"S{number}": sentence for number, sentence in enumerate(dict.fromkeys(sentences(body)), start=1)}
    prompt = prompts.reader(
        "\n".join(f"[{label}] {sentence.text}" for label, sentence in told.items()),
        role.title,
        role.cares,
        industry.title,
        industry.cares,
    )
    desk = Desk(generate, work_key, brief)
    reply = desk.ask(LensReply, Purpose.LENS, "lens", prompts.LENS, prompt, ANSWER_TOKENS)
    lens = LensBody(
        why_it_matters=_said(reply.why_it_matters, told),
        questions=tuple(
            LensQuestion(question=" ".join(each.question.split()), answer=_said(each.answer, told))
            for each in reply.questions[:2]
        ),
    )
    try:
        return verify_lens(lens, body, material, reader=f"{role.title} {industry.title}")
    except Unusable as error:
        raise NotGoodEnough(f"no reason holds: {error}") from error


def _said(replies: Iterable[Said], told: Mapping[str, Sentence]) -> tuple[Sentence, ...]:
    """A sentence that restates the brief cites what the brief's sentence cites; one that cites nothing is opinion."""
    found = []
    for reply in replies:
        sentence = fence.cited(reply.text, reply.passages, {})
        labels = [citation.quote for citation in sentence.citations]
        citations: dict[Citation, None] = {}
        for label, unknown in zip(labels, sentence.citations, strict=True):
            citations |= dict.fromkeys(told[label].citations if label in told else (unknown,))
        found.append(Sentence(text=sentence.text, citations=tuple(citations), opinion=not citations))
    return tuple(found)

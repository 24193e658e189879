"""Writes a brief with a model: facts from the sources, the brief from the facts, repaired once, and only what holds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.conf import settings

from briefings.facts import FactSheet, fact_sheet
from briefings.schemas import BriefBody, Citation, Disagreement, Material, Section, Sentence
from briefings.verify import Failure, Unusable, Verified, VerifiedLens, plain, verify
from briefings.verify.brief import sentences
from briefings.write import fence, lens, prompts, repair
from briefings.write.asking import Desk, NotGoodEnough
from briefings.write.disagree import disagreements_of
from briefings.write.lens import Kind
from briefings.write.pool import bodies_of
from briefings.write.reply import BriefAndLensesReply, BriefReply, LensReply, Next, Said
from briefings.write.sentences import split
from inference import escalation
from inference.errors import InferenceError
from inference.models import Purpose

Made = TypeVar("Made")
log = logging.getLogger("briefings.write")

ANSWER_TOKENS = 5000
ESCALATED_WITHIN = 200.0  # seconds, so that the strong model's requests still end within the task's time
FOLLOW_UPS = 4
FEWEST_SENTENCES = 3
FEWEST_FACTS = 2
RICH_FACTS = 6  # from so many facts on a brief without a section has failed


@dataclass(frozen=True, slots=True)
class WithLenses:
    """A verified brief, and the lenses written with it in the order of its readers, None where no reason held."""

    brief: Verified
    lenses: tuple[VerifiedLens | None, ...]


def write_with_model(material: Material, desk: Desk, readers: Sequence[Kind] = ()) -> WithLenses:
    """The verified brief, its failing sentences dropped, and in the same request the lenses of a few `readers`.

    Raises NotGoodEnough when too little of it is left, and `inference.errors` when there is no answer.
    """
    said = sum(len(split(text)) for text in bodies_of(material))
    if said < FEWEST_SENTENCES:
        raise NotGoodEnough(f"{said} sentences are all that its sources say: they need no summary")
    began = time.monotonic()
    sheet = _escalated(desk, began, lambda desk: _enough_facts(material, desk))
    return _escalated(desk, began, lambda desk: _from_facts(material, sheet, desk, readers))


def _escalated(desk: Desk, began: float, step: Callable[[Desk], Made]) -> Made:
    """The step by the cheap model; by the strong one where too little holds of what came, while that is seldom."""
    try:
        return step(desk)
    except NotGoodEnough as error:
        if time.monotonic() - began > ESCALATED_WITHIN or not escalation.claim(desk.work_key):
            raise
        log.info("%s goes to the strong model: %s", desk.work_key, error)
        return step(replace(desk, model=settings.NUTGRAF_MODEL_STRONG))


def _enough_facts(material: Material, desk: Desk) -> FactSheet:
    sheet = fact_sheet(material, desk)
    if len(sheet.facts) < FEWEST_FACTS:
        raise NotGoodEnough(f"only {len(sheet.facts)} facts hold, {len(sheet.failures)} rules were broken")
    return sheet


def _from_facts(material: Material, sheet: FactSheet, desk: Desk, readers: Sequence[Kind]) -> WithLenses:
    reply, lenses = _asked(material, sheet, desk, readers)
    draft = _body(reply, sheet.labels)
    if not draft.disagreements:  # what arithmetic finds needs no model to say so
        draft = draft.model_copy(update={"disagreements": disagreements_of(material)})
    verified = _mended(draft, sheet, material, desk)
    _judge(verified, rich=len(sheet.facts) >= RICH_FACTS)
    verified = _with_prepared(verified, reply.follow_ups, sheet.labels, material)
    cite = lens.of_facts(sheet.labels)
    titles = [lens.titles_of(reader) for reader in readers]
    return WithLenses(verified, tuple(lens.verified(lenses, titles, verified.body, material, cite)))


def _asked(
    material: Material, sheet: FactSheet, desk: Desk, readers: Sequence[Kind]
) -> tuple[BriefReply, tuple[LensReply, ...]]:
    facts = fence.facts(material.title, sheet.lines())
    if not readers:
        prompt = prompts.facts(facts)
        return desk.ask(BriefReply, Purpose.BRIEF, "write", prompts.BRIEF, prompt, ANSWER_TOKENS), ()
    prompt = prompts.facts(facts, prompts.readers(readers))
    room = ANSWER_TOKENS + lens.tokens_for(len(readers))
    both = desk.ask(BriefAndLensesReply, Purpose.BRIEF, "write", prompts.BRIEF_AND_LENSES, prompt, room)
    return both, both.lenses


def _mended(draft: BriefBody, sheet: FactSheet, material: Material, desk: Desk) -> Verified:
    """The draft verified; what fails is asked for again once, then told in the source's words or left out."""
    failures = _failures(draft, material)
    if not failures:
        return verify(draft, material)
    try:
        again = repair.asked_again(draft, failures, sheet.labels, desk)
    except InferenceError as error:
        # The draft is paid for; without its repair it loses what fails.
        log.info("%s is not repaired: %s: %s", desk.work_key, type(error).__name__, error)
        again = repair.Mended(draft, frozenset())
    failing = _failures(again.body, material)
    own = repair.in_own_words(repair.as_before(again, draft, failing), failing, material)
    held = again.rewritten - {failure.where for failure in failing}
    try:
        verified = verify(own.body, material, repaired=len(held) + len(own.rewritten))
    except Unusable as error:
        raise NotGoodEnough(f"the headline fails: {error}") from error
    return _counted(verified, failing, own)


def _counted(verified: Verified, failing: tuple[Failure, ...], own: repair.Mended) -> Verified:
    """With what was left out on the way counted as dropped, and told among the failures."""
    lost = {failure.where for failure in failing if failure.where not in own.rewritten} - {"headline"}
    before = tuple(failure for failure in failing if failure.where in lost)
    counts = verified.body.verification
    dropped = counts.model_copy(update={"dropped": counts.dropped + len(lost)})
    body = verified.body.model_copy(update={"verification": dropped})
    return Verified(body, (*before, *verified.failures))


def _failures(draft: BriefBody, material: Material) -> tuple[Failure, ...]:
    """What the verifier refuses, and what only a source may write: a model that copies an address passes it on."""
    try:
        failures = verify(draft, material).failures
    except Unusable as error:
        failures = error.failures
    return (*failures, *repair.not_plain(draft))


def _judge(verified: Verified, rich: bool) -> None:
    """A brief full of holes is worse than the sources' own sentences."""
    body = verified.body
    counts = body.verification
    if not body.lead or not body.takeaways:
        raise NotGoodEnough("no lead or no takeaway is left")
    if rich and not body.sections:
        raise NotGoodEnough("no section is left")
    if counts.dropped > counts.sentences:
        raise NotGoodEnough(f"{counts.dropped} of {counts.dropped + counts.sentences} sentences failed")


def _with_prepared(
    verified: Verified, asked: Sequence[Next], labels: Mapping[str, Citation], material: Material
) -> Verified:
    """With the answers to follow-ups that hold, as far as the brief does not tell them; none is worth a repair."""
    told = {sentence.text for sentence in sentences(verified.body)}
    prepared = []
    for each in asked[:FOLLOW_UPS]:
        answer = tuple(fence.cited(said.text, said.passages, labels) for said in each.answer)
        new = tuple(said for said in answer if said.text not in told and plain.problem(said.text) is None)
        if new:
            prepared.append(Section(question=" ".join(each.question.split()), answer=new))
    if not prepared:
        return verified
    counts = verified.body.verification
    body = verified.body.model_copy(update={"prepared": tuple(prepared)})
    both = verify(body, material, repaired=counts.repaired)
    dropped = counts.model_copy(
        update={**dict(both.body.verification), "dropped": counts.dropped + both.body.verification.dropped}
    )
    return Verified(
        both.body.model_copy(update={"verification": dropped}), (*verified.failures, *both.failures)
    )


def _body(reply: BriefReply, labels: Mapping[str, Citation]) -> BriefBody:
    """The answer in the document's shape, with our citations for its labels."""

    def said(sentence: Said) -> Sentence:
        return fence.cited(sentence.text, sentence.passages, labels)

    def all_said(sentences: tuple[Said, ...]) -> tuple[Sentence, ...]:
        return tuple(said(sentence) for sentence in sentences)

    return BriefBody(
        headline=said(reply.headline),
        takeaways=all_said(reply.takeaways[:3]),
        lead=all_said(reply.lead),
        sections=tuple(
            Section(question=" ".join(section.question.split()), answer=all_said(section.answer))
            for section in reply.sections[:8]
        ),
        catch=all_said(reply.catch),
        bottom_line=all_said(reply.bottom_line),
        disagreements=tuple(
            Disagreement(about=" ".join(each.about.split()), claims=(said(each.first), said(each.second)))
            for each in reply.disagreements[:4]
        ),
        follow_ups=tuple(" ".join(each.question.split()) for each in reply.follow_ups[:FOLLOW_UPS]),
    )

"""Short questions a reader might ask next: what the sources could still answer, and what they leave open."""

from __future__ import annotations

from collections.abc import Sequence

from briefings.write.aspects import Aspect
from briefings.write.draft import Draft
from briefings.write.furniture import unquoted
from briefings.write.names import Name
from briefings.write.questions import why_question
from briefings.write.sections import Offer
from briefings.write.speakers import speaker_of
from briefings.write.subject import Subject

MOST, LEAST_USABLE = 4, 2
OFTEN = 3  # mentions by which a name is surely one
CURIOUS = (
    Aspect.WHY, Aspect.NEXT, Aspect.MONEY, Aspect.WHO, Aspect.FOUND, Aspect.LAW, Aspect.COMPARED, Aspect.WORKS,
    Aspect.CRITICS, Aspect.BEFORE, Aspect.WHAT, Aspect.DID, Aspect.TOPIC,
)  # fmt: skip


def follow_ups(draft: Draft, subject: Subject, asked: list[str], offers: Sequence[Offer]) -> tuple[str, ...]:
    """Two to four questions in order of interest, none of them a heading of the brief; empty without a subject."""
    if not subject.name or len(draft.pool.candidates) < LEAST_USABLE:
        return ()
    known = [name for name in draft.pool.names.found if name.short == subject.name and name.count >= OFTEN]
    heads = " ".join(asked)
    found: dict[Aspect, str] = {}
    for offer in offers:
        name = offer.ask.about.split()[-1]
        if offer.ask.aspect in CURIOUS and offer.ask.question not in asked and name not in heads:
            found.setdefault(offer.ask.aspect, offer.ask.question)
    questions = [found[aspect] for aspect in CURIOUS if aspect in found and not _same_kind(aspect, heads)]
    answered = draft.mentions("ritics")
    questions += [
        question
        for mark, question in (_open(subject, _is_followed(subject, known, draft)) if known else ())
        if mark not in heads and not ("critics" in question and answered)
    ]
    return tuple(dict.fromkeys(questions))[:MOST]


def _same_kind(aspect: Aspect, heads: str) -> bool:
    marks = {
        Aspect.NEXT: "next",
        Aspect.WHY: "Why",
        Aspect.BEFORE: "background",
        Aspect.MONEY: "How much",
        Aspect.COMPARED: "compare",
    }
    return aspect in marks and marks[aspect] in heads


def _is_followed(subject: Subject, known: Sequence[Name], draft: Draft) -> bool:
    """Whether readers wonder what becomes of it: a person, an event, or who does or says something in the story.

    Of other names, a protocol or a game say, nobody asks what comes next for them.
    """
    if subject.person or subject.topic != subject.called:
        return True
    if subject.deed and subject.name in subject.deed.actor:
        return True
    return any(speaker_of(unquoted(one.text), known) for one in draft.pool.candidates)


def _open(subject: Subject, followed: bool) -> list[tuple[str, str]]:
    """What readers ask of any story, and of one whose subject is `followed`."""
    why = why_question(subject)
    general = [("Why did", why)] if why else []
    if not followed:
        return general
    return [
        *general,
        ("next", f"What comes next for {subject.called}?"),
        (" say about", f"What do critics say about {subject.topic}?"),
    ]

"""Chooses the questions a story can answer and fills each section with the sentences that answer it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from briefings.write.aspects import ORDER, Aspect
from briefings.write.draft import Draft
from briefings.write.pool import Candidate
from briefings.write.questions import Ask, asks_of, event_question
from briefings.write.subject import Subject

ENOUGH_WORDS, MOST_WORDS, MOST_SENTENCES, FEWEST_WORDS = 45, 92, 4, 18
LIMIT = {Aspect.SAID: 2, Aspect.ROLE: 2}
SIZES = ((30, 7), (22, 6), (15, 5), (11, 4), (8, 3), (6, 2), (5, 1))


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the sentences that answer it, the direct answer first."""

    question: str
    answer: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    ask: Ask
    anchor: Candidate
    score: float


def sections_of(draft: Draft, subject: Subject) -> list[Answered]:
    """Up to seven sections in telling order; the number follows from how much the sources hold."""
    wanted = next((count for size, count in SIZES if len(draft.pool.candidates) >= size), 0)
    if not wanted:
        return []
    sections = []
    if opening := _event(draft, subject):
        sections.append(opening)
    offers = _offers(draft, subject)
    for offer in sorted(_choose(draft, offers, wanted + 2), key=lambda each: (ORDER[each.ask.aspect], -each.score)):
        if len(sections) >= wanted:
            break
        if answered := _answer(draft, offer, offers):
            draft.take(answered.answer)
            sections.append(answered)
    return sections


def _event(draft: Draft, subject: Subject) -> Answered | None:
    """What happened, told by the weightiest early sentence that is still free."""
    for anchor in draft.open():
        if anchor.place <= 14 and anchor.text[0] not in "“\"" and (not subject.name or subject.name in anchor.text):
            answer = _fill(draft, anchor, [])
            if _words(answer) >= FEWEST_WORDS:
                draft.take(answer)
                return Answered(event_question(subject), tuple(answer))
    return None


def _offers(draft: Draft, subject: Subject) -> list[Offer]:
    found = []
    for candidate in draft.pool.candidates:
        if candidate.leans or not draft.fresh(candidate):
            continue
        for ask in asks_of(candidate.text, subject, draft.pool.names, draft.headline):
            found.append(Offer(ask, candidate, 0.5 * ask.strength + candidate.weight))
    return sorted(found, key=lambda offer: (-offer.score, offer.anchor.index, offer.ask.question))


def _choose(draft: Draft, offers: list[Offer], wanted: int) -> list[Offer]:
    """The best offers, no aspect beyond its limit, nobody asked about twice, no anchor used twice."""
    chosen: list[Offer] = []
    counts: dict[Aspect, int] = defaultdict(int)
    for offer in offers:
        if len(chosen) >= wanted:
            break
        ask = offer.ask
        if counts[ask.aspect] >= LIMIT.get(ask.aspect, 1) or any(ask.about == other.ask.about for other in chosen):
            continue
        if any(other.anchor is offer.anchor for other in chosen):
            continue
        if not draft.fresh(offer.anchor, [other.anchor for other in chosen]):
            continue
        counts[ask.aspect] += 1
        chosen.append(offer)
    return chosen


def _answer(draft: Draft, offer: Offer, offers: list[Offer]) -> Answered | None:
    """Fills a section from the offers to the same question; None when too little is left to answer it."""
    mates = [other for other in offers if other.ask.aspect == offer.ask.aspect and other.ask.about == offer.ask.about]
    same = [other for other in mates if other.ask.question == offer.ask.question]
    for anchored in (offer, *same):
        if draft.stands(anchored.anchor):
            answer = _fill(draft, anchored.anchor, [mate.anchor for mate in mates])
            if _words(answer) >= FEWEST_WORDS:
                return Answered(offer.ask.question, tuple(answer))
    return None


def _fill(draft: Draft, anchor: Candidate, mates: list[Candidate]) -> list[Candidate]:
    """The anchor with what follows it in its article, then the mates, other outlets first, up to the wanted length."""
    answer = [anchor]
    _extend(draft, answer, anchor)
    ordered = sorted(mates, key=lambda mate: (mate.article is anchor.article, -mate.weight))
    for mate in ordered:
        if _words(answer) >= ENOUGH_WORDS or len(answer) >= MOST_SENTENCES:
            break
        if draft.stands(mate, answer) and _words(answer) + _words([mate]) <= MOST_WORDS:
            answer.append(mate)
            _extend(draft, answer, mate)
    return answer


def _extend(draft: Draft, answer: list[Candidate], last: Candidate) -> None:
    while _words(answer) < ENOUGH_WORDS and len(answer) < MOST_SENTENCES:
        following = draft.continues(last, answer)
        if following is None or _words(answer) + _words([following]) > MOST_WORDS:
            return
        answer.append(following)
        last = following


def _words(answer: list[Candidate]) -> int:
    return sum(len(candidate.text.split()) for candidate in answer)

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
LIMIT = {Aspect.SAID: 2, Aspect.ROLE: 2, Aspect.DID: 2}
ON_THE_STORY = 0.2  # a section's first sentence must be at least this near the heart of the story
ALIKE_ENOUGH = 0.1
CENTRAL = 0.6
ABOUT_SOMEONE = (Aspect.WHO, Aspect.SAID, Aspect.ROLE, Aspect.CRITICS)
SHARED_WITH_HEADLINE = 2
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
    for offer in sorted(
        _choose(draft, offers, wanted + 2), key=lambda each: (ORDER[each.ask.aspect], -each.score)
    ):
        if len(sections) >= wanted:
            break
        if answered := _answer(draft, offer, offers):
            draft.take(answered.answer)
            sections.append(answered)
    return sections


def _event(draft: Draft, subject: Subject) -> Answered | None:
    """What happened, told by the weightiest early sentence that is still free."""
    headline = draft.pool.likeness.sets[-1]
    for anchor in draft.open():
        if anchor.place > 14 or anchor.text[0] in '“"' or (subject.name and subject.name not in anchor.text):
            continue
        shared = len(draft.pool.likeness.sets[anchor.index] & headline)
        answer = _fill(draft, anchor, [])
        if _words(answer) >= FEWEST_WORDS:
            draft.take(answer)
            return Answered(event_question(subject, shared > SHARED_WITH_HEADLINE), tuple(answer))
    return None


def _offers(draft: Draft, subject: Subject) -> list[Offer]:
    found = []
    for candidate in draft.pool.candidates:
        if candidate.leans or not draft.fresh(candidate):
            continue
        if candidate.relevance < ON_THE_STORY:
            continue
        for ask in asks_of(
            candidate.text,
            subject,
            draft.pool.names.in_text(candidate.text),
            draft.headline,
            candidate.relevance >= CENTRAL,
        ):
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
        if counts[ask.aspect] >= LIMIT.get(ask.aspect, 1) or any(
            ask.about == other.ask.about for other in chosen
        ):
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
    mates = [
        other
        for other in offers
        if other.ask.aspect == offer.ask.aspect and other.ask.about == offer.ask.about
    ]
    same = [other for other in mates if other.ask.question == offer.ask.question]
    for anchored in (offer, *same):
        if draft.stands(anchored.anchor):
            about = offer.ask.about if offer.ask.aspect in ABOUT_SOMEONE else ""
            answer = _fill(
                draft, anchored.anchor, [mate.anchor for mate in mates], about.split()[-1] if about else ""
            )
            if _words(answer) >= FEWEST_WORDS:
                return Answered(offer.ask.question, tuple(answer))
    return None


def _fill(draft: Draft, anchor: Candidate, mates: list[Candidate], about: str = "") -> list[Candidate]:
    """The anchor with what follows it in its article, then the mates, other outlets first, up to the wanted length.

    Where the question is `about` someone, what does not speak of them is left out.
    """
    answer = [anchor]
    _extend(draft, answer, anchor, about)
    ordered = sorted(mates, key=lambda mate: (mate.article is anchor.article, -mate.weight))
    for mate in (*ordered, *_alike(draft, anchor)):
        if _words(answer) >= ENOUGH_WORDS or len(answer) >= MOST_SENTENCES:
            break
        if (
            draft.stands(mate, answer)
            and about in mate.text
            and _words(answer) + _words([mate]) <= MOST_WORDS
        ):
            answer.append(mate)
            _extend(draft, answer, mate, about)
    return answer


def _alike(draft: Draft, anchor: Candidate) -> list[Candidate]:
    """Candidates that speak of the same as the anchor, nearest first."""
    row = draft.pool.likeness.cosine[anchor.index]
    near = [
        c
        for c in draft.pool.candidates
        if c is not anchor and row[c.index] >= ALIKE_ENOUGH and c.relevance >= ON_THE_STORY
    ]
    return sorted(near, key=lambda c: (-row[c.index], c.index))


def _extend(draft: Draft, answer: list[Candidate], last: Candidate, about: str) -> None:
    while _words(answer) < ENOUGH_WORDS and len(answer) < MOST_SENTENCES:
        following = draft.continues(last, answer)
        if (
            following is None
            or not (following.leans or about in following.text)
            or _words(answer) + _words([following]) > MOST_WORDS
        ):
            return
        answer.append(following)
        last = following


def _words(answer: list[Candidate]) -> int:
    return sum(len(candidate.text.split()) for candidate in answer)

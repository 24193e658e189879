"""Chooses the questions a story can answer and fills each section with the sentences that answer it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from briefings.write.aspects import ORDER, Aspect
from briefings.write.draft import Draft
from briefings.write.event import tells_deed
from briefings.write.heads import heads_of
from briefings.write.pool import Candidate
from briefings.write.questions import Ask, asks_of, event_question
from briefings.write.subject import Subject

ENOUGH_WORDS, MOST_WORDS, MOST_SENTENCES, FEWEST_WORDS = 45, 92, 4, 18
LIMIT = {
    Aspect.SAID: 3,
    Aspect.EVENT: 2,
    Aspect.COUNT: 2,
    Aspect.DID: 3,
    Aspect.WORKS: 2,
    Aspect.MONEY: 2,
    Aspect.WHY: 2,
    Aspect.MEANS: 2,
}
# Usable sentences in the sources, and how many sections they carry.
SIZES = ((28, 7), (22, 6), (16, 5), (11, 4), (8, 3), (6, 2), (5, 1))
ON_THE_STORY = 0.12  # a section's first sentence must be at least this near the heart of the story
CENTRAL = 0.35  # so near that it belongs to the subject without naming it
ALIKE_ENOUGH = 0.1
ABOUT_SOMEONE = (Aspect.SAID, Aspect.ROLE, Aspect.CRITICS)
ASKING = frozenset(
    [
        "what",
        "who",
        "how",
        "why",
        "when",
        "where",
        "which",
        "did",
        "does",
        "do",
        "is",
        "was",
        "are",
        "were",
        "will",
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "to",
        "about",
    ]
)
OPENS_A_STORY = (
    Aspect.DID,
    Aspect.MONEY,
    Aspect.WHO,
    Aspect.WHAT,
    Aspect.WHY,
    Aspect.WORKS,
    Aspect.FOUND,
    Aspect.LAW,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the sentences that answer it, the direct answer first."""

    question: str
    answer: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate that could open the answer to a question."""

    ask: Ask
    anchor: Candidate
    score: float


def sections_of(draft: Draft, subject: Subject) -> list[Answered]:
    """Up to seven sections in telling order, the event first; their number follows from how much the sources hold."""
    wanted = _room(draft)
    if not wanted:
        return []
    event = _event_section(draft, subject)
    sections = [event] if event else []
    draft.tell(event.answer if event else ())
    offers = offers_of(draft, subject)
    return sections + _in_order(draft, subject, offers, wanted - len(sections), sections)


def _event_section(draft: Draft, subject: Subject) -> Answered | None:
    """What happened, told by the weightiest early sentence that is still free; reserved, not yet told.

    Its heading is the headline's deed where the sentence tells it, else what the sentence itself answers.
    """
    early = [
        c for c in draft.open() if c.place <= 14 and c.text[0] not in '“"' and c.relevance >= _gate(draft)
    ]
    early.sort(key=lambda c: not (event_question(subject) and tells_deed(draft, c, subject)))
    for anchor in early:
        question = event_question(subject) if tells_deed(draft, anchor, subject) else ""
        if not question and not (question := _own_question(draft, anchor, subject)):
            continue
        answer = _fill(draft, anchor, [])
        if _words(answer) >= FEWEST_WORDS:
            draft.reserve(answer)
            return Answered(question, tuple(answer))
    return None


def _own_question(draft: Draft, anchor: Candidate, subject: Subject) -> str:
    """The strongest question about what happened that the sentence answers; empty when it has none."""
    asks = [ask for ask in _asks(draft, anchor, subject) if ask.aspect in OPENS_A_STORY]
    return max(asks, key=lambda ask: ask.strength).question if asks else ""


def _gate(draft: Draft) -> float:
    """How near the heart of the story a section's first sentence must be; one article strays less than several."""
    articles = {candidate.article.article for candidate in draft.pool.candidates}
    return ON_THE_STORY if len(articles) > 1 else ON_THE_STORY / 3


def _room(draft: Draft) -> int:
    return next((count for size, count in SIZES if len(draft.pool.candidates) >= size), 0)


def offers_of(draft: Draft, subject: Subject) -> list[Offer]:
    """Every question that a sentence still free could answer, the best first."""
    found = []
    for candidate in draft.pool.candidates:
        if candidate.leans or candidate.relevance < _gate(draft) or not draft.fresh(candidate):
            continue
        for ask in _asks(draft, candidate, subject):
            found.append(Offer(ask, candidate, 0.5 * ask.strength + candidate.weight))
    return sorted(found, key=lambda offer: (-offer.score, offer.anchor.index, offer.ask.question))


def questions_of(draft: Draft, candidate: Candidate, subject: Subject) -> list[str]:
    """The questions that one sentence answers, the strongest first."""
    return [ask.question for ask in sorted(_asks(draft, candidate, subject), key=lambda ask: -ask.strength)]


def _asks(draft: Draft, candidate: Candidate, subject: Subject) -> tuple[Ask, ...]:
    """The questions that the sentence answers: those its main clause answers, then those its wording shows."""
    if candidate.index in draft.asks:
        return draft.asks[candidate.index]
    central = candidate.relevance >= CENTRAL
    pool = draft.pool
    heads = heads_of(candidate.text, pool.names)
    shown = asks_of(candidate.text, subject, draft.held(candidate), draft.headline, central, pool.phrases)
    draft.asks[candidate.index] = (*heads, *shown)
    return draft.asks[candidate.index]


def _in_order(
    draft: Draft, subject: Subject, offers: list[Offer], wanted: int, before: list[Answered]
) -> list[Answered]:
    """The best offers that can be answered, no aspect beyond its limit, nobody asked about twice, in telling order.

    What is chosen is only reserved, not told: as the order is not yet known, no section may lean on another.
    """
    chosen: list[tuple[Offer, Answered]] = []
    counts: dict[Aspect, int] = defaultdict(int)
    for offer in offers:
        if len(chosen) >= wanted:
            break
        ask = offer.ask
        if any(_same_question(ask.question, each.question, subject) for each in before):
            continue
        if counts[ask.aspect] >= LIMIT.get(ask.aspect, 1) or any(
            ask.about == other.ask.about or _same_question(ask.question, other.ask.question, subject)
            for other, _ in chosen
        ):
            continue
        if answered := _answer(draft, offer, offers):
            counts[ask.aspect] += 1
            draft.reserve(answered.answer)
            chosen.append((offer, answered))
    chosen.sort(key=lambda each: (ORDER[each[0].ask.aspect], -each[0].score))
    return [answered for _, answered in chosen]


def _same_question(one: str, other: str, subject: Subject) -> bool:
    """Whether two headings ask the same of the subject, or nearly the same words of anything."""
    shared = {word.lower() for word in f"{subject.called} {subject.topic}".split()} | ASKING
    first, second = _asked(one) - shared, _asked(other) - shared
    if not first or not second:
        return one.split()[:2] == other.split()[:2] and first == second
    return len(first & second) >= 0.67 * max(len(first), len(second))


def _asked(question: str) -> set[str]:
    return set(re.sub(r"[’']s\b|[?,]", "", question).lower().split())


def _answer(draft: Draft, offer: Offer, offers: list[Offer]) -> Answered | None:
    """Fills a section from the offers to the same question; None when too little is left to answer it."""
    if not draft.stands(offer.anchor):
        return None
    ask = offer.ask
    mates = [
        other.anchor for other in offers if (other.ask.aspect, other.ask.about) == (ask.aspect, ask.about)
    ]
    about = ask.about.split()[-1] if ask.aspect in ABOUT_SOMEONE else ""
    answer = _fill(draft, offer.anchor, mates, about)
    return Answered(ask.question, tuple(answer)) if _words(answer) >= FEWEST_WORDS else None


def _fill(draft: Draft, anchor: Candidate, mates: list[Candidate], about: str = "") -> list[Candidate]:
    """The anchor with what follows it in its article, then the mates, other outlets first, up to the wanted length.

    Where the question is `about` someone or something, what does not speak of it is left out.
    """
    answer = [anchor]
    _extend(draft, answer, anchor, about)
    ordered = sorted(mates, key=lambda mate: (mate.article is anchor.article, -mate.weight))
    for mate in (*ordered, *_alike(draft, anchor)):
        if _words(answer) >= ENOUGH_WORDS or len(answer) >= MOST_SENTENCES:
            break
        if (
            about in mate.text
            and _words(answer) + _words([mate]) <= MOST_WORDS
            and draft.stands(mate, answer)
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
        if following is None or not (following.leans or about in following.text):
            return
        if _words(answer) + _words([following]) > MOST_WORDS:
            return
        answer.append(following)
        last = following


def _words(answer: list[Candidate]) -> int:
    return sum(len(candidate.text.split()) for candidate in answer)

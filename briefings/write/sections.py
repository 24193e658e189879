"""Chooses the questions a story can answer and fills each section with the sentences that answer it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from briefings.terms import terms
from briefings.write.answers import ON_THE_STORY, fill, words_in
from briefings.write.ask import Ask
from briefings.write.aspects import ORDER, Aspect, shows
from briefings.write.draft import Draft
from briefings.write.event import tells_deed
from briefings.write.furniture import NO_COMMENT
from briefings.write.heads import heads_of
from briefings.write.pool import GENERIC, Candidate
from briefings.write.questions import asks_of, event_question, why_question
from briefings.write.second import MOST, more_asks, second_asks, themes_of
from briefings.write.subject import Subject

FEWEST_WORDS = 10
LIMIT = {
    Aspect.SAID: 3,
    Aspect.CRITICS: 3,
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
MERE_WORDS = 0.25  # the same for words of which nothing more is known than that they were said
CENTRAL = 0.35  # so near that it belongs to the subject without naming it
ABOUT_SOMEONE = (Aspect.SAID, Aspect.ROLE, Aspect.CRITICS, Aspect.TOPIC)
FULL = 5  # sections below which aspects may come back, and then plainer headings
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


# Who is one and the same to a reader, and what is one and the same to have done.
AUTHORITIES = re.compile(r"\b(?:\w+ police|authorities|officials|investigators|prosecutors)\b")
SPEECH = re.compile(r"\b(?:say|claim|respond|release|announce|report|argue|see it)\b")
SAYS_WHICH = re.compile(
    r" (?:of|for|behind|between|over|against|by|to) "
)  # "the sale of the unit": which is said
LEADING_WORDS = 8
RECURS = 4  # mentions that make a name or word one of the story's own
SPOKEN = (Aspect.SAID, Aspect.CRITICS)
STRICT = (Aspect.SAID, Aspect.WHY)  # what is only like somebody's words, or like a reason, is neither
EARLIER = re.compile(
    r"(?P<when>(?:Earlier (?:in [A-Z][a-z]+|this \w+)|Last (?:year|month|week|spring|summer|fall|autumn|winter)|"
    r"(?:A|Two|Three|Four|Five|Several|Some) (?:years?|months?|weeks?) (?:ago|earlier)|"
    r"(?:In|Back in) (?:(?:early|late|mid-?) ?)?(?:[A-Z][a-z]+ )?(?:19|20)\d\d)),? "
)


Wording = Callable[[Draft, Candidate, Subject, Mapping[str, str]], Iterable[Ask]]


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
    if draft.has_told(lambda c: tells_deed(draft, c, subject)):
        draft.close(lambda c: tells_deed(draft, c, subject) and not _tells_why_or_when(c))
    event = _event_section(draft, subject)
    sections = [event] if event else []
    draft.tell(event.answer if event else ())
    choice = _Choice(draft, subject, sections)
    choice.add(offers_of(draft, subject), wanted, lambda aspect: LIMIT.get(aspect, 1))
    full = min(FULL, wanted)
    if choice.size < full:
        farther = offers_of(draft, subject, far=True) + _second_offers(draft, subject, more_asks)
        choice.add(farther, full, lambda aspect: LIMIT.get(aspect, 1))
    if choice.size < full:
        most = min(full, choice.size + MOST)
        choice.add(
            _second_offers(draft, subject, second_asks), most, lambda aspect: 1 + (aspect is Aspect.SAID)
        )
    return choice.in_order()


def _event_section(draft: Draft, subject: Subject) -> Answered | None:
    """What happened, told by the weightiest early sentence that is still free; reserved, not yet told.

    Its heading is the headline's deed where the sentence tells it, else what the sentence itself answers. Of a deed
    that the takeaways have told it tells the reason or nothing.
    """
    told = draft.has_told(lambda c: tells_deed(draft, c, subject))
    deed = why_question(subject) if told else event_question(subject)

    early = [
        c for c in draft.open() if c.place <= 14 and c.text[0] not in '“"' and c.relevance >= _gate(draft)
    ]
    tellers = {c.index for c in early if tells_deed(draft, c, subject)}
    early.sort(key=lambda c: not (deed and c.index in tellers))
    for anchor in early:
        question = (deed if anchor.index in tellers else "") or _own_question(draft, anchor, subject)
        if not question or not draft.tells_more(anchor):
            continue
        answer = fill(draft, anchor, [])
        if words_in(answer) >= FEWEST_WORDS:
            draft.reserve(answer)
            return Answered(question, tuple(answer))
    return None


def _tells_why_or_when(candidate: Candidate) -> bool:
    """Whether a sentence on the deed adds its reason, or tells of another such deed before it."""
    return shows(Aspect.WHY, candidate.text) or shows(Aspect.BEFORE, candidate.text)


def _own_question(draft: Draft, anchor: Candidate, subject: Subject) -> str:
    """The strongest question about what happened that the sentence answers; empty when it has none."""
    asks = [
        ask
        for ask in _asks(draft, anchor, subject)
        if ask.aspect in OPENS_A_STORY
        if ask.aspect is not Aspect.WHO or (subject.name and subject.name in ask.about)
    ]
    return max(asks, key=lambda ask: ask.strength).question if asks else ""


def _gate(draft: Draft) -> float:
    """How near the heart of the story a section's first sentence must be; one article strays less than several."""
    articles = {candidate.article.article for candidate in draft.pool.candidates}
    return ON_THE_STORY if len(articles) > 1 else ON_THE_STORY / 3


def _far_gate(draft: Draft) -> float:
    """The same where few sections were found: a single article is about its story all through."""
    return 0.25 * ON_THE_STORY if _gate(draft) == ON_THE_STORY else 0.0


def _room(draft: Draft) -> int:
    return next((count for size, count in SIZES if len(draft.pool.candidates) >= size), 0)


def offers_of(draft: Draft, subject: Subject, far: bool = False) -> list[Offer]:
    """Every question that a sentence still free could answer, the best first. `far`: also off the story's heart."""
    gate = _far_gate(draft) if far else _gate(draft)
    found = []
    for candidate in draft.pool.candidates:
        if candidate.leans or candidate.relevance < gate or not draft.fresh(candidate):
            continue
        for ask in _asks(draft, candidate, subject, far=far):
            if ask.act == "say" and candidate.relevance < MERE_WORDS:
                continue
            found.append(Offer(ask, candidate, 0.5 * ask.strength + candidate.weight))
    return sorted(found, key=lambda offer: (-offer.score, offer.anchor.index, offer.ask.question))


def _second_offers(draft: Draft, subject: Subject, asks: Wording) -> list[Offer]:
    """The plainer headings that sentences still free could stand under, the best first."""
    themes = themes_of(draft)
    found = [
        Offer(ask, candidate, 0.5 * ask.strength + candidate.weight)
        for candidate in draft.pool.candidates
        if candidate.relevance >= _far_gate(draft)
        if not candidate.leans and candidate.on_topic and draft.fresh(candidate)
        for ask in asks(draft, candidate, subject, themes)
        if ask.act != "say" or candidate.relevance >= ON_THE_STORY
    ]
    return sorted(found, key=lambda offer: (-offer.score, offer.anchor.index, offer.ask.question))


def questions_of(draft: Draft, candidate: Candidate, subject: Subject) -> list[str]:
    """The questions that one sentence answers, the strongest first."""
    return [ask.question for ask in sorted(_asks(draft, candidate, subject), key=lambda ask: -ask.strength)]


def _asks(draft: Draft, candidate: Candidate, subject: Subject, far: bool = False) -> tuple[Ask, ...]:
    """The questions that the sentence answers: those its main clause answers, then those its wording shows.

    `far`: what leads it may also be a thing that the story keeps coming back to.
    """
    central = candidate.relevance >= CENTRAL
    if candidate.index not in draft.asks:
        pool = draft.pool
        heads = heads_of(candidate.text, pool.names)
        about_it = draft.near_subject(candidate, subject.name)
        goes_on = pool.follower(candidate)
        shown = asks_of(
            candidate.text,
            subject,
            draft.held(candidate),
            draft.headline,
            central and about_it,
            pool.phrases,
            pool.names.offices,
            goes_on.text if goes_on and goes_on.text[0] in '“"' else "",
        )
        draft.asks[candidate.index] = tuple(_dated(ask, candidate.text) for ask in (*heads, *shown))
    asks = draft.asks[candidate.index]
    if NO_COMMENT.search(candidate.text):
        asks = tuple(ask for ask in asks if ask.aspect not in SPOKEN)
    if central or _of_the_story(draft, candidate, subject) or (far and _comes_back(draft, candidate)):
        return asks
    return tuple(ask for ask in asks if ask.aspect in SPOKEN)


def _comes_back(draft: Draft, candidate: Candidate) -> bool:
    """Whether a sentence leads with a name or word that several sentences of the story share."""
    leading = " ".join(candidate.text.split()[:LEADING_WORDS])
    if any(name.short in leading and name.count >= RECURS for name in draft.held(candidate)):
        return True
    sets = draft.pool.likeness.sets[:-1]
    leads = set(terms(leading)) - GENERIC
    return any(sum(word in each for each in sets) >= RECURS for word in leads)


def _of_the_story(draft: Draft, candidate: Candidate, subject: Subject) -> bool:
    """Whether what leads the sentence is in the headline: a reader asks after that, not after bystanders."""
    leading = " ".join(candidate.text.split()[:LEADING_WORDS])
    named = bool(subject.name) and subject.name in leading
    return named or not draft.heading.isdisjoint(terms(leading))


def _dated(ask: Ask, text: str) -> Ask:
    """Where the sentence opens with an earlier time, the question names it: "What did X announce a year ago?"."""
    found = EARLIER.match(text) if ask.aspect in OPENS_A_STORY else None
    if not found or found["when"] in ask.question:
        return ask
    return replace(ask, question=f"{ask.question[:-1]} {found['when'][0].lower()}{found['when'][1:]}?")


class _Choice:
    """The sections chosen so far: no aspect beyond its limit, nobody asked about twice.

    A section may speak of what those that are read before it have introduced.
    """

    def __init__(self, draft: Draft, subject: Subject, before: list[Answered]) -> None:
        self._draft, self._subject, self._before = draft, subject, before
        self._chosen: list[tuple[Offer, Answered]] = []

    @property
    def size(self) -> int:
        return len(self._before) + len(self._chosen)

    def add(self, offers: list[Offer], wanted: int, limits: Callable[[Aspect], int]) -> None:
        """Takes the best offers that can be answered until there are `wanted` sections."""
        counts: dict[Aspect, int] = defaultdict(int)
        before = -1
        while before < self.size < wanted:  # one that was chosen may introduce what another speaks of
            before = self.size
            for offer in offers:
                aspect = offer.ask.aspect
                if self.size >= wanted or counts[aspect] >= limits(aspect) or self._asked_already(offer.ask):
                    continue
                self._draft.expect(self._read_before(offer))
                if answered := _answer(self._draft, offer, offers):
                    counts[aspect] += 1
                    self._draft.reserve(answered.answer)
                    self._chosen.append((offer, answered))
        self._draft.expect(())

    def _read_before(self, offer: Offer) -> Iterator[Candidate]:
        """What a reader will have read who comes to this offer's section: those chosen only move further up."""
        for other, answered in self._chosen:
            if _place(other) < _place(offer):
                yield from answered.answer

    def _asked_already(self, ask: Ask) -> bool:
        asked = [each.question for each in self._before] + [answered.question for _, answered in self._chosen]
        full = self._draft.pool.names.fuller.get(self._subject.name, "")
        known = f"{self._subject.called} {self._subject.topic} {full}"
        if ask.act == "say" and any(f"did {ask.about} " in other for other in asked if " " in ask.about):
            return True  # of whom more is asked already
        return any(_same_question(ask.question, other, known) for other in asked) or any(
            ask.act == offer.ask.act if ask.act and offer.ask.act else ask.about == offer.ask.about
            for offer, _ in self._chosen
        )

    def in_order(self) -> list[Answered]:
        """All sections in telling order."""
        ordered = sorted(self._chosen, key=lambda each: _place(each[0]))
        return self._before + [answered for _, answered in ordered]


def _place(offer: Offer) -> tuple[int, float, int]:
    """Where the offer's section stands in the brief."""
    return ORDER[offer.ask.aspect], -offer.score, offer.anchor.index


@lru_cache(maxsize=20_000)
def _same_question(one: str, other: str, subject: str) -> bool:
    """Whether two headings ask the same of the `subject`, whatever it is called, or nearly the same of anything."""
    shared = {word.lower() for word in subject.split()} | ASKING
    first, second = _asked(one) - shared, _asked(other) - shared
    if not first or not second:
        return one.split()[:2] == other.split()[:2] and first == second
    same = len(first & second)
    # "What did the Wall Street Journal report?" and "What did the Journal report?"
    within = one.split()[:2] == other.split()[:2] and same == min(len(first), len(second)) >= 2
    return within or same >= 0.67 * max(len(first), len(second))


@lru_cache(maxsize=2000)
def _asked(question: str) -> frozenset[str]:
    words = re.sub(r"[’']s\b|[?,]", "", question).lower()
    return frozenset(SPEECH.sub("say", AUTHORITIES.sub("police", words)).split())


def _met(draft: Draft, ask: Ask) -> bool:
    """Whether a reader who comes to the question knows the thing it calls "the"."""
    if ask.aspect in (Aspect.TOPIC, Aspect.MORE):
        return draft.has_said(ask.about.split()[-1])
    thing = ask.about.rsplit(" ", 1)[0]
    if not thing.startswith("the ") or thing != thing.lower() or SAYS_WHICH.search(thing):
        return True
    return draft.has_said(thing.split()[-1]) or draft.comes_back(thing.split()[-1])


def _answer(draft: Draft, offer: Offer, offers: list[Offer]) -> Answered | None:
    """Fills a section from the offers to the same question; None when too little is left to answer it."""
    ask = offer.ask
    heading = draft.presenting(ask.question)
    told = not draft.tells_more(offer.anchor)
    if told or not _met(draft, ask) or not draft.stands(offer.anchor, heading=heading):
        return None
    # Of one speaker's words only those on the matter asked about belong here.
    mates = [
        other.anchor
        for other in offers
        if (other.ask.aspect, other.ask.about) == (ask.aspect, ask.about)
        and (not ask.act or other.ask.question == ask.question)
    ]
    about = ask.about.split()[-1] if ask.aspect in ABOUT_SOMEONE else ""
    answer = fill(draft, offer.anchor, mates, about, strictly=bool(ask.act) or ask.aspect in STRICT)
    return Answered(heading, tuple(answer)) if words_in(answer) >= FEWEST_WORDS else None

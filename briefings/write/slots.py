"""Fills a brief's fixed places, each by its own measure: opening, takeaways, lead, catch and bottom line."""

from __future__ import annotations

import re

from briefings.schemas import SourceText
from briefings.write.aspects import CONSEQUENCE, HAZARD, Aspect, doubt, has_figure, shows
from briefings.write.draft import Draft
from briefings.write.event import tells_deed
from briefings.write.furniture import NO_COMMENT, unquoted
from briefings.write.pool import ALSO, Candidate
from briefings.write.speakers import speaker_of
from briefings.write.subject import Subject

QUICK = 260  # characters a takeaway may have, to be read in seconds
BEGAN = re.compile(r"\b(?:began|started|erupted|was sparked|were sparked) (?:when|after|with|by)\b")
EARLY = 8  # sentences into an article within which the event is told
LEAD_WORDS = 70
CATCH_WORDS = 60
CATCH_DOUBT = 0.4  # below this a sentence names no limit or opposing voice worth a heading
FROM = {
    "more takeaways": 7,
    "why it matters": 16,
    "catch": 5,
    "bottom line": 8,
}  # usable sentences from which on a place is worth filling


def opening(draft: Draft, titled: SourceText, subject: Subject) -> Candidate | None:
    """The sentence that tells the event: the headline's deed, weighty, early, and able to stand first."""
    standing = draft.open()
    early = [c for c in standing if c.place <= EARLY and c.plain and not _quotes_first(c)] or standing
    if not early:
        # Right below its own headline, "The round came months ahead of schedule" is clear.
        early = [
            c
            for c in draft.pool.candidates
            if c.mild and c.place == 1 and c.article is titled and draft.fresh(c)
        ]
    return max(early, key=lambda c: (_telling(draft, c, titled, subject), -c.index), default=None)


def _telling(draft: Draft, c: Candidate, titled: SourceText, subject: Subject) -> float:
    """How well a sentence tells what happened."""
    specific = 0.04 * min(4, len(draft.held(c)) + 2 * has_figure(c.text))
    likeness = 0.08 * min(6, draft.shared_with_headline(c)) + 0.08 * (c.article is titled)
    deed = subject.deed is not None and tells_deed(draft, c, subject)
    return c.weight + specific + likeness + 0.35 * deed + 0.15 * (c.place == 1)


def proof_and_consequence(draft: Draft) -> list[Candidate]:
    """The second and third takeaway, as far as the sources carry them: a figure or a witness, then what follows."""
    chosen: list[Candidate] = []
    if len(draft.pool.candidates) < FROM["more takeaways"]:
        return chosen
    for wanted in (_proves, _follows):
        quick = [
            c
            for c in draft.open()
            if len(c.text) <= QUICK and c.relevance >= 0.3 and c.plain and not _quotes_first(c)
        ]
        if found := max(quick, key=lambda c: (c.weight + wanted(c), -c.index), default=None):
            draft.take([found])
            chosen.append(found)
    return chosen


def _proves(candidate: Candidate) -> float:
    said = re.search(r"\b(?:according to|told|found|showed?|statement|measured|scored)\b", candidate.text)
    return 0.4 * has_figure(candidate.text) + 0.15 * bool(said)


def _follows(candidate: Candidate) -> float:
    own = candidate.text
    looks_on = 0.3 * shows(Aspect.STAKE, own) + 0.2 * shows(Aspect.NEXT, own)
    return looks_on + 0.15 * bool(CONSEQUENCE.search(own)) - 0.3 * shows(Aspect.BEFORE, own)


def lead(
    draft: Draft, first: Candidate | None, titled: SourceText, subject: Subject, alone: bool
) -> list[Candidate]:
    """One to three sentences, reserved, not told: `first` or what tells the event next best, then why it matters.

    `alone`: there is nothing else in the brief, so it takes what there is.
    """
    early = [c for c in draft.open() if not _quotes_first(c) and c.place <= 2 * EARLY]
    # "X also responded" is no way to begin.
    early = [c for c in early if not ALSO.search(c.text)] or early
    start = first or max(early, key=lambda c: (_telling(draft, c, titled, subject), -c.index), default=None)
    if start is None:
        return []
    chosen = [start]
    while len(chosen) < (3 if alone else 2) and (following := draft.continues(chosen[-1], chosen)):
        if _words([*chosen, following]) > LEAD_WORDS:
            break
        chosen.append(following)
    draft.reserve(chosen)
    if not alone and (why := _why_it_matters(draft, chosen)):
        chosen.append(why)
        draft.reserve([why])
    while alone and len(chosen) < 3 and (more := next(iter(draft.open()), None)):
        chosen.append(more)
        draft.reserve([more])
    return chosen


def _why_it_matters(draft: Draft, before: list[Candidate]) -> Candidate | None:
    """A sentence near the heart of the story that says what it changes, as far as the lead has room."""
    if len(draft.pool.candidates) < FROM["why it matters"]:
        return None
    for c in draft.open():
        fits = _words([*before, c]) <= LEAD_WORDS and c.relevance >= 0.5 and c.plain and not _quotes_first(c)
        if (
            fits
            and (shows(Aspect.STAKE, c.text) or shows(Aspect.COMPARED, c.text))
            and draft.fresh(c, before)
        ):
            return c
    return None


def catch(draft: Draft) -> list[Candidate]:
    """What speaks against the story or limits it, by its sources; reserved, not told. Empty when they name nothing.

    It is chosen early, so that no ordinary place takes it.
    """
    if len(draft.pool.candidates) < FROM["catch"]:
        return []
    standing = [c for c in draft.open() if c.relevance >= 0.1]
    doubtful = [c for c in standing if doubt(c.text, c.turns) >= CATCH_DOUBT]
    standing = [c for c in standing if "accused of" not in c.text]  # what the story is about, not its catch
    doubtful = doubtful or [c for c in standing if HAZARD.search(unquoted(c.text)) and c.relevance >= 0.25]
    best = max(doubtful, key=lambda c: (c.weight + 1.2 * doubt(c.text, c.turns), -c.index), default=None)
    if best is None:
        return []
    following = draft.continues(best, [best])
    chosen = [best, following] if following and _words([best, following]) <= CATCH_WORDS else [best]
    draft.reserve(chosen)
    return chosen


def bottom_line(draft: Draft) -> list[Candidate]:
    """One sentence to leave with: what follows, what it adds up to or what comes next; empty when none says so."""
    if len(draft.pool.candidates) < FROM["bottom line"]:
        return []
    lasts = {c.article.article: c.place for c in draft.pool.candidates}

    def fit(c: Candidate) -> float:
        late = 0.25 * c.place / max(1, lasts[c.article.article])
        looks_on = 0.5 * shows(Aspect.STAKE, c.text) + 0.4 * shows(Aspect.NEXT, c.text)
        back = 0.4 * shows(Aspect.BEFORE, c.text)
        return c.weight + late + looks_on - back - 0.15 * has_figure(c.text)

    standing = [c for c in draft.open() if speaker_of(unquoted(c.text), draft.held(c)) is None]
    fitting = [
        c
        for c in standing
        if len(c.text) <= QUICK
        and c.plain
        and c.relevance >= 0.3
        and draft.shared_with_headline(c) + (c.relevance >= 0.5) >= 2
        and CONSEQUENCE.search(unquoted(c.text))
        and "“" not in c.text
        and '"' not in c.text
        and not BEGAN.search(c.text)
        and not NO_COMMENT.search(c.text)
    ]
    best = max(fitting, key=lambda c: (fit(c), -c.index), default=None)
    draft.reserve([best] if best else [])
    return [best] if best else []


def _quotes_first(candidate: Candidate) -> bool:
    return candidate.text[0] in "“\"‘'"


def _words(chosen: list[Candidate]) -> int:
    return sum(len(candidate.text.split()) for candidate in chosen)

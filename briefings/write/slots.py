"""Fills a brief's fixed places, each by its own measure: opening, takeaways, lead, catch and bottom line."""

from __future__ import annotations

import re
from datetime import timedelta

from briefings.schemas import SourceText
from briefings.write.aspects import CONSEQUENCE, Aspect, doubt, has_figure, shows
from briefings.write.draft import Draft
from briefings.write.event import tells_deed
from briefings.write.furniture import NO_COMMENT, unquoted
from briefings.write.pool import Candidate
from briefings.write.speakers import speaker_of
from briefings.write.subject import Subject

QUICK = 260  # characters a takeaway may have, to be read in seconds
FEWEST_WORDS = 10  # of a takeaway: a shorter sentence tells little by itself
SUPPOSES = re.compile(r"(?:If|When|Unless|Whether)\b|.*\bused to\b")
# Such a sentence goes on from another.
ADDS = re.compile(r"^(?:\S+ ){1,6}(?:also|added|further|continued)\b")
AFTERMATH = re.compile(r"\b(?:after|amid|following|on) (?:the |a )?(?:news|reports?|announcement)\b")
BEGAN = re.compile(r"\b(?:began|started|erupted|was sparked|were sparked) (?:when|after|with|by)\b")
EARLY = 8  # sentences into an article within which the event is told
OF_THE_HEADLINE = 2  # words shared with the headline by which a sentence is about it
SAME_NEWS = timedelta(hours=12)  # by which the sources of one event may differ
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
    standing = _of_now(draft.open(), titled)
    early = [c for c in standing if c.place <= EARLY and c.plain and not _quotes_first(c)] or standing
    if not any(draft.shared_with_headline(c) >= OF_THE_HEADLINE for c in early):
        # A digest begins with its editor's letter: what the headline names comes later.
        early = [c for c in standing if c.plain and draft.shared_with_headline(c) >= OF_THE_HEADLINE] or early
    if not early:
        # Right below its own headline, "The round came months ahead of schedule" is clear.
        early = [
            c
            for c in draft.pool.candidates
            if c.mild and c.place == 1 and c.article is titled and draft.fresh(c)
        ]
    return max(early, key=lambda c: (_telling(draft, c, titled, subject), -c.index), default=None)


def _telling(draft: Draft, c: Candidate, titled: SourceText, subject: Subject) -> float:
    """How well a sentence tells what happened; what happened upon the news is not the news."""
    specific = 0.04 * min(4, len(draft.held(c)) + 2 * has_figure(c.text))
    likeness = 0.08 * min(6, draft.shared_with_headline(c)) + 0.08 * (c.article is titled)
    deed = subject.deed is not None and tells_deed(draft, c, subject)
    return (
        c.weight
        + specific
        + likeness
        + 0.35 * deed
        + 0.15 * (c.place == 1)
        - 0.4 * bool(AFTERMATH.search(c.text))
    )


def _of_now(candidates: list[Candidate], titled: SourceText) -> list[Candidate]:
    """Those of articles no older than the one whose title is told: what was so before may be so no longer."""
    since = titled.happened_at - SAME_NEWS
    return [c for c in candidates if c.article.happened_at >= since] or candidates


def proof_and_consequence(draft: Draft, titled: SourceText, subject: Subject) -> list[Candidate]:
    """The second and third takeaway, as far as the sources carry them: a figure or a witness, then what follows."""
    chosen: list[Candidate] = []
    if len(draft.pool.candidates) < FROM["more takeaways"]:
        return chosen
    for wanted in (_proves, _follows):
        quick = [
            c
            for c in _of_now(draft.open(), titled)
            if len(c.text) <= QUICK and _words([c]) >= FEWEST_WORDS
            if c.relevance >= 0.3 and c.plain and not _quotes_first(c)
            if not ADDS.search(c.text) and not tells_deed(draft, c, subject) and draft.adds(c)
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
    early = [c for c in _of_now(draft.open(), titled) if not _quotes_first(c) and c.place <= 2 * EARLY]
    early = [c for c in early if c.plain] or [c for c in _of_now(draft.open(), titled) if c.plain] or early
    # "X also responded" is no way to begin.
    early = [c for c in early if not ADDS.search(c.text)] or early
    if first is None:  # the event is told; what comes next does not tell it again
        early = [c for c in early if draft.adds(c) and not tells_deed(draft, c, subject)] or early
    start = first or max(early, key=lambda c: (c.weight, -c.index), default=None)
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
    for c in filter(draft.adds, draft.open()):
        fits = _words([*before, c]) <= LEAD_WORDS and c.relevance >= 0.5 and c.plain and not _quotes_first(c)
        if (
            fits
            and (shows(Aspect.STAKE, c.text) or shows(Aspect.COMPARED, c.text))
            and draft.fresh(c, before)
        ):
            return c
    return None


def catch(draft: Draft, subject: Subject) -> list[Candidate]:
    """What speaks against the story or limits it, by its sources; reserved, not told. Empty when they name nothing.

    It is chosen early, so that no ordinary place takes it.
    """
    if len(draft.pool.candidates) < FROM["catch"]:
        return []
    standing = [c for c in draft.open() if c.relevance >= 0.1 and c.plain]
    # What the story is about is not its catch.
    standing = [c for c in standing if "accused of" not in c.text and not tells_deed(draft, c, subject)]
    doubtful = [c for c in standing if doubt(c.text, c.turns) >= CATCH_DOUBT]
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
        and not SUPPOSES.match(c.text)
        and (shows(Aspect.NEXT, c.text) or shows(Aspect.STAKE, c.text))
        and not NO_COMMENT.search(c.text)
    ]
    best = max(fitting, key=lambda c: (fit(c), -c.index), default=None)
    draft.reserve([best] if best else [])
    return [best] if best else []


def _quotes_first(candidate: Candidate) -> bool:
    return candidate.text[0] in "“\"‘'"


def _words(chosen: list[Candidate]) -> int:
    return sum(len(candidate.text.split()) for candidate in chosen)

"""Fills a brief's fixed places, each by its own measure: opening, takeaways, lead, catch and bottom line."""

from __future__ import annotations

import re

from briefings.schemas import SourceText
from briefings.write.aspects import Aspect, doubt, has_figure, shows
from briefings.write.draft import Draft
from briefings.write.pool import Candidate

QUICK = 260  # characters a takeaway may have, to be read in seconds
EARLY = 8  # sentences into an article within which the event is told
LEAD_WORDS = 70
CATCH_WORDS = 60
CATCH_DOUBT = 0.4  # below this a sentence names no limit or opposing voice worth a heading
FROM = {
    "more takeaways": 7,
    "catch": 5,
    "bottom line": 8,
}  # usable sentences from which on a place is worth filling


def opening(draft: Draft, titled: SourceText) -> Candidate | None:
    """The sentence that tells the event: weighty, early, like the headline, and able to stand first."""
    standing = draft.open()
    early = [c for c in standing if c.place <= EARLY and not _quotes_first(c)] or standing
    if not early:
        # Right below its own headline, "The round came months ahead of schedule" is clear.
        early = [
            c
            for c in draft.pool.candidates
            if c.mild and c.place == 1 and c.article is titled and draft.fresh(c)
        ]

    def telling(c: Candidate) -> float:
        specific = 0.04 * min(4, len(draft.held(c)) + 2 * has_figure(c.text))
        return (
            c.weight + specific + 0.08 * min(5, draft.shared_with_headline(c)) + 0.08 * (c.article is titled)
        )

    return max(early, key=lambda c: (telling(c), -c.index), default=None)


def proof_and_consequence(draft: Draft) -> list[Candidate]:
    """The second and third takeaway, as far as the sources carry them."""
    chosen: list[Candidate] = []
    if len(draft.pool.candidates) < FROM["more takeaways"]:
        return chosen
    for wanted in (_proves, _follows, _plain):
        quick = [c for c in draft.open() if len(c.text) <= QUICK and c.relevance >= 0.3]
        if len(chosen) < 2 and (found := next((c for c in quick if wanted(c)), None)):
            draft.take([found])
            chosen.append(found)
    return chosen


def _proves(candidate: Candidate) -> bool:
    said = re.search(r"\b(?:said|according to|told|found|showed?|statement)\b", candidate.text)
    return has_figure(candidate.text) or bool(said and not _quotes_first(candidate))


def _follows(candidate: Candidate) -> bool:
    return shows(Aspect.STAKE, candidate.text) or shows(Aspect.NEXT, candidate.text)


def _plain(candidate: Candidate) -> bool:
    return not _quotes_first(candidate)


def lead(draft: Draft, first: Candidate | None, alone: bool) -> list[Candidate]:
    """One to three sentences, reserved and not yet told: `first` or the next weightiest, with what follows it.

    `alone`: there is nothing else in the brief, so it takes what there is.
    """
    start = first or next((c for c in draft.open() if not _quotes_first(c) and c.place <= 2 * EARLY), None)
    if start is None:
        return []
    chosen = [start]
    while len(chosen) < 3 and (following := draft.continues(chosen[-1], chosen)):
        if _words([*chosen, following]) > LEAD_WORDS:
            break
        chosen.append(following)
    draft.reserve(chosen)
    while alone and len(chosen) < 3 and (more := next(iter(draft.open()), None)):
        chosen.append(more)
        draft.reserve([more])
    return chosen


def catch(draft: Draft) -> list[Candidate]:
    """What speaks against the story or limits it, by its own sources; empty when they name nothing."""
    if len(draft.pool.candidates) < FROM["catch"]:
        return []
    doubtful = [c for c in draft.open() if doubt(c.text, c.turns) >= CATCH_DOUBT]
    best = max(doubtful, key=lambda c: (c.weight + doubt(c.text, c.turns), -c.index), default=None)
    if best is None:
        return []
    following = draft.continues(best, [best])
    chosen = [best, following] if following and _words([best, following]) <= CATCH_WORDS else [best]
    draft.take(chosen)
    return chosen


def bottom_line(draft: Draft) -> list[Candidate]:
    """One sentence to leave with: what is at stake or to come, rather late than early in its article."""
    if len(draft.pool.candidates) < FROM["bottom line"]:
        return []
    lasts = {c.article.article: c.place for c in draft.pool.candidates}

    def fit(c: Candidate) -> float:
        late = 0.25 * c.place / max(1, lasts[c.article.article])
        looks_on = 0.5 * shows(Aspect.STAKE, c.text) + 0.3 * shows(Aspect.NEXT, c.text)
        return c.weight + late + looks_on - 0.4 * ("“" in c.text or '"' in c.text) - 0.15 * has_figure(c.text)

    fitting = [c for c in draft.open() if len(c.text) <= QUICK and c.relevance >= 0.3]
    best = max(fitting, key=lambda c: (fit(c), -c.index), default=None)
    draft.take([best] if best else [])
    return [best] if best else []


def _quotes_first(candidate: Candidate) -> bool:
    return candidate.text[0] in "“\"‘'"


def _words(chosen: list[Candidate]) -> int:
    return sum(len(candidate.text.split()) for candidate in chosen)

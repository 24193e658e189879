"""Fills the answer to a question: the sentence that answers it, what goes on from it, and what others say to it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from briefings.write.draft import Draft
from briefings.write.furniture import unquoted
from briefings.write.pool import GENERIC, Candidate

ENOUGH_WORDS, ENOUGH_OF_LITTLE, MOST_WORDS, MOST_SENTENCES = 36, 26, 92, 4
LITTLE = 32  # usable sentences below which answers are kept short, so that more questions are answered
ON_THE_STORY = 0.12  # a section's first sentence must be at least this near the heart of the story
ALIKE_ENOUGH = 0.13
RELATED = 0.04  # likeness below which two sentences that answer one question are not about one thing
# The one who speaks goes on: their own words, or a "he", "she" or "they" for them.
HIS_OWN = re.compile(
    r"^[“\" ]|\b(?:[Hh]e|[Ss]he|[Hh]is|[Hh]er|[Hh]im|[Tt]hey|[Tt]heir|[Ii]ts?)\b|\b[Tt]he (?:company|firm|agency|group|"
    r"president|senator|chief|director|spokes\w+|department|organization|statement|report|study|paper)\b"
)


def fill(
    draft: Draft, anchor: Candidate, mates: list[Candidate], about: str = "", strictly: bool = False
) -> list[Candidate]:
    """The anchor with what follows it in its article, then the mates, other outlets first, up to the wanted length.

    Where the question is `about` someone or something, what does not speak of it is left out. `strictly`: nothing that
    is only like the anchor answers it.
    """
    answer = [anchor]
    _extend(draft, answer, anchor, about)
    ordered = sorted(mates, key=lambda mate: (mate.article is anchor.article, -mate.weight))
    for mate in (*ordered, *(() if strictly else _alike(draft, anchor))):
        if words_in(answer) >= _enough(draft) or len(answer) >= MOST_SENTENCES:
            break
        if (
            about in mate.text
            and (mate.plain or not anchor.plain)
            and draft.pool.likeness.cosine[anchor.index, mate.index] >= RELATED
            and words_in(answer) + words_in([mate]) <= MOST_WORDS
            and draft.stands(mate, answer)
        ):
            answer.append(mate)
            _extend(draft, answer, mate, about)
    # Whoever speaks twice is introduced the first time.
    return _as_written(answer) if about[:1].isupper() else answer


def _as_written(answer: list[Candidate]) -> list[Candidate]:
    """One article after the other, each in its own order."""
    articles = list(dict.fromkeys(candidate.article.article for candidate in answer))
    return sorted(answer, key=lambda candidate: (articles.index(candidate.article.article), candidate.place))


def _enough(draft: Draft) -> int:
    """The words an answer is filled up to: where there is little to tell, less goes under each heading."""
    return ENOUGH_WORDS if len(draft.pool.candidates) >= LITTLE else ENOUGH_OF_LITTLE


def _alike(draft: Draft, anchor: Candidate) -> list[Candidate]:
    """Candidates that speak of the same as the anchor, nearest first."""
    likeness = draft.pool.likeness
    row, own = likeness.cosine[anchor.index], likeness.sets[anchor.index] - GENERIC
    # By these words two sentences can be about one thing; sharing a figure or "percent" is chance.
    telling = {word for word in own if word[0].isalpha() and word != "percent"}
    near = [
        c
        for c in draft.pool.candidates
        if c is not anchor
        and row[c.index] >= ALIKE_ENOUGH
        and c.relevance >= ON_THE_STORY
        and len(likeness.sets[c.index] & telling) >= 2
    ]
    return sorted(near, key=lambda c: (-row[c.index], c.index))


def _extend(draft: Draft, answer: list[Candidate], last: Candidate, about: str) -> None:
    while words_in(answer) < _enough(draft) and len(answer) < MOST_SENTENCES:
        following = draft.continues(last, answer)
        if following is None or not _stays_with(about, following):
            return
        if words_in(answer) + words_in([following]) > MOST_WORDS:
            return
        answer.append(following)
        last = following


def _stays_with(about: str, following: Candidate) -> bool:
    """Whether the next sentence still speaks of whom or what the question is about."""
    if about in following.text:
        return True
    if about[:1].isupper():
        return following.leans and HIS_OWN.search(unquoted(following.text)) is not None
    # What one of a crowd says ("experts") is what the crowd says.
    return following.leans or following.text[0] in '“"'


def words_in(answer: Iterable[Candidate]) -> int:
    """The words of the sentences together."""
    return sum(len(candidate.text.split()) for candidate in answer)

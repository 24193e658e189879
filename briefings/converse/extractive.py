"""Answers a question with a story's own sentences, without any model; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefings.converse.find import Hit, Sentences
from briefings.schemas import Sentence
from briefings.write.pool import Candidate

MOST = 3  # sentences
AS_GOOD = 0.88  # of the best one's score that a further sentence needs
# Who or what these mean stands before them; a company may be told by the question.
_POINTS_BACK = re.compile(
    r"[“\"‘']?(?:This|That|These|Those|It|Its|He|She|They|His|Her|Their|But|However|Also|And|So|Here|Another)\b"
)


def answer_from(story: Sentences, hits: Sequence[Hit]) -> tuple[Sentence, ...]:
    """The best of the sentences that answer, each with what it points back at, in the order they were written in."""
    chosen: dict[int, Candidate] = {}
    for hit in hits:
        if hit.score < AS_GOOD * hits[0].score or len(chosen) >= MOST:
            break
        run = _understood(story, hit.candidate)
        if run and len(chosen) + len(run) <= MOST and not _told(story, chosen, hit.candidate):
            chosen |= {each.index: each for each in run}
    articles = list(dict.fromkeys(each.article.article for each in chosen.values()))
    ordered = sorted(chosen.values(), key=lambda each: (articles.index(each.article.article), each.place))
    return tuple(each.sentence() for each in ordered)


def _understood(story: Sentences, candidate: Candidate) -> list[Candidate]:
    """The sentence, behind the one that says who "he" is; nothing where that is not to be had."""
    if not candidate.leans or not _POINTS_BACK.match(candidate.text):
        return [candidate]
    before = story.pool.candidates[candidate.index - 1] if candidate.index else None
    if before is None or story.pool.follower(before) is not candidate or _POINTS_BACK.match(before.text):
        return []
    return [before, candidate]


def _told(story: Sentences, chosen: dict[int, Candidate], candidate: Candidate) -> bool:
    return any(story.pool.likeness.same_claim(index, candidate.index) for index in chosen)

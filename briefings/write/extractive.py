"""Writes a whole brief from a story's own sentences, without any model: each is cited where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable

from briefings.schemas import BriefBody, Citation, LensBody, Material, Section, Sentence, SourceText
from briefings.write.aspects import Aspect, doubt, has_figure, shows
from briefings.write.closeness import closest, concerns_of
from briefings.write.draft import Draft
from briefings.write.follow_ups import follow_ups
from briefings.write.furniture import bare
from briefings.write.headline import best_title, title_span
from briefings.write.pool import Candidate, bodies_of, pool_of, story_names
from briefings.write.sections import sections_of
from briefings.write.subject import subject_of

__all__ = ["extractive_lens", "write_extractive"]

QUICK = 260  # characters a takeaway may have, to be read in seconds
EARLY = 8  # sentences into an article within which the event is told
WITH_TAKEAWAYS = 4  # usable sentences from which on takeaways are worth setting apart
LEAD_WORDS = 70
NEAR_ENOUGH = 0.55  # a lens quotes only what is clearly about the reader's concerns


def write_extractive(material: Material) -> BriefBody:
    """The brief of a story made of its own sentences; thin sources give few of them, and no source none.

    Every sentence has one citation whose quote is the article's text at its offsets. Same material, same brief.
    """
    names = story_names(material)
    titled = best_title(material, names)
    headline = _headline(titled)
    pool = pool_of(material, headline.text, names)
    subject = subject_of(headline.text, names, "\n".join(bodies_of(material)))
    draft = Draft(pool, headline.text)
    first = _opening(draft, titled)
    takeaways = [first] if first and len(pool.candidates) >= WITH_TAKEAWAYS else []
    draft.take(takeaways)
    lead = _lead(draft, None if takeaways else first)
    takeaways += _proof_and_consequence(draft)
    draft.tell(lead)
    catch = _catch(draft)
    bottom = _bottom_line(draft)
    sections = sections_of(draft, subject)
    return BriefBody(
        headline=headline,
        takeaways=_sentences(takeaways),
        lead=_sentences(lead),
        sections=tuple(Section(question=each.question, answer=_sentences(each.answer)) for each in sections),
        catch=_sentences(catch),
        bottom_line=_sentences(bottom),
        follow_ups=follow_ups(draft, subject, [each.question for each in sections], bool(catch)),
    )


def extractive_lens(
    material: Material,
    body: BriefBody,
    role_text: str,
    industry_text: str,
    role_title: str,
    industry_title: str,
) -> LensBody:
    """The story's own sentences nearest to this reader's concerns, cited; else one plain sentence that there are none.

    `role_text` and `industry_text` describe what such readers care about; the titles name them.
    """
    concerns = concerns_of(role_text, industry_text, role_title, industry_title)
    told = [
        *body.takeaways,
        *body.lead,
        *(s for section in body.sections for s in section.answer),
        *body.catch,
        *body.bottom_line,
    ]
    told_texts = {sentence.text for sentence in told}
    pool = pool_of(material, body.headline.text, story_names(material))
    texts = [(c.text, c.index) for c in pool.candidates if not c.leans and c.text not in told_texts]
    near = closest(texts, concerns, NEAR_ENOUGH, 2)
    if near:
        return LensBody(why_it_matters=_sentences([pool.candidates[index] for index in sorted(near)]))
    text = f"Little in this story bears directly on {_many(role_title)} in {industry_title.lower()}."
    return LensBody(why_it_matters=(Sentence(text=text, opinion=True),))


def _many(role_title: str) -> str:
    title = (
        role_title
        if role_title.isupper() or not role_title[1:2].islower()
        else role_title[0].lower() + role_title[1:]
    )
    if title.endswith("s"):
        return title
    return title[:-1] + "ies" if title.endswith("y") and title[-2] not in "aeiou" else title + "s"


def _headline(article: SourceText) -> Sentence:
    start, end = title_span(article)
    quote = article.text[start:end]
    citation = Citation(
        source=article.source, article=article.article, passage=0, start=start, end=end, quote=quote
    )
    return Sentence(text=bare(quote), citations=(citation,))


def _opening(draft: Draft, titled: SourceText) -> Candidate | None:
    """The sentence that tells the event: weighty, early, and able to stand first."""
    standing = draft.open()
    early = [c for c in standing if c.place <= EARLY and c.text[0] not in '“"'] or standing
    return max(
        early, key=lambda c: (c.weight * (1.15 if c.article is titled else 1.0), -c.index), default=None
    )


def _proof_and_consequence(draft: Draft) -> list[Candidate]:
    """The second and third takeaway, as far as the sources carry them."""
    chosen: list[Candidate] = []
    if len(draft.pool.candidates) < 7:
        return chosen
    for wanted in (_proves, _follows):
        quick = [c for c in draft.open() if len(c.text) <= QUICK and c.relevance >= 0.3]
        found = next((c for c in quick if wanted(c)), None)
        if found is None and len(draft.pool.candidates) >= 12:
            found = next((c for c in quick if c.text[0] not in '“"'), None)
        if found:
            draft.take([found])
            chosen.append(found)
    return chosen


def _proves(candidate: Candidate) -> bool:
    return has_figure(candidate.text) or bool(
        re.search(r"\b(?:said|according to|told|found|showed?|statement)\b", candidate.text)
    )


def _follows(candidate: Candidate) -> bool:
    return shows(Aspect.STAKE, candidate.text) or shows(Aspect.NEXT, candidate.text)


def _lead(draft: Draft, first: Candidate | None) -> list[Candidate]:
    """One to three sentences; with takeaways above, it starts from the next weightiest, not from the event again."""
    if first is None:
        first = next((c for c in draft.open() if c.text[0] not in '“"' and c.place <= 2 * EARLY), None)
    if first is None:
        return []
    lead = [first]
    while len(lead) < 3 and (following := draft.continues(lead[-1], lead)):
        if sum(len(c.text.split()) for c in (*lead, following)) > LEAD_WORDS:
            break
        lead.append(following)
    draft.reserve(lead)
    if len(draft.pool.candidates) < WITH_TAKEAWAYS:
        for other in draft.open():
            if len(lead) < 3:
                lead.append(other)
                draft.reserve([other])
    return lead


def _catch(draft: Draft) -> list[Candidate]:
    if len(draft.pool.candidates) < 5:
        return []
    scored = [
        (c.weight + doubt(c.text, c.turns), -c.index, c)
        for c in draft.open()
        if doubt(c.text, c.turns) >= 0.4
    ]
    if not scored:
        return []
    best = max(scored, key=lambda each: each[:2])[2]
    chosen = [best]
    following = draft.continues(best, chosen)
    if following and sum(len(c.text.split()) for c in (best, following)) <= 60:
        chosen.append(following)
    draft.take(chosen)
    return chosen


def _bottom_line(draft: Draft) -> list[Candidate]:
    if len(draft.pool.candidates) < 8:
        return []
    lasts = {c.article.article: c.place for c in draft.pool.candidates}

    def fit(c: Candidate) -> float:
        late = c.place / max(1, lasts[c.article.article])
        return (
            c.weight
            + 0.3 * late
            + 0.3 * shows(Aspect.STAKE, c.text)
            + 0.15 * shows(Aspect.NEXT, c.text)
            - 0.3 * ("“" in c.text or '"' in c.text)
        )

    best = max(
        (c for c in draft.open() if len(c.text) <= QUICK and c.relevance >= 0.35),
        key=lambda c: (fit(c), -c.index),
        default=None,
    )
    if best is None:
        return []
    draft.take([best])
    return [best]


def _sentences(candidates: Iterable[Candidate]) -> tuple[Sentence, ...]:
    return tuple(candidate.sentence() for candidate in candidates)

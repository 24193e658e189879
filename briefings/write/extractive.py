"""Writes a whole brief from a story's own sentences, without any model: each is cited where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from briefings.schemas import BriefBody, Citation, Material, Section, Sentence, SourceText
from briefings.write.disagree import disagreements_in
from briefings.write.draft import Draft
from briefings.write.follow_ups import follow_ups
from briefings.write.furniture import bare
from briefings.write.headline import best_title, title_span
from briefings.write.items import items_of, narrowed
from briefings.write.pool import Candidate, bodies_of, pool_of, story_names
from briefings.write.sections import offers_of, sections_of
from briefings.write.slots import bottom_line, catch, lead, opening, proof_and_consequence
from briefings.write.subject import subject_of

WITH_TAKEAWAYS = 2  # usable sentences from which on a takeaway is set apart from the lead
MOST_TAKEAWAYS = 3
SHORT = 5  # usable sentences below which the lead takes all that is left


def write_extractive(material: Material) -> BriefBody:
    """The brief of a story made of its own sentences; thin sources give few of them, and no source none.

    Every sentence has one citation whose quote is the article's text at its offsets. Same material, same brief. Of a
    digest only the first item is told, and a takeaway names each other.
    """
    material = narrowed(material)
    items = items_of(material.articles[0]) if len(material.articles) == 1 else ()
    if not items:
        return _brief(material)
    first, *others = [
        (item.about, replace(material, articles=(item.of(material.articles[0]),))) for item in items
    ]
    body = _brief(first[1], about=first[0])
    named = [_sentences([told]) for about, one in others if (told := _opening(one, about))]
    own = max(1, MOST_TAKEAWAYS - len(named))
    takeaways = (*body.takeaways[:own], *chain(*named))[:MOST_TAKEAWAYS]
    return body.model_copy(update={"takeaways": takeaways})


def _opening(material: Material, about: str) -> Candidate | None:
    """The sentence that tells what a digest's item is about."""
    names = story_names(material)
    pool = pool_of(material, about, names)
    subject = subject_of(about, names, "\n".join(bodies_of(material)), pool.phrases)
    return opening(Draft(pool, about), material.articles[0], subject)


def _brief(material: Material, about: str = "") -> BriefBody:
    """The brief of one event, which the headline tells where `about` does not."""
    names = story_names(material)
    titled = best_title(material, names)
    headline = _headline(titled)
    about = about or headline.text
    pool = pool_of(material, about, names)
    subject = subject_of(about, names, "\n".join(bodies_of(material)), pool.phrases)
    draft = Draft(pool, about)
    first = opening(draft, titled, subject)
    takeaways = [first] if first and len(draft.open()) >= WITH_TAKEAWAYS else []
    draft.take(takeaways)
    alone = not takeaways or len(pool.candidates) < SHORT
    # What is hardest to find is chosen first; what is read late may not lean on what is read before it.
    against = [] if alone else catch(draft, subject)
    told_next = lead(draft, None if takeaways else first, titled, subject, alone=alone)
    if not told_next:
        takeaways, told_next = [], takeaways
    against = against or catch(draft, subject)
    last = bottom_line(draft)
    takeaways += proof_and_consequence(draft, titled, subject)
    draft.tell(told_next)
    sections = sections_of(draft, subject)
    return BriefBody(
        headline=headline,
        takeaways=_sentences(takeaways),
        lead=_sentences(told_next),
        sections=tuple(Section(question=each.question, answer=_sentences(each.answer)) for each in sections),
        catch=_sentences(against),
        bottom_line=_sentences(last),
        disagreements=disagreements_in(pool),
        follow_ups=follow_ups(
            draft, subject, [each.question for each in sections], offers_of(draft, subject)
        ),
    )


def headline_of(material: Material) -> Sentence:
    """The plainest of the articles' titles, word for word."""
    return _headline(best_title(material, story_names(material)))


def _headline(article: SourceText) -> Sentence:
    start, end = title_span(article)
    quote = article.text[start:end]
    citation = Citation(
        source=article.source, article=article.article, passage=0, start=start, end=end, quote=quote
    )
    return Sentence(text=bare(quote), citations=(citation,))


def _sentences(candidates: Iterable[Candidate]) -> tuple[Sentence, ...]:
    return tuple(candidate.sentence() for candidate in candidates)

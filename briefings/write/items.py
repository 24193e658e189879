"""Finds the items of a digest, a newsletter that tells of several things, so that a brief need not tell them as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from briefings.schemas import Material, SourceText, Span
from briefings.terms import terms
from ingest.digests import is_digest

LISTED = re.compile(r",\s+(?:and\s+)?|;\s+")
FEWEST = 3  # things that a headline must list
APART = 2  # of them that must be told under headings of their own
HEADING_WORDS = 14
TELLS = 350  # characters under a heading that tell something
BEGINNING = 700  # characters of a section that name what it is about


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a digest tells of: `about` it, and the passages that tell it."""

    about: str
    spans: tuple[Span, ...]

    def of(self, article: SourceText) -> SourceText:
        """The article as if it told of this alone; offsets stay those of the whole."""
        return replace(article, spans=(*(span for span in article.spans if span.number == 0), *self.spans))


def items_of(article: SourceText) -> tuple[Item, ...]:
    """What a digest tells of, in the order of its headline or else of its text; empty for an article on one thing.

    A digest's headline lists things that are each told under a heading of their own, or announces a roundup.
    """
    listed = [part.strip() for part in LISTED.split(article.title)] if ":" not in article.title else []
    lists = len(listed) >= FEWEST and all(part[:1].isupper() or part[:1].isdigit() for part in listed)
    if not (lists or is_digest(article.title)):
        return ()
    sections = _sections(article)
    if not lists:
        return tuple(sections[:FEWEST]) if len(sections) >= FEWEST else ()
    found = _told(listed, article, sections)
    return found if len(found) >= APART else ()


def narrowed(material: Material) -> Material:
    """The story without what its digests tell besides: of each only the item nearest to the other articles' titles."""
    if len(material.articles) == 1:
        return material
    digests = {each.article: items for each in material.articles if (items := items_of(each))}
    others = {word for each in material.articles if each.article not in digests for word in terms(each.title)}
    if not digests or not others:
        return material
    articles = tuple(
        _nearest(digests[each.article], each, others) if each.article in digests else each
        for each in material.articles
    )
    return replace(material, articles=articles)


def _nearest(items: Sequence[Item], article: SourceText, words: set[str]) -> SourceText:
    return max(items, key=lambda item: len(words & _names_it(item, article))).of(article)


def _sections(article: SourceText) -> list[Item]:
    """What stands under each heading, as far as it tells something."""
    found: list[Item] = []
    heading, body = "", list[Span]()
    for span in article.spans:
        if span.number == 0:
            continue
        text = article.text[span.start : span.end]
        if _is_heading(text):
            found.append(Item(heading, tuple(body)))
            heading, body = text, []
        else:
            body.append(span)
    found.append(Item(heading, tuple(body)))
    return [
        item for item in found if item.about and sum(span.end - span.start for span in item.spans) >= TELLS
    ]


def _is_heading(text: str) -> bool:
    plain = text.strip()
    return (
        len(plain.split()) <= HEADING_WORDS
        and (plain[:1].isupper() or plain[:1].isdigit())
        and re.search(r"[.,;:!…]$|: ", plain) is None
    )


def _told(listed: Sequence[str], article: SourceText, sections: Sequence[Item]) -> tuple[Item, ...]:
    """Each thing listed with the section that alone begins with its words; those of a heading count twice."""
    beginnings = [_names_it(section, article) for section in sections]
    scored = []
    for place, part in enumerate(listed):
        for at, section in enumerate(sections):
            others = set[str]().union(*beginnings[:at], *beginnings[at + 1 :])
            shared = set(terms(part)) & beginnings[at]
            alone = shared - others
            rivals = [len(set(terms(part)) & each) for each in beginnings if each is not beginnings[at]]
            more = max(0, len(shared) - max(rivals, default=0))
            scored.append((max(len(alone) + len(alone & set(terms(section.about))), more), -place, -at))
    chosen: dict[int, int] = {}  # of the thing listed, the section
    for score, place, at in sorted(scored, reverse=True):
        if score and -place not in chosen and -at not in chosen.values():
            chosen[-place] = -at
    return tuple(Item(listed[place], sections[chosen[place]].spans) for place in sorted(chosen))


def _names_it(item: Item, article: SourceText) -> set[str]:
    start = item.spans[0].start
    told = " ".join(
        article.text[span.start : span.end] for span in item.spans if span.start < start + BEGINNING
    )
    return set(terms(f"{item.about} {told}"))

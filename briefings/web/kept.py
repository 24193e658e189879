"""The page of a brief as readers see it, what they share of it made once and kept.

Kept by what it is made of (`briefings.read.Told`): with another text, lens, source, correction or language it
is another page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from briefings import bodies, read
from briefings.bodies import Very
from briefings.evidence import NEAR
from briefings.read import Cited, Reading, Told
from briefings.schemas import BriefBody, LensBody, SourceRef
from briefings.web.page import BriefPage, LensPage, brief_page, cited_articles, lens_page, shared_page
from users.language import current

Articles = tuple[tuple[int, int], ...]
Sources = tuple[SourceRef, ...]


def page_of(reading: Reading, around: int = NEAR, whose: str = "you-", only: str = "") -> BriefPage:
    """What the page of a brief shows, each sentence with its evidence.

    Kept are only pages as briefs show them: with far more `around` each quote they are several times as large, and
    asked for to show one sentence: then `only` is its marker.
    """
    if (told := reading.told) and around == NEAR:
        return _shared(told.body, told.articles, told.sources, current()).through(_of_lens(told))
    document = reading.document
    return brief_page(document, cited(reading, cited_articles(document)), reading.gone, around, whose, only)


def cited(reading: Reading, articles: Collection[int]) -> Mapping[int, Cited]:
    """Those of the articles that the brief tells of, at least, with the texts its citations count in."""
    if told := reading.told:
        return _texts(told.articles, told.sources)
    return read.cited(reading.revisions, articles)


def _of_lens(told: Told) -> LensPage:
    return _lens(told.lens, told.articles, told.sources, current()) if told.lens else LensPage()


@lru_cache(bodies.BRIEFS)
def _shared(body: Very[BriefBody], articles: Articles, sources: Sources, language: str) -> BriefPage:
    return shared_page(body.thing, _texts(articles, sources), sources=sources)


@lru_cache(bodies.LENSES)
def _lens(lens: Very[LensBody], articles: Articles, sources: Sources, language: str) -> LensPage:
    return lens_page(lens.thing, _texts(articles, sources))


@lru_cache(8)  # for the parts of a page, which come one after the other
def _texts(articles: Articles, sources: Sources) -> Mapping[int, Cited]:
    return read.cited(dict(articles), dict(articles))

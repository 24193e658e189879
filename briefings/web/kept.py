"""The page of a brief as readers see it, what they share of it made once and kept.

Kept by what it is made of (`briefings.read.Told`): with another text, lens, source or correction it is another page.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from functools import lru_cache

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from briefings import bodies, read
from briefings.bodies import Very
from briefings.evidence import NEAR
from briefings.read import Cited, Reading, Told
from briefings.schemas import BriefBody, LensBody, SourceRef
from briefings.web.page import BriefPage, LensPage, brief_page, cited_articles, lens_page, shared_page

Articles = tuple[tuple[int, int], ...]
Sources = tuple[SourceRef, ...]


def manner() -> Hashable:
    """What else words on a page depend on: kept HTML is for one language and one time zone."""
    return get_language(), get_current_timezone_name()


def page_of(reading: Reading, around: int = NEAR, whose: str = "you-") -> BriefPage:
    """What the page of a brief shows, each sentence with its evidence."""
    if told := reading.told:
        return _shared(told.body, told.articles, told.sources, around).through(_of_lens(told, around, whose))
    document = reading.document
    return brief_page(document, cited(reading, cited_articles(document)), reading.gone, around, whose)


def cited(reading: Reading, articles: Collection[int]) -> Mapping[int, Cited]:
    """Those of the articles that the brief tells of, at least, with the texts its citations count in."""
    if told := reading.told:
        return _texts(told.articles, told.sources)
    return read.cited(reading.revisions, articles)


def _of_lens(told: Told, around: int, whose: str) -> LensPage:
    return _lens(told.lens, told.articles, told.sources, around, whose) if told.lens else LensPage()


@lru_cache(bodies.BRIEFS)
def _shared(body: Very[BriefBody], articles: Articles, sources: Sources, around: int) -> BriefPage:
    return shared_page(body.thing, _texts(articles, sources), around=around, sources=sources)


@lru_cache(bodies.LENSES)
def _lens(lens: Very[LensBody], articles: Articles, sources: Sources, around: int, whose: str) -> LensPage:
    return lens_page(lens.thing, _texts(articles, sources), around=around, whose=whose)


@lru_cache(8)  # for the parts of a page, which come one after the other
def _texts(articles: Articles, sources: Sources) -> Mapping[int, Cited]:
    return read.cited(dict(articles), dict(articles))

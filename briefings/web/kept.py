"""The page of a brief as readers see it, what they share of it made once and kept.

Kept by what it is made of (`briefings.read.Told`): with another text, lens, source or correction it is another page.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from briefings import bodies, read
from briefings.bodies import Very
from briefings.evidence import NEAR
from briefings.read import Reading, Told
from briefings.schemas import BriefBody, LensBody, SourceRef
from briefings.web.page import (
    BriefPage,
    LensPage,
    brief_page,
    cited_by,
    cited_by_lens,
    lens_page,
    shared_page,
)

Articles = tuple[tuple[int, int], ...]


def manner() -> Hashable:
    """What else words on a page depend on: kept HTML is for one language and one time zone."""
    return get_language(), get_current_timezone_name()


def page_of(reading: Reading, around: int = NEAR, whose: str = "you-") -> BriefPage:
    """What the page of a brief shows, each sentence with its evidence."""
    if told := reading.told:
        return _shared(told.body, told.articles, told.sources, around).through(_of_lens(told, around, whose))
    document, lens = reading.document, reading.document.lens
    articles = cited_by(document) | (cited_by_lens(lens) if lens else set())
    return brief_page(document, read.cited(reading.revisions, articles), reading.gone, around, whose)


def _of_lens(told: Told, around: int, whose: str) -> LensPage:
    return _lens(told.lens, told.articles, told.sources, around, whose) if told.lens else LensPage()


@lru_cache(bodies.BRIEFS)
def _shared(
    body: Very[BriefBody], articles: Articles, sources: tuple[SourceRef, ...], around: int
) -> BriefPage:
    cited = read.cited(dict(articles), cited_by(body.thing))
    return shared_page(body.thing, cited, around=around, sources=sources)


@lru_cache(bodies.LENSES)
def _lens(
    lens: Very[LensBody], articles: Articles, sources: tuple[SourceRef, ...], around: int, whose: str
) -> LensPage:
    cited = read.cited(dict(articles), cited_by_lens(lens.thing))
    return lens_page(lens.thing, cited, around=around, whose=whose)

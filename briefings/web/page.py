"""Turns a brief document into what the brief page shows: every sentence with a marker that opens its evidence; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from briefings.coverage import short
from briefings.evidence import NEAR, Passage, head, passage, tail
from briefings.read import Cited
from briefings.schemas import (
    BriefBody,
    BriefDocument,
    Citation,
    CorrectionDocument,
    LensBody,
    Sentence,
    SourceRef,
    Strike,
)
from users.language import WRITTEN, current

BESIDE = 60  # characters around a quote where the passage of today is to be seen below it at once
NOTHING: Mapping[str, Any] = MappingProxyType({})
UNKNOWN = Cited(publisher="source", title="", url="", published_at=None, text=None)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence on the page. `mark` names its evidence, `label` its publishers; both empty where it cites nothing.

    A `struck` one stands no longer.
    """

    text: str
    opinion: bool
    mark: str = ""
    label: str = ""
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A question and its answer, or two claims about one thing."""

    heading: str
    lines: tuple[Line, ...]
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What one citation shows: the passage, who published it, under which title, when (UTC) and where (web links)."""

    publisher: str
    title: str
    url: str
    published: str
    published_iso: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Change:
    """Why a sentence stands no longer: whose edit it was, and the passage as it is `now`; None where it is gone."""

    by: CorrectionDocument
    now: Passage | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that supports one sentence, or did until the `change`."""

    mark: str
    claim: str
    excerpts: tuple[Excerpt, ...]
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class LensPage:
    """The part of the page that a lens makes; `html` keeps what was rendered of it."""

    why_it_matters: tuple[Line, ...] = ()
    questions: tuple[Block, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    html: dict[object, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BriefPage:
    """`html` keeps what was rendered of the shared part, which is the same through every lens."""

    headline: Line
    takeaways: tuple[Line, ...]
    lead: tuple[Line, ...]
    sections: tuple[Block, ...]
    catch: tuple[Line, ...]
    bottom_line: tuple[Line, ...]
    disagreements: tuple[Block, ...]
    prepared: tuple[Block, ...]
    of_brief: tuple[Evidence, ...]
    sources: tuple[SourceRef, ...] = ()
    lens: LensPage = LensPage()
    html: dict[object, SafeString] = field(default_factory=dict, compare=False, repr=False)

    def through(self, lens: LensPage) -> BriefPage:
        return replace(self, lens=lens)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (*self.of_brief, *self.lens.evidence)


def cited_articles(document: BriefDocument) -> set[int]:
    """The ids of the articles that any sentence of the brief or its lens cites."""
    return {citation.article for sentence in _sentences(document) for citation in sentence.citations}


def brief_page(
    document: BriefDocument,
    articles: Mapping[int, Cited],
    gone: Mapping[str, Strike],
    around: int = NEAR,
    whose: str = "you-",
    only: str = "",
) -> BriefPage:
    """The page. Markers are numbered as they are read: "1", "2" for what all readers share, "you-1" for the lens.

    `whose` the lens is begins its markers.

    `gone` is what stands no longer of the brief and this lens, by place. `only`: what is behind that marker is all
    that is asked for, and the page has no other passages.
    """
    changes = {
        strike.text: Change(correction, _now(strike, BESIDE if around == NEAR else around))
        for correction in document.corrections
        for strike in correction.struck
    }
    shared = shared_page(document, articles, gone, changes, around, document.sources, only)
    lens = document.lens
    return shared.through(lens_page(lens, articles, gone, changes, around, whose, only)) if lens else shared


def shared_page(
    body: BriefBody,
    articles: Mapping[int, Cited],
    gone: Collection[str] = (),
    changes: Mapping[str, Change] = NOTHING,
    around: int = NEAR,
    sources: tuple[SourceRef, ...] = (),
    only: str = "",
) -> BriefPage:
    """The part that all readers share."""
    marker = _Marker(articles, around, changes, only=only)
    return BriefPage(
        headline=marker.line(body.headline),
        takeaways=marker.lines(body.takeaways),
        lead=marker.lines(body.lead),
        sections=tuple(
            Block(one.question, marker.lines(one.answer), f"sections.{place}.question" in gone)
            for place, one in enumerate(body.sections)
        ),
        catch=marker.lines(body.catch),
        bottom_line=marker.lines(body.bottom_line),
        disagreements=tuple(
            Block(one.about, marker.lines(one.claims), f"disagreements.{place}.about" in gone)
            for place, one in enumerate(body.disagreements)
        ),
        prepared=tuple(
            Block(one.question, marker.lines(one.answer), f"prepared.{place}.question" in gone)
            for place, one in enumerate(body.prepared)
        ),
        of_brief=tuple(marker.evidence),
        sources=sources,
    )


def lens_page(
    lens: LensBody,
    articles: Mapping[int, Cited],
    gone: Collection[str] = (),
    changes: Mapping[str, Change] = NOTHING,
    around: int = NEAR,
    whose: str = "you-",
    only: str = "",
) -> LensPage:
    """The lens's part."""
    marker = _Marker(articles, around, changes, whose, only)
    return LensPage(
        why_it_matters=marker.lines(lens.why_it_matters),
        questions=tuple(
            Block(one.question, marker.lines(one.answer), _asked(place, gone))
            for place, one in enumerate(lens.questions)
        ),
        evidence=tuple(marker.evidence),
    )


def marked(
    sentences: Sequence[Sentence],
    articles: Mapping[int, Cited],
    changes: Mapping[str, CorrectionDocument],
    prefix: str,
    around: int = NEAR,
) -> tuple[tuple[Line, ...], tuple[Evidence, ...]]:
    """Sentences by themselves, their markers beginning with `prefix`; `changes` are of those struck, by their text."""
    beside = BESIDE if around == NEAR else around
    struck = {text: Change(one, _now(one.struck[0], beside)) for text, one in changes.items()}
    marker = _Marker(articles, around, struck, prefix)
    return marker.lines(sentences), tuple(marker.evidence)


def _asked(place: int, gone: Collection[str]) -> bool:
    """Whether that question of the reader's lens stands no longer."""
    mine = re.compile(rf"lens\.\d+\.questions\.{place}\.question")
    return any(mine.fullmatch(where) for where in gone)


def _now(strike: Strike, around: int) -> Passage | None:
    if not strike.now:
        return None
    before, said, after = strike.now.partition(strike.instead) if strike.instead else ("", strike.now, "")
    return Passage(tail(before, around), said, head(after, around))


class _Marker:
    """Numbers the sentences that cite something and collects what they cite."""

    def __init__(
        self,
        articles: Mapping[int, Cited],
        around: int,
        changes: Mapping[str, Change],
        prefix: str = "",
        only: str = "",
    ) -> None:
        self.articles, self.around, self.changes = articles, around, changes
        self.prefix, self.only = prefix, only
        self.evidence: list[Evidence] = []
        self.times: dict[datetime | None, tuple[str, str]] = {}

    def line(self, sentence: Sentence) -> Line:
        if not sentence.citations:
            return Line(sentence.text, sentence.opinion)
        mark = f"{self.prefix}{len(self.evidence) + 1}"
        if self.only and self.only != mark:
            self.evidence.append(Evidence(mark, sentence.text, ()))
            return Line(sentence.text, sentence.opinion, mark, struck=sentence.struck)
        around = BESIDE if sentence.struck and self.around == NEAR else self.around
        excerpts = tuple(self._excerpt(citation, around) for citation in sentence.citations)
        change = self.changes.get(sentence.text) if sentence.struck else None
        self.evidence.append(Evidence(mark, sentence.text, excerpts, change))
        return Line(sentence.text, sentence.opinion, mark, _label(excerpts), sentence.struck)

    def lines(self, sentences: Iterable[Sentence]) -> tuple[Line, ...]:
        return tuple(self.line(sentence) for sentence in sentences)

    def _excerpt(self, citation: Citation, around: int) -> Excerpt:
        article = self.articles.get(citation.article, UNKNOWN)
        found = passage(article.text, citation, around)
        when, iso = self._when(article.published_at)
        return Excerpt(article.publisher, article.title, article.url, when, iso, found)

    def _when(self, at: datetime | None) -> tuple[str, str]:
        """As it is read, and as machines read it. Written out here: the date filter, twice for each of a brief's
        sentences, took a third of the page's time."""
        if at not in self.times:
            self.times[at] = (f"{moment(at)} UTC", at.isoformat()) if at else ("", "")
        return self.times[at]


def moment(at: datetime) -> str:
    """ "8 August 2025, 17:00", in the language that is spoken."""
    return f"{at:%-d %B %Y, %H:%M}" if current() == WRITTEN else date_format(at, gettext("j F Y, H:i"))


def _label(excerpts: Sequence[Excerpt]) -> str:
    """The first publisher by name, the others by number: a marker must not be longer than its sentence."""
    names = list(dict.fromkeys(short(excerpt.publisher) for excerpt in excerpts))
    return names[0] + (f" +{len(names) - 1}" if len(names) > 1 else "")


def _sentences(document: BriefDocument) -> Iterable[Sentence]:
    yield document.headline
    yield from (*document.takeaways, *document.lead, *document.catch, *document.bottom_line)
    for section in (*document.sections, *document.prepared):
        yield from section.answer
    for disagreement in document.disagreements:
        yield from disagreement.claims
    if document.lens:
        yield from document.lens.why_it_matters
        for question in document.lens.questions:
            yield from question.answer

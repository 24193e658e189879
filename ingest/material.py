"""What a story is told from: its independent articles with their texts in passages. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A passage of an article: `text[start:end]`, counted in characters. Number 0 is the title."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """One article of a story as the writers and the verifier see it. `happened_at` is aware, UTC."""

    article: int
    revision: int
    source: int
    publisher: str
    primary: bool
    authority: float
    title: str
    url: str
    text: str
    spans: tuple[Span, ...]
    happened_at: datetime
    published_at: datetime | None = None

    def passage(self, number: int) -> str:
        """The passage's text; KeyError when there is none of that number."""
        return self.text[(span := self.span(number)).start : span.end]

    def span(self, number: int) -> Span:
        for span in self.spans:
            if span.number == number:
                return span
        raise KeyError(number)


@dataclass(frozen=True, slots=True)
class Material:
    """A story version: its independent articles, the best source first; copies are left out."""

    story: str
    title: str
    articles: tuple[SourceText, ...]

    def article(self, pk: int) -> SourceText:
        """The article with this id; KeyError when the story has none."""
        for article in self.articles:
            if article.article == pk:
                return article
        raise KeyError(pk)

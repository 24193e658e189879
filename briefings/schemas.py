"""The shapes of what is written: the brief document of the public contract and the material it is written from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

# What a brief is written from: ingest makes it, and every writer and verifier here reads it.
from ingest.material import Material as Material
from ingest.material import SourceText as SourceText
from ingest.material import Span as Span


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# ---------------------------------------------------------------- the brief document


class Citation(Shape):
    """`quote` is the article's stored text from `start` to `end`, in characters."""

    source: int
    article: int
    passage: int
    start: int
    end: int
    quote: str


class Sentence(Shape):
    """A sentence with the passages that support it; `opinion` marks a lens's reasoning, which cites nothing."""

    text: str
    citations: tuple[Citation, ...] = ()
    opinion: bool = False

    @model_serializer(mode="wrap")
    def _without_false_opinion(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The contract's sentence is text and citations; "opinion" is written only where it is true.
        written: dict[str, Any] = handler(self)
        if not self.opinion:
            written.pop("opinion", None)
        return written


class Section(Shape):
    question: str
    answer: tuple[Sentence, ...]


class Disagreement(Shape):
    about: str
    claims: tuple[Sentence, Sentence]


class Verification(Shape):
    """What the verifier counted over the finished brief; `dropped` sentences are not in it any more."""

    sentences: int = 0
    supported: int = 0
    figures: int = 0
    figures_found: int = 0
    quotes: int = 0
    quotes_found: int = 0
    repaired: int = 0
    dropped: int = 0


class BriefBody(Shape):
    """The shared part of a brief, as stored. Fewer takeaways and sections when the sources are thin.

    `prepared` are the follow-ups whose answers are ready; the public document has only their questions.
    """

    headline: Sentence
    takeaways: tuple[Sentence, ...] = Field(max_length=3)
    lead: tuple[Sentence, ...]
    sections: tuple[Section, ...] = Field(max_length=8)
    catch: tuple[Sentence, ...]
    bottom_line: tuple[Sentence, ...]
    disagreements: tuple[Disagreement, ...] = ()
    follow_ups: tuple[str, ...] = ()
    prepared: tuple[Section, ...] = ()
    verification: Verification = Verification()


class LensQuestion(Shape):
    question: str
    answer: tuple[Sentence, ...]


class LensBody(Shape):
    why_it_matters: tuple[Sentence, ...]
    questions: tuple[LensQuestion, ...] = Field(default=(), max_length=2)


class LensDocument(LensBody):
    role: str
    industry: str


class StoryRef(Shape):
    id: str
    title: str
    url: str


class SourceRef(Shape):
    id: int
    title: str
    publisher: str
    url: str
    published_at: datetime | None
    primary: bool


class Tokens(Shape):
    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0


class Cost(Shape):
    """US dollars as decimal strings. `usd` is the shared and the personal part together."""

    usd: str
    tokens: Tokens
    models: tuple[str, ...]
    shared_usd: str
    personal_usd: str
    naive_usd: str
    usd_at_2023_prices: str


class BriefDocument(BriefBody):
    """What `--json`, the pages, the mail and the export all render."""

    id: str
    version: int
    story: StoryRef
    written_at: datetime
    writer: Literal["model", "extractive"]
    lens: LensDocument | None
    sources: tuple[SourceRef, ...]
    cost: Cost
    sample: bool

    @model_serializer(mode="wrap")
    def _in_the_contracts_order(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole = handler(self)
        return {name: whole[name] for name in DOCUMENT_ORDER if name in whole}


DOCUMENT_ORDER = (
    *("id", "version", "story", "written_at", "writer", "headline", "takeaways", "lead", "sections", "catch"),
    *("bottom_line", "disagreements", "lens", "follow_ups", "sources", "verification", "cost", "sample"),
)


class EditionEntry(Shape):
    rank: int
    why: tuple[str, ...]
    brief: BriefDocument


class EditionDocument(Shape):
    """A reader's edition as `--json` prints it; `date` is local to the reader."""

    reader: str
    date: date
    items: tuple[EditionEntry, ...]
    cost: Cost

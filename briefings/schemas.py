"""The shapes of what is written: the brief document of the public contract and the material it is written from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

# What a brief is written from: ingest makes it, and every writer and verifier here reads it.
from ingest.material import Material as Material
from ingest.material import SourceText as SourceText
from ingest.material import Span as Span


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Described by its fields, also where a serializer leaves out some that are not required."""
        return handler({name: value for name, value in core.items() if name != "serialization"})


# ---------------------------------------------------------------- the brief document


class Citation(Shape):
    """`quote` is the article's stored text from `start` to `end`, in characters."""

    source: int
    article: int
    passage: int
    start: int
    end: int
    quote: str


def without_markup(text: str, struck: bool) -> str:
    """What a brief told, for a place that cannot strike it through: a title, a label, a picture."""
    return f"No longer stands: {text}" if struck else text


class Sentence(Shape):
    """A sentence with the passages that support it; `opinion` marks a lens's reasoning, which cites nothing.

    A `struck` one stands no longer: its sources have changed since. It is never stored so.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    opinion: bool = False
    struck: bool = False

    @property
    def plain(self) -> str:
        """The sentence for places without markup."""
        return without_markup(self.text, self.struck)

    @model_serializer(mode="wrap")
    def _without_what_is_false(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The contract's sentence is text and citations; the two marks are written only where they are true.
        written: dict[str, Any] = handler(self)
        for mark in ("opinion", "struck"):
            if not written.get(mark, True):
                del written[mark]
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
    """One article that a brief rests on. `published_at` (aware, UTC) is by its feed where that is plausible, else when
    it was first seen; None where its feed says nothing of it."""

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


class Strike(Shape):
    """A sentence or question that stands no longer, by its place in the body ("sections.2.answer.0").

    `article` is the one that changed, `why` says what its text does not support, and `now` is the passage that stands
    where the cited one stood, `instead` the sentence of it that says something else: foreign text, empty where there is
    none.
    """

    where: str
    text: str
    article: int
    why: str
    now: str = ""
    instead: str = ""

    @property
    def is_sentence(self) -> bool:
        """Whether it is one, and not a question or topic over others."""
        return not self.where.startswith("follow_ups.") and not self.where.endswith((".question", ".about"))


class CorrectionDocument(Shape):
    """What an edit of one article did to a brief, or a check that a reader asked for. `restored` are texts that stand
    again."""

    kind: Literal["changed", "withdrawn", "challenged"]
    publisher: str
    title: str
    url: str
    changes: str
    note: str
    changed_at: datetime
    noticed_at: datetime
    struck: tuple[Strike, ...]
    restored: tuple[str, ...]
    replacement: str | None


class BriefDocument(BriefBody):
    """What `--json`, the pages, the mail and the export all render. `corrections` are written where there are any."""

    id: str
    version: int
    story: StoryRef
    written_at: datetime
    writer: Literal["model", "extractive"]
    lens: LensDocument | None
    sources: tuple[SourceRef, ...]
    cost: Cost
    sample: bool
    corrections: tuple[CorrectionDocument, ...] = ()

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Without what is stored only, as the serializer writes it."""
        described = super().__get_pydantic_json_schema__(core, handler)
        handler.resolve_ref_schema(described)["properties"].pop("prepared", None)
        return described

    @model_serializer(mode="wrap")
    def _in_the_contracts_order(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole = handler(self)
        if not self.corrections:
            whole.pop("corrections", None)
        return {name: whole[name] for name in DOCUMENT_ORDER if name in whole}


DOCUMENT_ORDER = (
    *("id", "version", "story", "written_at", "writer", "headline", "takeaways", "lead", "sections", "catch"),
    *("bottom_line", "disagreements", "lens", "follow_ups", "sources", "verification", "cost", "sample"),
    "corrections",
)


class EditionEntry(Shape):
    """A brief in its place. `update`, written where it is so: it goes on with a story of an earlier edition."""

    rank: int
    why: tuple[str, ...]
    update: bool = False
    brief: BriefDocument

    @model_serializer(mode="wrap")
    def _without_no_update(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole: dict[str, Any] = handler(self)
        if not self.update:
            whole.pop("update", None)
        return whole


class NoticeDocument(CorrectionDocument):
    """What an edition tells of a correction: the brief it is of, which the reader had before, and its headline."""

    brief: str
    headline: str

    @property
    def first(self) -> Strike | None:
        """The sentence to tell of: the headline where that fell, else the first that did."""
        return next(iter(self._sentences()), None)

    @property
    def others(self) -> int:
        """How many sentences fell besides."""
        return max(0, len({one.text for one in self._sentences()}) - 1)

    def _sentences(self) -> tuple[Strike, ...]:
        return tuple(one for one in self.struck if one.is_sentence)


class EditionDocument(Shape):
    """A reader's edition as `--json` prints it; `date` is local to the reader.

    `corrections` of briefs that the reader had before are written where there are any.
    """

    reader: str
    date: date
    items: tuple[EditionEntry, ...]
    cost: Cost
    corrections: tuple[NoticeDocument, ...] = ()

    @model_serializer(mode="wrap")
    def _without_no_corrections(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole: dict[str, Any] = handler(self)
        if not self.corrections:
            whole.pop("corrections", None)
        return whole

"""The shapes that the API answers with, by the names that its description gives them."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class Citation(TypedDict):
    source: int
    article: int
    passage: int
    start: int
    end: int
    quote: str


class Sentence(TypedDict):
    text: str
    citations: NotRequired[list[Citation]]
    opinion: NotRequired[bool]
    struck: NotRequired[bool]


class SourceRef(TypedDict):
    id: int
    title: str
    publisher: str
    url: str
    published_at: str | None
    primary: bool


class Section(TypedDict):
    question: str
    answer: list[Sentence]


class LensQuestion(TypedDict):
    question: str
    answer: list[Sentence]


class LensDocument(TypedDict):
    role: str
    industry: str
    why_it_matters: list[Sentence]
    questions: NotRequired[list[LensQuestion]]


class Disagreement(TypedDict):
    about: str
    claims: list[Sentence]


class StoryRef(TypedDict):
    id: str
    title: str
    url: str


class Cost(TypedDict):
    usd: str
    tokens: dict[str, int]
    models: list[str]
    shared_usd: str
    personal_usd: str
    naive_usd: str
    usd_at_2023_prices: str


class BriefDocument(TypedDict):
    id: str
    version: int
    story: StoryRef
    written_at: str
    writer: str
    headline: Sentence
    takeaways: list[Sentence]
    lead: list[Sentence]
    sections: list[Section]
    catch: list[Sentence]
    bottom_line: list[Sentence]
    disagreements: NotRequired[list[Disagreement]]
    lens: LensDocument | None
    follow_ups: NotRequired[list[str]]
    sources: list[SourceRef]
    verification: NotRequired[dict[str, int]]
    cost: Cost
    sample: bool
    corrections: NotRequired[list[dict[str, Any]]]


class EditionEntry(TypedDict):
    rank: int
    why: list[str]
    update: NotRequired[bool]
    brief: BriefDocument


class EditionDocument(TypedDict):
    reader: str
    date: str
    items: list[EditionEntry]
    cost: Cost
    corrections: NotRequired[list[dict[str, Any]]]


class TurnDocument(TypedDict):
    number: int
    question: str
    state: str
    asked_at: str
    answered_at: str | None
    written_by: str
    without_model: str
    answer: list[Sentence]
    dropped: int
    may_ask_again: bool


class DeviceDocument(TypedDict):
    id: int
    name: str
    created_at: str
    last_used_at: str
    expires_at: str
    current: bool


class SignedIn(TypedDict):
    token: str
    device: DeviceDocument


class IssueDocument(TypedDict):
    date: str
    headline: str
    stories: int
    sample: bool
    struck: bool


class SavedDocument(TypedDict):
    brief: str
    headline: str
    date: str
    saved_at: str
    struck: bool


class ReadDocument(TypedDict):
    brief: str
    read_at: str


class Gone(TypedDict):
    kind: str
    key: str


class Changes(TypedDict):
    reset: bool
    editions: list[IssueDocument]
    saved: list[SavedDocument]
    read: list[ReadDocument]
    corrections: list[dict[str, Any]]
    gone: list[Gone]
    cursor: str
    more: bool

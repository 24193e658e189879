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


class PushDocument(TypedDict):
    public_key: str | None
    subscriptions: int
    most_subscriptions: int


class PushSubscriptionDocument(TypedDict):
    id: int
    label: str
    service: str
    created_at: str
    pushed_at: str | None
    held: str
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


class Challenge(TypedDict):
    session: str
    options: dict[str, Any]


class ChangeDocument(TypedDict):
    kind: str
    publisher: str
    changes: str
    note: str
    now: str | None


class ExcerptDocument(TypedDict):
    publisher: str
    title: str
    url: str
    published: str
    before: str
    quote: str
    after: str


class EvidenceDocument(TypedDict):
    mark: str
    claim: str
    excerpts: list[ExcerptDocument]
    change: ChangeDocument | None


class LookDocument(TypedDict):
    role: str
    industry: str
    stage: str
    seconds: int
    extractive: bool
    marks: str
    lens: LensDocument | None


class MayMute(TypedDict):
    about: str
    label: str


class StanceDocument(TypedDict):
    more: bool
    less: bool
    learned: list[str]
    kept_out_by: int | None
    may_mute: list[MayMute]


class LearnedDocument(TypedDict):
    id: int
    act: str
    kind: str
    label: str
    weight: float
    headline: str
    learned_at: str


class ReportDocument(TypedDict):
    outcome: str
    found: list[str]
    reason: str
    reported_at: str
    public: bool


class PieceDocument(TypedDict):
    text: str
    found: bool


class HitDocument(TypedDict):
    brief: str
    headline: str
    date: str
    excerpt: list[PieceDocument]
    struck: bool


class ShareDocument(TypedDict):
    id: int
    headline: str
    created_at: str
    views: int
    url: str
    struck: bool


class TopicDocument(TypedDict):
    slug: str
    name: str
    kind: str
    stories: int
    last: str


class TopicEntry(TypedDict):
    story: str
    headline: str
    date: str
    at: str
    origins: int
    update: bool
    private: bool
    sample: bool
    brief: str
    struck: bool
    url: str
    publisher: str


class TopicPage(TypedDict):
    slug: str
    name: str
    kind: str
    stories: int
    since: str
    followed: bool
    items: list[TopicEntry]
    next: str | None


class FeedDocument(TypedDict):
    url: str
    title: str


class RefusedDocument(TypedDict):
    url: str
    why: str


class SourceDocument(TypedDict):
    id: int
    url: str
    title: str
    site_url: str
    any_topic: bool
    state: str
    attention: str
    articles: int
    items_a_week: float
    last_read_at: str | None


class AddedDocument(TypedDict):
    added: list[str]
    known: list[str]
    refused: NotRequired[list[RefusedDocument]]
    choices: NotRequired[list[FeedDocument]]
    unreached: NotRequired[list[RefusedDocument]]


class ProfileDocument(TypedDict):
    email: str
    role: str
    industry: str
    interests: str
    time_zone: str
    hour: int
    days: list[int]
    daily_email: bool
    rhythm: str
    round_up_day: int
    paused_until: str | None


class Choice(TypedDict):
    slug: str
    title: str


class Choices(TypedDict):
    roles: list[Choice]
    industries: list[Choice]


class QuestionBudget(TypedDict):
    each_usd: str
    left_usd: str
    limit_usd: str
    span: str
    used_up: str
    until: str | None


class Spent(TypedDict):
    purpose: str
    usd: str
    calls: int


class Spending(TypedDict):
    usd: str
    by_purpose: list[Spent]
    questions: QuestionBudget | None

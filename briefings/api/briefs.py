"""A brief of the reader's editions, and the evidence of its sentences."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from briefings import looks, read
from briefings.api import documents
from briefings.api.asked import reader_of
from briefings.api.ids import BriefId, Mark
from briefings.api.pages import Page
from briefings.api.problems import not_found
from briefings.evidence import FAR, NEAR
from briefings.schemas import BriefDocument, Shape
from briefings.web.kept import page_of
from briefings.web.page import Evidence, Excerpt
from users.models import User

router = Router(tags=["briefs"])


class ExcerptDocument(Shape):
    """A citation where it stands: `before`, `quote` and `after` are one text of the article."""

    publisher: str
    title: str
    url: str
    published: str
    before: str
    quote: str
    after: str


class ChangeDocument(Shape):
    """Why the sentence stands no longer; `now` is the passage as it is today, where there still is one."""

    kind: Literal["changed", "withdrawn", "challenged"]
    publisher: str
    changes: str
    note: str
    now: str | None


class EvidenceDocument(Shape):
    """What supports one sentence (`claim`), or did until the `change`. `mark` names it in addresses."""

    mark: str
    claim: str
    excerpts: tuple[ExcerptDocument, ...]
    change: ChangeDocument | None


@router.get("/{brief_id}", response=BriefDocument | documents.CompactBrief, operation_id="brief")
def brief(request: HttpRequest, brief_id: BriefId, fields: documents.Fields = "") -> HttpResponse:
    """The brief as the reader has it, with the lens of the edition it was in last."""
    return documents.brief(own(reader_of(request), brief_id), fields)


@router.get("/{brief_id}/evidence", response=Page[EvidenceDocument], operation_id="list_evidence")
def list_evidence(request: HttpRequest, brief_id: BriefId) -> Page[EvidenceDocument]:
    """What supports each sentence, in the order of reading; some words around each quote."""
    return Page(items=[evidence_of(one) for one in page_of(own(reader_of(request), brief_id), NEAR).evidence])


@router.get("/{brief_id}/evidence/{mark}", response=EvidenceDocument, operation_id="evidence")
def evidence(request: HttpRequest, brief_id: BriefId, mark: Mark) -> EvidenceDocument:
    """What supports one sentence, with a page of the article around each quote."""
    seen = looks.kind_of_mark(mark)
    whose = f"as-{seen[0].slug}--{seen[1].slug}-" if seen else "you-"
    shown = page_of(by_mark(reader_of(request), brief_id, mark), FAR, whose, mark).evidence
    found = next((one for one in shown if one.mark == mark), None)
    if found is None:
        raise not_found()
    return evidence_of(found)


def own(reader: User, brief_id: str) -> read.Reading:
    """A brief of the reader's editions; raises Problem."""
    reading = read.reading_for(reader, brief_id)
    if reading is None:
        raise not_found()
    return reading


def by_mark(reader: User, brief_id: str, mark: str) -> read.Reading:
    """The brief through the lens that has the sentence of that mark: the reader's own, or another kind's."""
    kind = looks.kind_of_mark(mark)
    found = read.reading_for(reader, brief_id, looks.look(brief_id, kind).lens) if kind else None
    return found or own(reader, brief_id)


def evidence_of(one: Evidence) -> EvidenceDocument:
    change = one.change and ChangeDocument(
        kind=one.change.by.kind,
        publisher=one.change.by.publisher,
        changes=one.change.by.changes,
        note=one.change.by.note,
        now=one.change.now and "".join((one.change.now.before, one.change.now.quote, one.change.now.after)),
    )
    return EvidenceDocument(
        mark=one.mark, claim=one.claim, excerpts=tuple(map(_excerpt, one.excerpts)), change=change
    )


def _excerpt(one: Excerpt) -> ExcerptDocument:
    return ExcerptDocument(
        publisher=one.publisher,
        title=one.title,
        url=one.url,
        published=one.published_iso,
        before=one.passage.before,
        quote=one.passage.quote,
        after=one.passage.after,
    )

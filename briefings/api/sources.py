"""The reader's own sources."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status
from pydantic import Field

from briefings.api.asked import limit, reader_of
from briefings.api.ids import Id
from briefings.api.pages import Page, Paging, page
from briefings.api.problems import FieldProblem, Problem, not_found
from briefings.api.schema import may_answer
from briefings.schemas import Shape
from ingest import opml, own
from ingest.health import Health
from ingest.parse import ParseError

router = Router(tags=["sources"])
OPML = "text/x-opml"
READ = (OPML, "text/xml", "application/xml", "application/octet-stream")
LARGEST = 1024 * 1024  # bytes of a list of feeds; what may be added takes less than a tenth of that
LIST = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in READ},
    },
    **may_answer(400, 409, 413, 415, 422),
}
AS_OPML = {"responses": {200: {"description": "OPML 2.0", "content": {OPML: {"schema": {"type": "string"}}}}}}


class NewSource(Shape):
    url: str = Field(min_length=1, max_length=2000, description="of a feed, or of a site that names its feed")
    any_topic: bool = Field(False, description="take everything from it, not only news about AI")


class SourceDocument(Shape):
    """`state` in a word or two; `attention` says what is wrong, where something is."""

    id: int
    url: str
    title: str
    site_url: str
    any_topic: bool
    state: str
    attention: str
    articles: int
    items_a_week: float
    last_read_at: datetime | None


class FeedDocument(Shape):
    url: str
    title: str


class RefusedDocument(Shape):
    url: str
    why: str


class AddedDocument(Shape):
    """`choices`: the site names several feeds; add the one that is meant. `unreached` are added and tried again."""

    added: tuple[str, ...]
    known: tuple[str, ...]
    refused: tuple[RefusedDocument, ...] = ()
    choices: tuple[FeedDocument, ...] = ()
    unreached: tuple[RefusedDocument, ...] = ()


@router.get("", response=Page[SourceDocument], operation_id="list_sources")
def list_sources(request: HttpRequest, paging: Query[Paging]) -> Page[SourceDocument]:
    """The reader's own sources, the newest first."""
    mine = own.sources(reader_of(request).pk, timezone.now())
    mine.sort(key=lambda one: -one.source.pk)
    return page(mine, lambda one: (one.source.pk,), _told, paging)


@router.post("", response=AddedDocument, operation_id="add_source", openapi_extra=may_answer(409))
def add_source(request: HttpRequest, new: NewSource) -> AddedDocument:
    """Add the feed at the address, or that its page names."""
    limit(request, "sources-add")
    url = new.url.strip()
    try:
        outcome = own.add_address(
            reader_of(request).pk, url if "://" in url else f"https://{url}", new.any_topic
        )
    except own.TooMany as error:
        raise Problem("too_many_sources", f"{error}.") from None
    if outcome.added.refused:
        words = [FieldProblem(field="body.url", message=why) for _, why in outcome.added.refused]
        raise Problem("invalid", errors=words)
    choices = [one for _, feeds in outcome.choices for one in feeds]
    return AddedDocument(
        added=outcome.added.new,
        known=outcome.added.known,
        choices=tuple(FeedDocument(url=one.url, title=one.title) for one in choices),
        unreached=_refused(outcome.unreached),
    )


@router.get("/export", operation_id="export_sources", openapi_extra=AS_OPML)
def export_sources(request: HttpRequest) -> HttpResponse:
    """The reader's own sources as OPML, for any feed reader."""
    return HttpResponse(own.as_opml(reader_of(request).pk), content_type=f"{OPML}; charset=utf-8")


@router.post("/import", response=AddedDocument, operation_id="import_sources", openapi_extra=LIST)
def import_sources(request: HttpRequest) -> AddedDocument:
    """Add the feeds of an OPML document, which is the body."""
    limit(request, "sources-import")
    if request.content_type not in READ:
        raise Problem("unsupported_type", f"Send {OPML}.")
    if len(request.body) > LARGEST:
        raise Problem("too_large", f"A list of feeds may have {LARGEST // 1024 // 1024} MiB.")
    try:
        added = own.add_list(reader_of(request).pk, request.body)
    except (ParseError, opml.BadList) as error:
        raise Problem("invalid", errors=[FieldProblem(field="body", message=str(error))]) from None
    except own.TooMany as error:
        raise Problem("too_many_sources", f"{error}.") from None
    return AddedDocument(added=added.new, known=added.known, refused=_refused(added.refused))


@router.delete("/{source_id}", response={204: None}, operation_id="remove_source")
def remove_source(request: HttpRequest, source_id: Id) -> Status[None]:
    """Remove the source with everything that was read from it."""
    if not own.remove(reader_of(request).pk, source_id):
        raise not_found()
    return Status(204, None)


def _told(one: Health) -> SourceDocument:
    source = one.source
    return SourceDocument(
        id=source.pk,
        url=source.url,
        title=source.title,
        site_url=source.site_url,
        any_topic=source.any_topic,
        state=one.state,
        attention=one.attention,
        articles=one.articles,
        items_a_week=one.items_a_week,
        last_read_at=source.last_success_at,
    )


def _refused(pairs: tuple[tuple[str, str], ...]) -> tuple[RefusedDocument, ...]:
    return tuple(RefusedDocument(url=url, why=why) for url, why in pairs)

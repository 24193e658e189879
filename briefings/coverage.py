"""Who reports a brief's story: its sources as documents name them, and how many outlets and origins they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet

from briefings.models import Brief
from briefings.schemas import SourceRef
from ingest.decide import happened
from ingest.models import Article
from ingest.revisions import numbered
from ingest.score import origin
from users.prepared import Prepared, given

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Coverage:
    """`sources` has one entry an article, first-hand and early ones first. Outlets count copies, origins do not."""

    sources: tuple[SourceRef, ...]
    outlets: int
    origins: int


def of_briefs(briefs: Sequence[Brief]) -> Mapping[str, Coverage]:
    """Coverage by brief id, in one query for all of them, and another where articles were edited since."""
    parts = {(pk, revision) for brief in briefs for pk, revision in brief.articles}
    rows = _ROWS(wanted=list({pk for pk, _ in parts}))
    by_pk = {row.pk: row for row in rows}
    titles = {
        key: one.title
        for key, one in numbered({key for key in parts if _edited(by_pk.get(key[0]), key[1])}).items()
    }
    copies = defaultdict(list)
    for row in rows:
        if row.duplicate_of_id is not None:
            copies[row.duplicate_of_id].append(row)
    return {
        brief.pk: _coverage(brief, [by_pk[pk] for pk, _ in brief.articles if pk in by_pk], copies, titles)
        for brief in briefs
    }


def _edited(row: Article | None, revision: int) -> bool:
    return row is not None and row.revision != revision


def publisher(row: Article) -> str:
    """How an article's source is named: by its title, else by the site the article stands on."""
    return row.source.title or origin(row.url, row.source_id)


def short(name: str) -> str:
    """A publisher's name where room is scarce: without what stands in brackets after it."""
    return name.partition(" (")[0]


def published(article: Article) -> datetime | None:
    """When it was published, as readers are told, aware: by its feed where that is plausible, else the time that all
    else goes by (`happened_at`). None where the feed has no word of it."""
    told = article.published_at
    return told if told is None or happened(told, article.first_seen) == told else article.happened_at


def web_address(url: str) -> str:
    """The url when it is http or https, else nothing."""
    # Feeds are hostile: anything but the web (javascript:, data:) must not become a link anywhere.
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:  # "https://[": no address at all
        return ""


def _rows(which: Q) -> QuerySet[Article]:
    fields = (
        "title",
        "revision",
        "url",
        "published_at",
        "happened_at",
        "first_seen",
        "duplicate_of_id",
        "source__title",
        "source__url",
        "source__primary",
    )
    return Article.objects.filter(which).select_related("source").only(*fields)


_ROWS = Prepared(lambda: _rows(Q(pk__any_of=given("wanted")) | Q(duplicate_of__any_of=given("wanted"))))


def _coverage(
    brief: Brief,
    own: Sequence[Article],
    copies: Mapping[int, Sequence[Article]],
    titles: Mapping[tuple[int, int], str],
) -> Coverage:
    ordered = sorted(own, key=lambda row: (not row.source.primary, published(row) or LONG_AGO, row.pk))
    origins = {row.source_id for row in own}
    outlets = origins | {copy.source_id for row in own for copy in copies.get(row.pk, ())}
    revisions = dict(brief.articles)
    refs = tuple(_ref(row, titles.get((row.pk, revisions[row.pk]), row.title)) for row in ordered)
    return Coverage(refs, len(outlets), max(1, min(brief.story.origins, len(origins))))


def _ref(row: Article, title: str) -> SourceRef:
    """The source as documents name it; `title` is what the article was headed in the brief's revision."""
    return SourceRef(
        id=row.source_id,
        title=title,
        publisher=publisher(row),
        url=web_address(row.url),
        published_at=published(row),
        primary=row.source.primary,
    )

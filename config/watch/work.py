"""Which kinds of work there are, how long each may wait, and how long the oldest of each has waited. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Model
from django.db.models.functions import Now

from briefings.models import Brief, Delivery, Edition, Lens, PushDelivery, Turn
from briefings.planning import could_go
from inference.models import Call
from ingest.models import Article, PageRetry, Revision, Source
from users.models import Profile

MOST = 10_000  # rows of a kind that are counted: beyond that it is many
LATE_DIGEST = timedelta(minutes=30)
STILL_GOES = timedelta(hours=12)  # after which a digest does not go any more
LATE_COUNTED = 250

RESTING = "due_at IS NULL AND error <> ''"
READY, NOT_READY, NOT_QUEUED = "state = 'ready'", "state <> 'ready'", "state <> 'queued'"
OPEN_CALL = "state IN ('reserved', 'sent')"
WRITTEN = "brief_id IN (SELECT id FROM briefings_brief WHERE state <> 'queued')"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: rows of `model` that are due, as `which` (SQL) says. `limit`: when the oldest is late.

    Not all are rows with a lease: `due` and `lease` are the columns that say since when, and until when somebody has
    it.
    """

    name: str
    words: str
    limit: timedelta
    model: type[Model]
    which: str = "TRUE"
    resting: str = RESTING
    due: str = "due_at"
    lease: str = "lease_until"


NOBODYS = "NULL::timestamptz"
KINDS = (
    Kind("sources", "sources to look at", timedelta(hours=1), Source, "enabled", "FALSE"),
    Kind("articles", "articles to read and place", timedelta(minutes=30), Article),
    Kind("pages", "pages to try again", timedelta(hours=2), PageRetry, resting="FALSE"),
    Kind(
        "briefs",
        "briefs to write",
        timedelta(minutes=30),
        Brief,
        "state = 'queued'",
        f"{RESTING} AND {NOT_READY}",
    ),
    Kind(
        "corrections",
        "briefs to verify again",
        timedelta(hours=1),
        Brief,
        NOT_QUEUED,
        f"{RESTING} AND {READY}",
    ),
    Kind("lenses", "lenses to write", timedelta(hours=1), Lens, WRITTEN),
    Kind("editions", "editions to prepare", timedelta(minutes=30), Edition),
    Kind(
        "deliveries",
        "mails to send",
        timedelta(minutes=30),
        Delivery,
        resting="state IN ('failed', 'unknown')",
    ),
    Kind(
        "pushes",
        "pushes to send",
        timedelta(minutes=30),
        PushDelivery,
        resting="state IN ('failed', 'unknown')",
    ),
    Kind("questions", "questions to answer", timedelta(minutes=10), Turn),
    # What the sweeps themselves see to: late where the timetable, or who follows it, is gone.
    Kind("plans", "editions to plan", timedelta(minutes=15), Profile, "TRUE", "FALSE", "slot_at", NOBODYS),
    Kind(
        "edits", "edits to follow", timedelta(hours=1), Revision, "NOT told", "FALSE", "replaced_at", NOBODYS
    ),
    Kind("calls", "calls to close", timedelta(minutes=15), Call, OPEN_CALL, "FALSE", "lease_until", NOBODYS),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How a kind of work does: rows that are due, being worked on and at rest with an error, each up to `MOST`.

    `oldest` is the seconds that the longest due row nobody works on has waited; 0 where none waits.
    """

    kind: Kind
    due: int
    under_way: int
    resting: int
    oldest: float

    @property
    def late(self) -> bool:
        return self.oldest > self.kind.limit.total_seconds()


def waiting() -> list[Waiting]:
    """Every kind, in one statement by the indexes on what is due and what rests."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(map(_part, KINDS)))
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [_waiting(kind, *found[kind.name]) for kind in KINDS]


def _waiting(kind: Kind, due: int, under_way: int, resting: int, oldest: Decimal) -> Waiting:
    return Waiting(kind, due, under_way, resting, float(oldest))


def _part(kind: Kind) -> str:
    table = kind.model._meta.db_table
    # Names and conditions are those above; no value comes from elsewhere.
    return f"""
        SELECT '{kind.name}', count(*) FILTER (WHERE free), count(*) FILTER (WHERE NOT free),
               (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {kind.resting} LIMIT {MOST}) AS resting),
               greatest(0, coalesce(extract(epoch FROM now() - min(since) FILTER (WHERE free)), 0))
        FROM (SELECT {kind.due} AS since, {kind.lease} IS NULL OR {kind.lease} < now() AS free FROM {table}
              WHERE {kind.due} <= now() AND {kind.which} ORDER BY {kind.due} LIMIT {MOST}) AS due"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class LateDigests:
    """Digests past their reader's hour by more than `LATE_DIGEST`, some hundreds at most; `longest` in seconds."""

    count: int
    longest: float


def late_digests(now: datetime) -> LateDigests:
    """By each reader's own hour: a mail that is put back again and again is not due, and late all the same."""
    waits = Delivery.objects.filter(due_at__isnull=False).order_by("due_at").values_list("pk", flat=True)
    # Those never put back come first by when they were due, those put back are due again soon. At a full hour all
    # wait together, and no index would find the late ones among them.
    keys = [*waits.filter(due_at__lte=Now())[:LATE_COUNTED], *waits.filter(due_at__gt=Now())[:LATE_COUNTED]]
    sending = Delivery.objects.filter(pk__in=keys).select_related("edition__reader__profile")
    delays = [now - could_go(row.edition) for row in sending]
    unmade = Edition.objects.filter(
        goes_at__gt=now - STILL_GOES, goes_at__lt=now - LATE_DIGEST, reader__profile__digest=True
    )
    passed = unmade.order_by("goes_at").values_list("goes_at", flat=True)[:LATE_COUNTED]
    delays += [now - at for at in passed if at]
    late = [delay for delay in delays if delay > LATE_DIGEST]
    return LateDigests(len(late), max(late, default=timedelta()).total_seconds())


def late(found: Sequence[Waiting]) -> list[Waiting]:
    return [one for one in found if one.late]

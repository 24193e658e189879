"""What inference costs by the ledger, set against the verified briefings made with it. Writes nothing.

The one read module of the page about spending and of `manage.py spend`. Days are UTC's, money is nano-dollars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, IntegerField, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncDate

from briefings.models import Brief, Edition, State, Writer
from inference import budgets, costs
from inference.budgets import Standing
from inference.costs import CostSummary, Line, Outcomes
from inference.models import Call, Statement

UNKNOWN_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Verified:
    """How many verified briefings were made; `counted` says of what: `editions` or `briefs`."""

    count: int
    counted: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day's spending and its briefings; `per_briefing` is None on a day without any."""

    day: date
    nano: int
    calls: int
    briefings: int

    @property
    def per_briefing(self) -> int | None:
        return each(self.nano, self.briefings)


@dataclass(frozen=True, slots=True)
class Writing:
    """Of the briefs written: how many without a model, and what became of the sentences that failed."""

    briefs: int
    extractive: int
    sentences: int
    repaired: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """Everything the page shows: `days` without a gap up to today, `unknown` the oldest calls first."""

    days: Sequence[Day]
    total: CostSummary
    verified: Verified
    purposes: Sequence[Line]
    models: Sequence[Line]
    outcomes: Outcomes
    writing: Writing
    budgets: Sequence[Standing]
    unknown: Sequence[Call]
    unknown_count: int
    unknown_held: int
    statements: Sequence[Statement]

    @property
    def per_briefing(self) -> int | None:
        return each(self.total.nano, self.verified.count)


def accounts(now: datetime, days: int) -> Accounts:
    """The accounts of the last `days` UTC days, today included."""
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    since = datetime.combine(first, time(), UTC)
    unknown = costs.unknown_calls()
    held = unknown.aggregate(held=Sum("hold", default=0))["held"]
    return Accounts(
        days=_days(first, days, since),
        total=costs.total(since),
        verified=verified(since),
        purposes=costs.breakdown("purpose", since),
        models=costs.breakdown("model", since),
        outcomes=costs.outcomes(since),
        writing=_writing(since),
        budgets=budgets.standing(now),
        unknown=list(unknown[:UNKNOWN_SHOWN]),
        unknown_count=unknown.count(),
        unknown_held=held,
        statements=list(costs.statements(first)),
    )


def verified(since: datetime | None) -> Verified:
    """How many verified briefings were made: editions for readers, or where there are none, briefs asked for by hand.

    An edition holds only briefs that passed the verifier, which the database enforces.
    """
    editions, briefs = Edition.objects.filter(_made()).distinct(), Brief.objects.filter(state=State.READY)
    if since:
        editions, briefs = editions.filter(prepared_at__gte=since), briefs.filter(verified_at__gte=since)
    count = editions.count()
    return Verified(count, "editions") if count else Verified(briefs.count(), "briefs")


def each(nano: int, briefings: int) -> int | None:
    """Nano-dollars a briefing, rounded up; None without briefings."""
    return -(-nano // briefings) if briefings else None


def _made() -> Q:
    return Q(state=State.READY, items__isnull=False)


def _days(first: date, days: int, since: datetime) -> list[Day]:
    spent = {line.key: line.cost for line in costs.breakdown("day", since)}
    made = _briefings_by_day(since)
    found = []
    for number in range(days):
        day = first + timedelta(days=number)
        cost = spent.get(day.isoformat(), CostSummary())
        found.append(Day(day, cost.nano, cost.calls, made.get(day, 0)))
    return found


def _briefings_by_day(since: datetime) -> dict[date, int]:
    """Counted as `verified` counts them over the whole time."""
    if verified(since).counted == "editions":
        rows, column = Edition.objects.filter(_made(), prepared_at__gte=since), "prepared_at"
    else:
        rows, column = Brief.objects.filter(state=State.READY, verified_at__gte=since), "verified_at"  # type: ignore[assignment]
    by_day = (
        rows.order_by().values(day=TruncDate(column, tzinfo=UTC)).annotate(made=Count("pk", distinct=True))
    )
    return {row["day"]: row["made"] for row in by_day}


def _writing(since: datetime) -> Writing:
    briefs = Brief.objects.filter(state=State.READY, written_at__gte=since)
    sums = {
        name: Sum(Cast(KeyTextTransform(name, "body__verification"), IntegerField()), default=0)
        for name in ("sentences", "repaired", "dropped")
    }
    found = briefs.aggregate(
        briefs=Count("pk"), extractive=Count("pk", filter=Q(writer=Writer.EXTRACTIVE)), **sums
    )
    return Writing(**{name: int(value) for name, value in found.items()})

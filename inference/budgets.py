"""Which budgets a call touches, and what is left in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django.conf import settings

from inference.models import Budget, Purpose
from inference.money import nano

SERVICE, READER = "service", "reader"


@dataclass(frozen=True, slots=True)
class Rule:
    """So many nano-dollars for a scope in each `span`: a day or a month of UTC."""

    scope: str
    span: str
    nano: int


@dataclass(frozen=True, slots=True)
class Limit:
    scope: str
    period: str
    nano: int


def rules(purpose: str, reader: int | None) -> list[Rule]:
    """What limits a call: rules for the service, its purpose and its reader."""
    scopes = {SERVICE: SERVICE, purpose: f"purpose:{purpose}"}
    if reader is not None:
        scopes[READER] = f"reader:{reader}"
    return [
        Rule(scopes[scope], span, nano(Decimal(dollars)))
        for (scope, span), dollars in _configured().items()
        if scope in scopes
    ]


def limits(now: datetime, purpose: str, reader: int | None) -> list[Limit]:
    """The limits on a call reserved at `now`, each of the day or month of UTC that it is in."""
    return [Limit(rule.scope, _period(now, rule.span), rule.nano) for rule in rules(purpose, reader)]


def common(now: datetime) -> list[Limit]:
    """The limits in force at `now` that are no single reader's: the service's and those of purposes."""
    found = [limit for purpose in Purpose.values for limit in limits(now, purpose, None)]
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget and what is gone from it, in nano-dollars; `held` is for calls under way or of unknown outcome."""

    scope: str
    period: str
    limit: int
    settled: int
    held: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.settled - self.held)


def standing(now: datetime) -> list[Standing]:
    """The common budgets in force at `now`, in days and months of UTC."""
    return _standing(common(now))


def standing_of(now: datetime, purpose: str, reader: int) -> list[Standing]:
    """All budgets in force at `now` that a call for this purpose and reader would touch, in one query."""
    return _standing(limits(now, purpose, reader))


def _standing(found: Sequence[Limit]) -> list[Standing]:
    scopes, periods = {limit.scope for limit in found}, {limit.period for limit in found}
    stored = Budget.objects.filter(scope__in=scopes, period__in=periods)
    rows = {(row.scope, row.period): row for row in stored}
    return [
        Standing(limit.scope, limit.period, limit.nano, row.settled, row.held)
        for limit in found
        for row in (rows.get((limit.scope, limit.period)) or Budget(),)
    ]


def _configured() -> Mapping[tuple[str, str], Decimal]:
    """Dollars by scope (the service, a reader, a purpose) and span (day, month)."""
    return {
        (SERVICE, "day"): settings.NUTGRAF_BUDGET_DAY_USD,
        (SERVICE, "month"): settings.NUTGRAF_BUDGET_MONTH_USD,
        (READER, "month"): settings.NUTGRAF_BUDGET_READER_MONTH_USD,
        **settings.NUTGRAF_BUDGETS,
    }


def _period(now: datetime, span: str) -> str:
    utc = now.astimezone(UTC)
    return f"{utc:%Y-%m-%d}" if span == "day" else f"{utc:%Y-%m}"

"""Which budgets a call touches, and the one conditional UPDATE by which they stop spending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import F

from inference.errors import OverBudget
from inference.models import Budget
from inference.money import nano

SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Limit:
    scope: str
    period: str
    nano: int


def limits(now: datetime, reader: int | None) -> list[Limit]:
    """The limits on a call reserved at `now`: the service's day and month (UTC) and its reader's month."""
    utc = now.astimezone(UTC)
    day, month = f"{utc:%Y-%m-%d}", f"{utc:%Y-%m}"
    found = [
        Limit(SERVICE, day, _setting("NUTGRAF_BUDGET_DAY_USD", "1.00")),
        Limit(SERVICE, month, _setting("NUTGRAF_BUDGET_MONTH_USD", "20.00")),
    ]
    if reader is not None:
        found.append(Limit(f"reader:{reader}", month, _setting("NUTGRAF_BUDGET_READER_MONTH_USD", "1.00")))
    return found


def _setting(name: str, default: str) -> int:
    return nano(Decimal(getattr(settings, name, default)))


def rows(wanted: list[Limit]) -> list[tuple[int, Limit]]:
    """Each limit's budget row, created when its period begins, in id order: the order in which all lock them."""
    fresh = [Budget(scope=each.scope, period=each.period, limit=each.nano) for each in wanted]
    Budget.objects.bulk_create(fresh, ignore_conflicts=True)
    found = [
        (Budget.objects.values_list("pk", flat=True).get(scope=x.scope, period=x.period), x) for x in wanted
    ]
    return sorted(found, key=lambda pair: pair[0])


def hold(budget: int, limit: Limit, amount: int) -> None:
    """Hold the amount in the budget, or raise OverBudget. A changed limit takes effect here.

    Equal to `UPDATE ... SET held = held + h WHERE settled + held + h <= limit`, so that no two can both fit into the
    last dollar: the second waits for the row and is judged by what the first left.
    """
    fits = Budget.objects.alias(then=F("settled") + F("held") + amount).filter(
        pk=budget, then__lte=limit.nano
    )
    if fits.update(held=F("held") + amount, limit=limit.nano) != 1:
        raise OverBudget(limit.scope, limit.period)


def move(budgets: list[int], held: int, settled: int) -> None:
    """Change what the budgets hold and have settled, in id order."""
    for pk in sorted(budgets):
        Budget.objects.filter(pk=pk).update(held=F("held") + held, settled=F("settled") + settled)

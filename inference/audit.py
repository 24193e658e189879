"""What must always hold in the ledger, checked from its rows alone. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Now

from inference.models import Budget, Call, Price
from inference.money import price_of
from inference.tokens import Tokens, read_usage

GRACE = timedelta(seconds=60)  # the sweep's period
AXES = [field.name for field in fields(Tokens)]
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold, and where."""

    name: str
    detail: str


def verify() -> list[Broken]:
    """Every broken invariant of the ledger; nothing when all hold."""
    checks = (_by_query, _over_limit, _overdue, _recomputed)
    return [broken for check in checks for broken in check()]


# Each query lists what breaks the invariant it is named after, as one column of text.
QUERIES = {
    "transactions_sum_to_zero": """
        SELECT transaction::text || ' sums to ' || sum(amount) FROM inference_entry
        GROUP BY transaction HAVING sum(amount) <> 0
    """,
    "entries_match_state": """
        SELECT 'call ' || c.id || ' is ' || c.state || ' with held ' || b.held || ', suspense ' || b.suspense
               || ', spent ' || b.spent
        FROM inference_call c CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE account = 'held'), 0) AS held,
                   coalesce(sum(amount) FILTER (WHERE account = 'suspense'), 0) AS suspense,
                   coalesce(sum(amount) FILTER (WHERE account = 'spent'), 0) AS spent
            FROM inference_entry WHERE call_id = c.id) b
        WHERE b.held <> CASE WHEN c.state IN ('reserved', 'sent') THEN c.hold ELSE 0 END
           OR b.suspense <> CASE WHEN c.state = 'unknown' THEN c.hold ELSE 0 END
           OR b.spent <> coalesce(c.cost, 0)
    """,
    "budgets_match_entries": """
        SELECT b.scope || ' ' || b.period || ' says settled ' || b.settled || ', held ' || b.held
               || '; entries say ' || e.settled || ', ' || e.held
        FROM inference_budget b CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE account = 'spent'), 0) AS settled,
                   coalesce(sum(amount) FILTER (WHERE account IN ('held', 'suspense')), 0) AS held
            FROM inference_entry JOIN inference_call_budgets USING (call_id) WHERE budget_id = b.id) e
        WHERE b.settled <> e.settled OR b.held <> e.held
    """,
    "every_call_has_its_budgets": """
        SELECT 'call ' || id || ' counts against ' || n || ' service budgets' FROM (
            SELECT c.id, count(b.id) FILTER (WHERE b.scope = 'service') AS n FROM inference_call c
            LEFT JOIN inference_call_budgets cb ON cb.call_id = c.id
            LEFT JOIN inference_budget b ON b.id = cb.budget_id GROUP BY c.id) counted
        WHERE n <> 2
    """,
    "one_attempt_per_request": """
        SELECT 'request ' || request_id || ' of ' || provider || ' stands behind calls ' || string_agg(id::text, ', ')
        FROM inference_call WHERE request_id <> '' GROUP BY provider, request_id HAVING count(*) > 1
    """,
}


def _by_query() -> Iterator[Broken]:
    with connection.cursor() as cursor:
        for name, query in QUERIES.items():
            cursor.execute(f"SELECT * FROM ({query}) AS found LIMIT {SHOWN}")  # noqa: S608 - our own constants
            for (detail,) in cursor.fetchall():
                yield Broken(name, detail)


def _over_limit() -> Iterator[Broken]:
    for budget in Budget.objects.filter(limit__lt=F("settled") + F("held")):
        yield Broken("budgets_within_limit", f"{budget}: {budget.settled} + {budget.held} of {budget.limit}")


def _overdue() -> Iterator[Broken]:
    under_way = Q(state__in=[Call.State.RESERVED, Call.State.SENT])
    for call in Call.objects.filter(under_way, Q(lease_until=None) | Q(lease_until__lt=Now() - GRACE))[
        :SHOWN
    ]:
        yield Broken(
            "nothing_past_its_lease", f"call {call.pk} ({call}) is {call.state} since {call.reserved_at}"
        )


def _recomputed() -> Iterator[Broken]:
    """The raw usage and the price rows must give the tokens and the cost that were posted."""
    prices = {
        pk: (axis, nano) for pk, axis, nano in Price.objects.values_list("pk", "axis", "nano_per_million")
    }
    settled = Call.objects.filter(state=Call.State.SETTLED)
    for call in settled.iterator():
        posted = Tokens(*(getattr(call, axis) or 0 for axis in AXES))
        reading = read_usage(call.usage)
        if reading is None or reading.tokens != posted:
            yield Broken("tokens_match_usage", f"call {call.pk}: {posted} from {call.usage}")
        by_axis = dict(prices[pk] for pk in call.prices if pk in prices)
        if set(by_axis) != set(AXES):
            yield Broken("every_cost_has_its_prices", f"call {call.pk}: prices {call.prices}")
            continue
        cost = sum(price_of(getattr(posted, axis), by_axis[axis]) for axis in AXES)
        if cost != call.cost:
            yield Broken(
                "cost_matches_usage", f"call {call.pk}: {call.cost} posted, {cost} by usage and prices"
            )

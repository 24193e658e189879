"""The statements of the ledger: one that reserves, one that sends, one that closes. Each is a transaction by itself.

Workers stand in line for the budgets' rows, so how long each has them is how many calls a second there can be. What was
ten questions of Django's to the database is therefore one here.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from psycopg.types.numeric import Int8

from inference.budgets import Rule
from inference.errors import LedgerDown, OverBudget
from inference.models import Call, Entry
from users.prepared import answer

BEGINNINGS = 3  # each may meet a midnight between finding no rows and writing them
_NAMES = [field.attname for field in Call._meta.concrete_fields]
_COLUMNS = ", ".join(f'"{field.column}"' for field in Call._meta.concrete_fields)

_WANTED = """
WITH wanted AS (
    SELECT
        scope, most,
        to_char(now() AT TIME ZONE 'UTC', CASE span WHEN 'day' THEN 'YYYY-MM-DD' ELSE 'YYYY-MM' END) AS period
    FROM unnest(%(scopes)s::text[], %(spans)s::text[], %(limits)s::bigint[]) AS rule (scope, span, most)
)
"""

_BEGIN = f"""
{_WANTED}
INSERT INTO inference_budget (scope, period, "limit", settled, held) SELECT scope, period, most, 0, 0 FROM wanted
ORDER BY scope, period
ON CONFLICT DO NOTHING
RETURNING id
"""  # noqa: S608  # our own words

# Rows are locked in the order of their ids, by everybody. What a row says then is what the one before left there, not
# what it said when the statement began: so no two can both fit into the last dollar.
_HOLD = f"""
{_WANTED}, standing AS (
    SELECT budget.id, scope, period, most, budget.settled + budget.held + %(hold)s::bigint <= most AS fits
    FROM inference_budget AS budget JOIN wanted USING (scope, period)
    ORDER BY budget.id
    FOR UPDATE OF budget
), allowed AS (
    SELECT count(*) = cardinality(%(scopes)s::text[]) AND bool_and(fits) AS yes FROM standing
), held AS (
    UPDATE inference_budget AS budget SET held = budget.held + %(hold)s::bigint, "limit" = most
    FROM standing, allowed WHERE allowed.yes AND budget.id = standing.id
), call AS (
    INSERT INTO inference_call (
        attempt, work_key, step, number, purpose, brief, reader_id, provider, model, hold, state, lease_until,
        model_reported, tier, prices, flags, request_id, finish_reason, error
    )
    SELECT
        %(attempt)s::uuid, %(work_key)s::text, %(step)s::text,
        1 + coalesce(
            (SELECT max(number) FROM inference_call WHERE work_key = %(work_key)s::text AND step = %(step)s::text), 0
        ),
        %(purpose)s::text, %(brief)s::text, %(reader)s::bigint, %(provider)s::text, %(model)s::text, %(hold)s::bigint,
        'reserved', statement_timestamp() + %(lease)s::interval, '', '', '{{}}', '{{}}', '', '', ''
    FROM allowed WHERE allowed.yes
    RETURNING {_COLUMNS}
), touched AS (
    INSERT INTO inference_call_budgets (call_id, budget_id) SELECT call.id, standing.id FROM call, standing
), posted AS (
    INSERT INTO inference_entry (transaction, call_id, kind, account, amount, evidence)
    SELECT %(transaction)s::uuid, call.id, 'reserve', account, amount, ''
    FROM call, LATERAL (VALUES ('held', call.hold), ('allowed', -call.hold)) AS line (account, amount)
)
SELECT
    (SELECT count(*) FROM standing), spent.scope, spent.period, call.*
FROM allowed
LEFT JOIN (SELECT scope, period FROM standing WHERE NOT fits ORDER BY id LIMIT 1) AS spent ON true
LEFT JOIN call ON true
"""  # noqa: S608  # names of our own columns

_SEND = """
UPDATE inference_call
SET state = 'sent', sent_at = statement_timestamp(), lease_until = statement_timestamp() + %s::interval
WHERE id = %s AND state = 'reserved' AND lease_until > statement_timestamp()
RETURNING id
"""

# The call is locked before its budgets: who comes second finds it closed, and changes nothing.
_CLOSE = """
WITH open AS (
    SELECT id, hold, CASE state WHEN 'unknown' THEN 'suspense' ELSE 'held' END AS held_in
    FROM inference_call WHERE id = %(call)s AND state = ANY(%(states)s::text[])
    FOR UPDATE
), closed AS (
    UPDATE inference_call AS call
    SET {changes}, lease_until = NULL, closed_at = statement_timestamp(),
        ask_again_at = coalesce(statement_timestamp() + %(pause)s::interval, call.ask_again_at)
    FROM open WHERE call.id = open.id
), posted AS (
    INSERT INTO inference_entry (transaction, call_id, kind, account, amount, evidence)
    SELECT %(transaction)s::uuid, open.id, %(kind)s::text, account, amount, %(evidence)s::text
    FROM open, LATERAL (VALUES {lines}) AS line (account, amount)
)
{moved}
SELECT hold FROM open
"""
_MOVED = """, standing AS (
    SELECT id FROM inference_budget
    WHERE id IN (SELECT budget_id FROM inference_call_budgets JOIN open ON call_id = open.id)
    ORDER BY id
    FOR UPDATE
), moved AS (
    UPDATE inference_budget AS budget SET {budget}
    FROM standing, open WHERE budget.id = standing.id
)
"""


@dataclass(frozen=True, slots=True)
class _Way:
    """How a call's hold goes: the lines of double entry, and what moves in its budgets."""

    lines: str
    moved: str


_PAID = _Way(
    "('spent', %(cost)s), (open.held_in, -open.hold), ('allowed', open.hold - %(cost)s)",
    _MOVED.format(budget="held = budget.held - open.hold, settled = budget.settled + %(cost)s"),
)
_GIVEN_BACK = _Way(
    "(open.held_in, -open.hold), ('allowed', open.hold)",
    _MOVED.format(budget="held = budget.held - open.hold"),
)
_SUSPENDED = _Way("('suspense', open.hold), (open.held_in, -open.hold)", "")
_WAYS = {
    Entry.Kind.SETTLE: _PAID,
    Entry.Kind.TRUE_UP: _PAID,
    Entry.Kind.RELEASE: _GIVEN_BACK,
    Entry.Kind.UNKNOWN: _SUSPENDED,
}
# Beside the flags that came with the answer, or that the call had.
_OVER_HOLD = """{flags} || CASE WHEN %(cost)s > open.hold
    THEN ARRAY['over_hold: ' || %(cost)s || ' of ' || open.hold] ELSE ARRAY[]::text[] END"""


def hold(rules: Sequence[Rule], values: Mapping[str, Any], lease: timedelta) -> Call:
    """A new call with these values, its hold in the budget of each rule. Raises OverBudget.

    IntegrityError where another worker took the same number for the same step; LedgerDown where budgets do not begin.
    """
    bound = dict(values) | {
        "hold": Int8(values["hold"]),
        "attempt": uuid.uuid4(),
        "transaction": uuid.uuid4(),
        "lease": lease,
        "scopes": [rule.scope for rule in rules],
        "spans": [rule.span for rule in rules],
        "limits": [Int8(rule.nano) for rule in rules],
    }
    for _ in range(BEGINNINGS):
        found, scope, period, *row = _held(bound)
        if scope is not None:
            raise OverBudget(scope, period)
        if found == len(rules):
            return Call.from_db(DEFAULT_DB_ALIAS, _NAMES, row)
        answer(_BEGIN, bound)  # a day or month begins: its rows are not there yet
    raise LedgerDown(f"the budgets of {', '.join(rule.scope for rule in rules)} do not begin")


def _held(bound: Mapping[str, Any]) -> Sequence[Any]:
    (row,) = answer(_HOLD, bound)
    return row


def send(call: int, lease: timedelta) -> bool:
    """From reserved to sent; False where it is not reserved any more, or past its lease."""
    return bool(answer(_SEND, [lease, Int8(call)]))


def close(
    call: int,
    kind: Entry.Kind,
    states: Collection[Call.State],
    changes: Mapping[str, Any],
    *,
    evidence: str = "",
    pause: timedelta | None = None,
) -> int | None:
    """Write how a call ended, its entries and its budgets; its hold, or None where it is in none of these states.

    `changes` are columns of the call: its new state, what is known of the answer, and the `cost` where it is paid for.
    """
    bound: dict[str, Any] = {
        **{name: _stored(name, value) for name, value in changes.items()},
        "transaction": uuid.uuid4(),
        "call": Int8(call),
        "states": [state.value for state in states],
        "pause": pause,
        "kind": kind.value,
        "evidence": evidence[:500],
    }
    columns = {name: f"%({name})s" for name in sorted(changes)}
    if kind is Entry.Kind.SETTLE:
        flags = "%(flags)s::text[]" if "flags" in changes else "call.flags::text[]"
        columns["flags"] = _OVER_HOLD.format(flags=flags)
    written = ", ".join(f'"{name}" = {value}' for name, value in columns.items())
    way = _WAYS[kind]
    for (hold,) in answer(_CLOSE.format(changes=written, lines=way.lines, moved=way.moved), bound):
        return int(hold)
    return None


def _stored(name: str, value: Any) -> Any:
    """As the column takes it; FieldDoesNotExist for what is no column."""
    return Call._meta.get_field(name).get_db_prep_save(value, connection)  # type: ignore[union-attr]

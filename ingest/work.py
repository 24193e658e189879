"""Work that is a row: a state, a due time, a lease and an attempt count, claimed by one conditional UPDATE.

The row is the truth and a queue message only a nudge, so losing every message loses no work: `due` finds it again.
The database's clock alone decides about leases, because workers' clocks differ and jump.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Now

MAX_ATTEMPTS = 5
POISON = 10  # attempts that may end without a word, by a crash or a killed worker
RETRY_BASE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)

# What contents nobody foresaw can bring about, not a time limit: a batch sets such a row aside and goes on.
MISHAPS: Final = (
    DatabaseError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class Work(models.Model):
    """One unit of work. Done rows have `due_at` null; nothing else is ever claimed."""

    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Work)


def resting() -> Q:
    """Rows that were given up, as an index on them says it: whoever runs the service looks at them."""
    return Q(due_at__isnull=True) & ~Q(error="")


def _free() -> Q:
    return Q(due_at__lte=Now()) & (Q(lease_until__isnull=True) | Q(lease_until__lt=Now()))


def claim(model: type[Row], pk: object, lease: timedelta, limit: int = POISON) -> Row | None:
    """Take the row's work for `lease`, or None when it is not due, done, or another worker has it.

    Work that `limit` attempts have not brought to an end, not even to a failure, kills its workers: it rests.
    """
    changed = model._default_manager.filter(_free(), pk=pk).update(
        lease_until=Now() + lease, attempt=F("attempt") + 1
    )
    if changed != 1:
        return None
    row = model._default_manager.get(pk=pk)
    if row.attempt <= limit:
        return row
    _update(
        row, {"lease_until": None, "due_at": None, "error": f"given up after {limit} attempts; {row.error}"}
    )
    return None


def finish(row: Work, due_in: timedelta | None = None, **changes: object) -> bool:
    """The work is done (`due_in`: until it is due again). False when the lease was lost to another attempt."""
    values: dict[str, object] = {"lease_until": None, "attempt": 0, "error": "", **changes}
    values["due_at"] = None if due_in is None else Now() + due_in
    return _update(row, values)


def fail(row: Work, error: str, limit: int = MAX_ATTEMPTS, **changes: object) -> bool:
    """Try again later with doubled waits; after `limit` attempts the row rests with its error for the operator."""
    spent = row.attempt >= limit
    wait = min(RETRY_BASE * 2 ** min(max(0, row.attempt - 1), 10), LONGEST_WAIT)
    values: dict[str, object] = {"lease_until": None, "error": error[:2000], **changes}
    values["due_at"] = None if spent else Now() + wait
    return _update(row, values)


def put_back(row: Work) -> bool:
    """The work was not begun after all: it is as due as before, and this was no attempt."""
    return _update(row, {"lease_until": None, "attempt": row.attempt - 1})


def not_begun(row: Work, wait: timedelta, **changes: object) -> bool:
    """The work was not begun, for a reason that is not its own: due after `wait`, and this was no attempt."""
    values: dict[str, object] = {"lease_until": None, "attempt": row.attempt - 1, **changes}
    return _update(row, {**values, "due_at": Now() + wait})


def put_off(row: Work, wait: timedelta) -> bool:
    """The work cannot go on for so long. That is no failure, but counts as an attempt: nothing is put off for ever."""
    return _update(row, {"lease_until": None, "due_at": Now() + wait})


def hasten(row: Row) -> Row:
    """Make work due now that was put off; what has failed waits for its time."""
    if row.due_at is not None:
        put_off = type(row)._default_manager.filter(pk=row.pk, lease_until=None, error="", due_at__gt=Now())
        put_off.update(due_at=Now())
    return row


def mishap(error: Exception) -> str:
    """What happened, for the operator: the first line, for the database's others repeat whole rows."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]


def _update(row: Work, values: dict[str, object]) -> bool:
    # The attempt number is the fence: a worker that lost its lease must not overwrite its successor's result.
    owned = type(row)._default_manager.filter(pk=row.pk, attempt=row.attempt)
    return owned.update(**values) == 1


def due(model: type[Row], limit: int, *conditions: Q) -> Sequence[object]:
    """Primary keys of claimable rows, the longest due first."""
    return list(claimable(model, *conditions).values_list("pk", flat=True)[:limit])


def claimable(model: type[Row], *conditions: Q) -> models.QuerySet[Row]:
    """The rows that `claim` would take now, the longest due first."""
    return model._default_manager.filter(_free(), *conditions).order_by("due_at")


def claim_many(
    model: type[Row], which: Q, lease: timedelta, fields: Sequence[str] = (), limit: int = POISON
) -> list[Row]:
    """Take every row of `which` that is free, as `claim` does; what another worker is taking is left to it.

    With `fields` given, the rows carry only these and `attempt`.
    """
    rest(model, which & _free(), limit)
    with transaction.atomic():
        free = model._default_manager.select_for_update(skip_locked=True, of=("self",)).filter(_free(), which)
        rows = list(free.only("attempt", *fields) if fields else free)
        keys = [row.pk for row in rows]
        model._default_manager.filter(among(keys)).update(lease_until=Now() + lease, attempt=F("attempt") + 1)
    for row in rows:
        row.attempt += 1
    return rows


def claim_keys(model: type[Row], which: Q, lease: timedelta, limit: int = POISON) -> list[int]:
    """`claim_many` for work that needs nothing of its rows yet: their keys, in order."""
    rest(model, which & _free(), limit)
    with transaction.atomic():
        hurry()
        free = model._default_manager.select_for_update(skip_locked=True, of=("self",)).filter(_free(), which)
        keys = [int(str(pk)) for pk in free.order_by("pk").values_list("pk", flat=True)]
        model._default_manager.filter(among(keys)).update(lease_until=Now() + lease, attempt=F("attempt") + 1)
    return keys


def held(rows: Sequence[Work]) -> set[object]:
    """Keys of those rows, all of one model, whose work is still ours; it stays so until the transaction ends."""
    if not rows:
        return set()
    attempts = {row.pk: row.attempt for row in rows}
    stored = type(rows[0])._default_manager.filter(among(list(attempts))).order_by("pk")
    # What refers to the rows may be added to meanwhile.
    locked = stored.select_for_update(no_key=True).values_list("pk", "attempt")
    return {pk for pk, attempt in locked if attempts[pk] == attempt}


def rest(model: type[Row], which: Q, limit: int = POISON) -> None:
    """Lay down those of `which` that `limit` attempts have not brought to an end: they are due no more."""
    words = Concat(Value(f"given up after {limit} attempts; "), F("error"))
    spent = model._default_manager.filter(which, due_at__isnull=False, attempt__gte=limit)
    spent.update(due_at=None, lease_until=None, error=words)


def among(keys: Collection[object], field: str = "pk") -> Q:
    """`pk__in` (or that of another `field`) for thousands of integer keys.

    One array in place of a parameter for each, which takes far longer.
    """
    return Q((f"{field}__in", RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])))


def hurry() -> None:
    """Let the current transaction commit without waiting for the disk.

    For work that a crash of the database server within the next moment would merely put off: what was lost was not
    recorded as done either, so it is found due again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO OFF")

"""Reserve, mark sent, settle: the life of a call's money. Knows nothing of networks, models or prices.

Every function is one short transaction of its own, never part of a caller's. When the database cannot be reached
they raise LedgerDown, and then no call may be made.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.db.models.functions import Now

from inference import budgets
from inference.errors import LedgerDown, NotSent
from inference.evidence import NOTHING, Evidence
from inference.models import Call, Entry
from inference.reach import reachable
from inference.tokens import Tokens

LEASE = timedelta(seconds=120)  # above the gateway's total deadline
CLASHES = 10

log = logging.getLogger(__name__)

Account = Entry.Account
Kind = Entry.Kind
State = Call.State


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is about to be asked. `hold` is an upper bound of its cost in nano-dollars."""

    purpose: str
    work_key: str
    step: str
    model: str
    provider: str = ""
    hold: int = 0
    brief: str = ""
    reader: int | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """What an answered call costs (nano-dollars), from which tokens and price rows."""

    cost: int
    tokens: Tokens
    prices: tuple[int, ...]
    evidence: Evidence = NOTHING


def reserve(attempt: Attempt) -> Call:
    """Hold the money in every budget the call touches and number the attempt. Raises OverBudget, LedgerDown."""
    for _ in range(CLASHES):
        try:
            with _own_transaction():
                return _reserve(attempt)
        except IntegrityError:
            # Another worker took the same number in the same moment: take the next one.
            log.info("attempt number of %s/%s taken, trying the next", attempt.work_key, attempt.step)
    raise LedgerDown(f"no attempt number free for {attempt.work_key}/{attempt.step}")


def _reserve(attempt: Attempt) -> Call:
    same_step = Call.objects.filter(work_key=attempt.work_key, step=attempt.step)
    number = (same_step.aggregate(last=Max("number"))["last"] or 0) + 1
    held_in = budgets.rows(budgets.limits(_now(), attempt.purpose, attempt.reader))
    values = asdict(attempt) | {"reader_id": attempt.reader}
    del values["reader"]
    call = Call.objects.create(**values, number=number, lease_until=Now() + LEASE)
    call.budgets.add(*(pk for pk, _ in held_in))
    _post(call.pk, Kind.RESERVE, {Account.HELD: attempt.hold, Account.ALLOWED: -attempt.hold})
    for pk, limit in held_in:  # last: these rows are shared by all workers and stay locked until the commit
        budgets.hold(pk, limit, attempt.hold)
    return call


def mark_sent(call: int) -> None:
    """Committed immediately before the first byte leaves. Raises NotSent when a sweep took the attempt away."""
    with _own_transaction():
        mine = Call.objects.filter(pk=call, state=State.RESERVED, lease_until__gt=Now())
        if mine.update(state=State.SENT, sent_at=Now(), lease_until=Now() + LEASE) != 1:
            raise NotSent(f"attempt {call} lost its lease before it was sent", call)


def settle(call: int, bill: Bill) -> bool:
    """Post the cost and give back the rest of the hold; False when it was closed before, and nothing changes then."""
    with _own_transaction():
        row = _open(call, State.RESERVED, State.SENT, State.UNKNOWN)
        if row is None:
            return False
        changes = bill.evidence.columns() | asdict(bill.tokens)
        if bill.cost > row.hold:
            changes["flags"] = [*bill.evidence.flags, f"over_hold: {bill.cost} of {row.hold}"]
            log.error("call %s cost %s nano-dollars, more than its hold of %s", call, bill.cost, row.hold)
        _pay(row, Kind.SETTLE, bill.cost)
        _close(row, State.SETTLED, cost=bill.cost, prices=list(bill.prices), **changes)
        return True


def true_up(call: int, cost: int, evidence: str) -> bool:
    """Close an unknown call with what the provider's report says; False when it is not unknown any more."""
    with _own_transaction():
        row = _open(call, State.UNKNOWN)
        if row is None:
            return False
        _pay(row, Kind.TRUE_UP, cost, evidence)
        _close(row, State.TRUED_UP, cost=cost)
        return True


def release(
    call: int,
    error: str,
    evidence: Evidence = NOTHING,
    *,
    unsent_only: bool = False,
    pause: timedelta | None = None,
) -> bool:
    """Give the whole hold back: provably nothing was billed. False when the call was closed before.

    `pause`: so long the provider asks to be left alone.
    """
    states = (State.RESERVED,) if unsent_only else (State.RESERVED, State.SENT)
    with _own_transaction():
        row = _open(call, *states)
        if row is None:
            return False
        _post(call, Kind.RELEASE, {Account.HELD: -row.hold, Account.ALLOWED: row.hold})
        budgets.move(_budgets(row), -row.hold, 0)
        _close(row, State.RELEASED, error=error[:2000], **_pause(pause), **evidence.columns())
        return True


def mark_unknown(
    call: int, error: str, evidence: Evidence = NOTHING, *, pause: timedelta | None = None
) -> bool:
    """Nobody knows what was billed: the hold moves to suspense and still counts against its budgets."""
    with _own_transaction():
        row = _open(call, State.SENT)
        if row is None:
            return False
        _post(call, Kind.UNKNOWN, {Account.SUSPENSE: row.hold, Account.HELD: -row.hold})
        _close(row, State.UNKNOWN, error=error[:2000], **_pause(pause), **evidence.columns())
        return True


def sweep() -> dict[str, int]:
    """Close what was abandoned past its lease: unsent calls are released, sent ones become unknown."""
    with _own_transaction():
        lost = list(Call.objects.filter(lease_until__lt=Now(), state__in=[State.RESERVED, State.SENT]))
    done = {"released": 0, "unknown": 0}
    for call in lost:
        if call.state == State.RESERVED:
            done["released"] += release(call.pk, "abandoned before it was sent", unsent_only=True)
        else:
            done["unknown"] += mark_unknown(call.pk, "abandoned: no outcome within the lease")
    return done


def _pay(row: Call, kind: Entry.Kind, cost: int, evidence: str = "") -> None:
    source = Account.SUSPENSE if row.state == State.UNKNOWN else Account.HELD
    amounts = {Account.SPENT: cost, source: -row.hold, Account.ALLOWED: row.hold - cost}
    _post(row.pk, kind, amounts, evidence)
    budgets.move(_budgets(row), -row.hold, cost)


def _post(call: int, kind: Entry.Kind, amounts: dict[Entry.Account, int], evidence: str = "") -> None:
    one = uuid.uuid4()
    Entry.objects.bulk_create(
        Entry(
            transaction=one, call_id=call, kind=kind, account=account, amount=amount, evidence=evidence[:500]
        )
        for account, amount in amounts.items()
    )


def _open(call: int, *states: Call.State) -> Call | None:
    return Call.objects.select_for_update().filter(pk=call, state__in=states).first()


def _close(row: Call, state: Call.State, **changes: Any) -> None:
    Call.objects.filter(pk=row.pk).update(state=state, lease_until=None, closed_at=Now(), **changes)


def _pause(asked: timedelta | None) -> dict[str, Any]:
    return {"ask_again_at": Now() + asked} if asked else {}


def _budgets(row: Call) -> list[int]:
    return list(row.budgets.values_list("pk", flat=True))


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: datetime = cursor.fetchone()[0]
    return now


@contextmanager
def _own_transaction() -> Iterator[None]:
    # `durable` refuses to run inside a caller's transaction: what is written here must be committed at once.
    with reachable(), transaction.atomic(durable=True):
        yield

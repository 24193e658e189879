"""Reserve, mark sent, settle: the life of a call's money. Knows nothing of networks, models or prices.

Every function writes by one statement, which is a transaction by itself and never part of a caller's; `reserve` by one
more where a day or month begins. When the database cannot be reached they raise LedgerDown, and then no call may be
made.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from inference import budgets, postings
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
    return postings.hold(
        budgets.rules(attempt.purpose, attempt.reader),
        {field.name: getattr(attempt, field.name) for field in fields(attempt)},
        LEASE,
    )


def mark_sent(call: int) -> None:
    """Committed immediately before the first byte leaves. Raises NotSent when a sweep took the attempt away."""
    with _own_transaction():
        if not postings.send(call, LEASE):
            raise NotSent(f"attempt {call} lost its lease before it was sent", call)


def settle(call: int, bill: Bill) -> bool:
    """Post the cost and give back the rest of the hold; False when it was closed before, and nothing changes then."""
    changes = bill.evidence.columns() | asdict(bill.tokens) | {"prices": list(bill.prices)}
    changes |= {"state": State.SETTLED, "cost": bill.cost}
    with _own_transaction():
        hold = postings.close(call, Kind.SETTLE, (State.RESERVED, State.SENT, State.UNKNOWN), changes)
    if hold is not None and bill.cost > hold:
        log.error("call %s cost %s nano-dollars, more than its hold of %s", call, bill.cost, hold)
    return hold is not None


def true_up(call: int, cost: int, evidence: str) -> bool:
    """Close an unknown call with what the provider's report says; False when it is not unknown any more."""
    changes = {"state": State.TRUED_UP, "cost": cost}
    with _own_transaction():
        hold = postings.close(call, Kind.TRUE_UP, (State.UNKNOWN,), changes, evidence=evidence)
    return hold is not None


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
    changes = evidence.columns() | {"state": State.RELEASED, "error": error[:2000]}
    with _own_transaction():
        return postings.close(call, Kind.RELEASE, states, changes, pause=pause) is not None


def mark_unknown(
    call: int, error: str, evidence: Evidence = NOTHING, *, pause: timedelta | None = None
) -> bool:
    """Nobody knows what was billed: the hold moves to suspense and still counts against its budgets."""
    changes = evidence.columns() | {"state": State.UNKNOWN, "error": error[:2000]}
    with _own_transaction():
        return postings.close(call, Kind.UNKNOWN, (State.SENT,), changes, pause=pause) is not None


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


@contextmanager
def _own_transaction() -> Iterator[None]:
    """For one statement, which is a transaction by itself and is committed at once, unless a caller has one open."""
    with reachable():
        if not connection.in_atomic_block:
            yield
            return
        with transaction.atomic(durable=True):  # refuses that, but for the one in which a test is undone
            yield

"""Reserve, mark sent, settle: the life of a call's money. Knows nothing of networks, models or prices.

Every function is one short transaction of its own, never part of a caller's. When the database cannot be reached
they raise LedgerDown, and then no call may be made.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from inference import budgets, postings
from inference.errors import LedgerDown, NotSent
from inference.evidence import NOTHING, Evidence
from inference.models import Call, Entry
from inference.postings import Posting
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
    with _own_transaction():
        found = postings.opened(call, (State.RESERVED, State.SENT, State.UNKNOWN))
        if found is None:
            return False
        state, hold = found
        changes = bill.evidence.columns() | asdict(bill.tokens) | {"prices": list(bill.prices)}
        if bill.cost > hold:
            changes["flags"] = [*bill.evidence.flags, f"over_hold: {bill.cost} of {hold}"]
            log.error("call %s cost %s nano-dollars, more than its hold of %s", call, bill.cost, hold)
        changes |= {"state": State.SETTLED, "cost": bill.cost}
        postings.close(call, _payment(Kind.SETTLE, state, hold, bill.cost), changes)
        return True


def true_up(call: int, cost: int, evidence: str) -> bool:
    """Close an unknown call with what the provider's report says; False when it is not unknown any more."""
    with _own_transaction():
        found = postings.opened(call, (State.UNKNOWN,))
        if found is None:
            return False
        paid = _payment(Kind.TRUE_UP, *found, cost, evidence)
        postings.close(call, paid, {"state": State.TRUED_UP, "cost": cost})
        return True


def _payment(kind: Entry.Kind, state: str, hold: int, cost: int, evidence: str = "") -> Posting:
    source = Account.SUSPENSE if state == State.UNKNOWN else Account.HELD
    amounts = {Account.SPENT: cost, source: -hold, Account.ALLOWED: hold - cost}
    return Posting(kind, amounts, held=-hold, settled=cost, evidence=evidence)


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
        found = postings.opened(call, states)
        if found is None:
            return False
        _, hold = found
        given_back = Posting(Kind.RELEASE, {Account.HELD: -hold, Account.ALLOWED: hold}, held=-hold)
        changes = evidence.columns() | {"state": State.RELEASED, "error": error[:2000]}
        postings.close(call, given_back, changes, pause)
        return True


def mark_unknown(
    call: int, error: str, evidence: Evidence = NOTHING, *, pause: timedelta | None = None
) -> bool:
    """Nobody knows what was billed: the hold moves to suspense and still counts against its budgets."""
    with _own_transaction():
        found = postings.opened(call, (State.SENT,))
        if found is None:
            return False
        _, hold = found
        moved = Posting(Kind.UNKNOWN, {Account.SUSPENSE: hold, Account.HELD: -hold})
        changes = evidence.columns() | {"state": State.UNKNOWN, "error": error[:2000]}
        postings.close(call, moved, changes, pause)
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


@contextmanager
def _own_transaction() -> Iterator[None]:
    # `durable` refuses to run inside a caller's transaction: what is written here must be committed at once.
    with reachable(), transaction.atomic(durable=True):
        yield

"""After a database was restored: what may have been spent since its backup was taken is held, like an unclear call."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings

from inference import budgets, gateway, ledger, prices
from inference.ledger import Attempt

PURPOSE = "restore"  # it touches the service's budgets alone


def hold_the_rest(taken: datetime, now: datetime) -> int:
    """Hold what today's and this month's budgets still allow, in nano-dollars: the most that can have been spent since.

    0 where no model is configured. The call stays unknown until the provider's report closes it (`inference.reconcile`)
    or its day is over; of a month, days between the backup and today are not held: reports tell of them.
    """
    if not gateway.available():
        return 0
    left = [one.left for one in budgets.standing(now) if one.scope == budgets.SERVICE]
    hold = min(left, default=0)
    if hold <= 0:
        return 0
    attempt = Attempt(
        PURPOSE,
        f"restore:{taken.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "between",
        settings.NUTGRAF_MODEL_CHEAP,
        prices.host(prices.base_url()),
        hold,
    )
    call = ledger.reserve(attempt)
    ledger.mark_sent(call.pk)
    ledger.mark_unknown(call.pk, "what was spent between the backup and its restoring is not known")
    return hold

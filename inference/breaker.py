"""Leaves a model alone for a while that failed several times in a row; the ledger's rows tell all workers.

Each time-out keeps its hold, so without this an outage would spend the day's budget on nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import ExpressionWrapper, Q
from django.db.models.fields import BooleanField
from django.db.models.functions import Now

from inference.errors import Unavailable
from inference.models import Call

FAILURES = 5  # in a row
MEMORY = timedelta(minutes=15)
PAUSE = timedelta(seconds=60)

# No answer at all, or a server error. A 4xx is an answer ("HTTP 4.."), and so is one that merely lacks its usage.
FAILED = Q(state=Call.State.UNKNOWN, finish_reason="") | (
    Q(state=Call.State.RELEASED) & ~Q(error__startswith="HTTP") & ~Q(error__startswith="abandoned")
)


def check(provider: str, model: str) -> None:
    """Raise Unavailable while the model is left alone; after the pause the next call tries it again."""
    recent = Call.objects.filter(
        provider=provider, model=model, closed_at__isnull=False, reserved_at__gt=Now() - MEMORY
    )
    judged = recent.annotate(
        failed=ExpressionWrapper(FAILED, output_field=BooleanField()),
        fresh=ExpressionWrapper(Q(closed_at__gt=Now() - PAUSE), output_field=BooleanField()),
    )
    last = list(judged.order_by("-closed_at", "-pk").values_list("failed", "fresh")[:FAILURES])
    if len(last) == FAILURES and all(failed for failed, _ in last) and last[0][1]:
        raise Unavailable(
            f"{model} at {provider} failed {FAILURES} times in a row and is left alone for a minute",
            None,
            billed=False,
        )

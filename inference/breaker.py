"""Leaves a model alone that failed several times in a row, or that asks for it; the ledger's rows tell all workers.

Each time-out keeps its hold, so without this an outage would spend the day's budget on nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.fields import BooleanField
from django.db.models.functions import Now

from inference.errors import RateLimited, Unavailable
from inference.models import Call
from users.prepared import Prepared, given

FAILURES = 5  # in a row
MEMORY = timedelta(minutes=15)
PAUSE = timedelta(seconds=60)
LONGEST = timedelta(minutes=5)  # that a Retry-After is obeyed: no slip of a server may silence us for a day

# No answer at all, or a server error. A 4xx is an answer ("HTTP 4.."), and so is one that merely lacks its usage.
FAILED = Q(state=Call.State.UNKNOWN, finish_reason="") | (
    Q(state=Call.State.RELEASED) & ~Q(error__startswith="HTTP") & ~Q(error__startswith="abandoned")
)


def pause(retry_after: float | None) -> timedelta | None:
    """How long the model is left alone by a Retry-After of so many seconds."""
    return min(timedelta(seconds=retry_after), LONGEST) if retry_after else None


_LAST: Prepared[tuple[bool, bool]] = Prepared(
    lambda: (
        Call.objects.filter(
            provider=given("provider"),
            model=given("model"),
            closed_at__gt=Now() - MEMORY,
            reserved_at__gt=Now() - MEMORY,  # a report may close a call days later
        )
        .order_by("-closed_at", "-pk")
        .values_list(
            ExpressionWrapper(FAILED, output_field=BooleanField()),
            ExpressionWrapper(Q(closed_at__gt=Now() - PAUSE), output_field=BooleanField()),
        )[:FAILURES]
    )
)
_ASKED_TO_WAIT: Prepared[timedelta] = Prepared(
    lambda: (
        Call.objects.filter(provider=given("provider"), model=given("model"), ask_again_at__gt=Now())
        .order_by("-ask_again_at")
        .values_list(ExpressionWrapper(F("ask_again_at") - Now(), output_field=DurationField()), flat=True)[
            :1
        ]
    )
)


def check(provider: str, model: str) -> None:
    """Raise RateLimited while the provider asked for a pause, Unavailable while the model is left alone.

    After either the next call tries it again.
    """
    if left := _ASKED_TO_WAIT.first(provider=provider, model=model):
        words = (
            f"{provider} asked not to be asked for {model} before {left.total_seconds():.0f} s have passed"
        )
        raise RateLimited(words, None, left.total_seconds())
    last = _LAST(provider=provider, model=model)
    if len(last) == FAILURES and all(failed for failed, _ in last) and last[0][1]:
        raise Unavailable(
            f"{model} at {provider} failed {FAILURES} times in a row and is left alone for a minute",
            None,
            billed=False,
        )

"""How right we were, for everybody to see: what was published, challenged, upheld and struck. It knows of no reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.cache import cache
from django.db.models import Count, IntegerField, Prefetch, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncMonth

from briefings.feedback.models import Challenge, Report
from briefings.models import Brief, Correction, State

MONTHS = 12
KEPT = 600  # seconds: what was published is added up over every brief
KEY = "accuracy-published"


@dataclass(frozen=True, slots=True)
class Month:
    """`published` and `challenged` count sentences, `corrected` the corrections that a source's change brought."""

    first: datetime
    published: int = 0
    challenged: int = 0
    upheld: int = 0
    struck: int = 0
    corrected: int = 0


def months() -> list[Month]:
    """The latest months in which anything happened, the newest first, each in UTC."""
    published, challenged, corrected = _published(), _challenged(), _corrected()
    every = sorted(published.keys() | challenged.keys() | corrected.keys(), reverse=True)[:MONTHS]
    return [
        Month(
            first,
            published.get(first, 0),
            *challenged.get(first, (0, 0, 0)),
            corrected=corrected.get(first, 0),
        )
        for first in every
    ]


def total(counted: Sequence[Month]) -> Month | None:
    """Of all these months; None where there are none."""
    if not counted:
        return None
    names = ("published", "challenged", "upheld", "struck", "corrected")
    return Month(counted[-1].first, **{name: sum(getattr(one, name) for one in counted) for name in names})


def listed() -> QuerySet[Challenge]:
    """The challenged sentences that everybody may see, the latest look first; `told` are reasons staff released."""
    told = Report.objects.filter(released=True).exclude(reason="").only("challenge", "reason")
    return Challenge.objects.filter(of=Challenge.Of.BRIEF).prefetch_related(
        Prefetch("reports", queryset=told, to_attr="told")
    )


def _published() -> dict[datetime, int]:
    kept: dict[datetime, int] | None = cache.get(KEY)
    if kept is None:
        count = KeyTextTransform("sentences", KeyTextTransform("verification", "body"))
        rows = Brief.objects.filter(state=State.READY, story__owner=None, story__sample=False)
        counted = rows.values_list(TruncMonth("written_at", tzinfo=UTC)).order_by()
        kept = dict(counted.annotate(sentences=Sum(Cast(count, IntegerField()))))
        cache.set(KEY, kept, KEPT)
    return kept


def _challenged() -> dict[datetime, tuple[int, int, int]]:
    rows = Challenge.objects.values_list(TruncMonth("first_at", tzinfo=UTC)).order_by()
    struck = Q(outcome=Challenge.Outcome.STRUCK)
    counted = rows.annotate(
        every=Count("pk"), upheld=Count("pk", filter=~struck), struck=Count("pk", filter=struck)
    )
    return {month: (every, upheld, gone) for month, every, upheld, gone in counted}


def _corrected() -> dict[datetime, int]:
    rows = Correction.objects.exclude(kind=Correction.Kind.CHALLENGED).filter(brief__story__owner=None)
    return dict(rows.values_list(TruncMonth("noticed_at", tzinfo=UTC)).order_by().annotate(n=Count("pk")))

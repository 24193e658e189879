"""What a trial tells beside what it judges: how it went, and what came of it. Counts need Django."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.soak.load import Measured


def spread(values: list[float]) -> dict[str, float]:
    shares = {"first": 0.0, "p50": 0.5, "p99": 0.99, "last": 1.0}
    return {
        name: values[min(len(values) - 1, int(len(values) * share))]
        for name, share in shares.items()
        if values
    }


def milliseconds(measured: Measured) -> dict[str, Any]:
    found = {f"p{share}": round(measured.percentile(share / 100) * 1000, 1) for share in (50, 95, 99)}
    return {"asked": measured.asked, **found, "errors": dict(measured.errors)}


def states() -> dict[str, dict[str, int]]:
    from briefings.models import Delivery, Edition

    at_the_hour = Edition.objects.filter(reader__email__startswith="reader")
    return {
        "editions": dict(Counter(at_the_hour.values_list("state", flat=True))),
        "deliveries": dict(Counter(Delivery.objects.values_list("state", flat=True))),
    }


def rows() -> dict[str, Any]:
    from briefings.models import Brief, Lens
    from ingest.models import Article, Story

    return {
        "articles": Article.objects.count(),
        "stories": Story.objects.count(),
        "briefs": dict(Counter(" ".join(one) for one in Brief.objects.values_list("state", "writer"))),
        "lenses": dict(Counter(" ".join(one) for one in Lens.objects.values_list("state", "writer"))),
    }

"""What a trial begins with is what life would have left there."""

from __future__ import annotations

from datetime import timedelta
from multiprocessing import Pipe

import pytest
from django.utils import timezone

from ingest.models import Source
from ingest.schedule import INTERVAL, LONGEST_PASSING
from tests.soak import stage, world


@pytest.mark.django_db
def test_the_healthy_are_due_within_half_an_hour_and_the_ill_within_six() -> None:
    ours, _ = Pipe()
    of = world.World(8080, 400, ours)
    Source.objects.bulk_create(Source(url=of.url(number)) for number in range(400))
    other = Source.objects.create(url="https://elsewhere.example/feed")
    before = timezone.now()
    stage.spread()
    for well, span in ((True, INTERVAL), (False, LONGEST_PASSING)):
        rows = Source.objects.filter(url__startswith="http://127.")
        rows = rows.filter(url__contains="/well/") if well else rows.exclude(url__contains="/well/")
        due = sorted(when - before for when in rows.values_list("due_at", flat=True) if when)
        assert len(due) == rows.count() > 30
        assert abs(due[len(due) // 2] - span / 2) < span / 10, "evenly"
        assert abs(due[-1] - span) < timedelta(minutes=1)
        assert {one.failures > 0 for one in rows} == {not well}
    other.refresh_from_db()
    assert other.due_at is None

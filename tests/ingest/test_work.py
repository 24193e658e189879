"""Work rows: one claims, the others pass; a lost lease cannot overwrite its successor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ingest import work
from ingest.models import Source

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def source() -> Source:
    return Source.objects.create(url="https://lab.example/feed", due_at=timezone.now() - MINUTE)


def test_it_gives_a_row_to_one_worker_only(source: Source) -> None:
    first, second = work.claim(Source, source.pk, MINUTE), work.claim(Source, source.pk, MINUTE)
    assert first is not None
    assert first.attempt == 1
    assert second is None


def test_it_gives_the_row_again_once_the_lease_has_run_out(source: Source) -> None:
    work.claim(Source, source.pk, -MINUTE)
    again = work.claim(Source, source.pk, MINUTE)
    assert again is not None
    assert again.attempt == 2


def test_a_worker_that_lost_its_lease_changes_nothing(source: Source) -> None:
    lost = work.claim(Source, source.pk, -MINUTE)
    successor = work.claim(Source, source.pk, MINUTE)
    assert lost is not None
    assert successor is not None
    assert not work.finish(lost, title="stale")
    assert work.finish(successor, title="fresh")
    source.refresh_from_db()
    assert (source.title, source.due_at, source.attempt) == ("fresh", None, 0)


def test_it_waits_longer_after_each_failure_and_then_rests(source: Source) -> None:
    for _ in range(work.MAX_ATTEMPTS):
        Source.objects.filter(pk=source.pk).update(due_at=timezone.now() - MINUTE)
        row = work.claim(Source, source.pk, MINUTE)
        assert row is not None
        work.fail(row, "no answer")
    source.refresh_from_db()
    assert source.error == "no answer"
    assert source.due_at is None
    assert work.due(Source, 10) == []


def test_work_that_kills_its_workers_comes_to_rest(source: Source) -> None:
    for _ in range(work.POISON):
        assert work.claim(Source, source.pk, -MINUTE) is not None
    assert work.claim(Source, source.pk, MINUTE) is None
    source.refresh_from_db()
    assert source.due_at is None
    assert "given up" in source.error

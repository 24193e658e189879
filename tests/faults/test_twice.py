"""F08 and F09: many workers reach for the same row at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import connection
from django.utils import timezone

from ingest import work
from ingest.models import Article, Source
from ingest.refresh import refresh
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest.conftest import web as web

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
Found = TypeVar("Found")


def at_once(many: int, deed: Callable[[], Found]) -> list[Found]:
    """What each of so many got, on connections of their own, let go at the same moment."""
    gate = threading.Barrier(many)

    def one(_: int) -> Found:
        try:
            connection.ensure_connection()
            gate.wait(20)
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))


def test_of_thirty_two_that_claim_a_row_at_once_one_has_it() -> None:
    row = Source.objects.create(url="https://lab.example/feed", due_at=timezone.now() - MINUTE)
    got = at_once(32, lambda: work.claim(Source, row.pk, MINUTE))
    assert len([one for one in got if one is not None]) == 1
    row.refresh_from_db()
    assert row.attempt == 1


def test_eight_workers_at_one_feed_ask_for_it_once(web: WebServer) -> None:
    body = rss(*(item(f"T{number}", guid=f"g{number}") for number in range(20)))
    row = Source.objects.create(url=web.put("/f", body), due_at=timezone.now() - MINUTE)
    outcomes = at_once(8, lambda: refresh(row.pk, timezone.now()).outcome)
    assert sorted(outcomes) == ["busy"] * 7 + ["fetched"]
    assert web.seen["/f"] == 1
    assert Article.objects.count() == 20

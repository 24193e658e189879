"""F52: the store of the rate limits is away, and nobody gets more codes for that. Limits hold for all processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True)


def ask(email: str) -> int:
    return int(
        Client(raise_request_exception=False).post("/accounts/login/code/", {"email": email}).status_code
    )


@pytest.fixture
def away(fresh_limits: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cache RENAME TO cache_away")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE cache_away RENAME TO cache")


@pytest.mark.usefixtures("away")
def test_it_fails_closed_while_limits_cannot_be_counted() -> None:
    assert {ask(f"reader{n}@bank.example") for n in range(40)} <= {500, 503}
    assert mail.outbox == []


@pytest.mark.usefixtures("fresh_limits")
def test_it_counts_for_all_processes_and_needs_no_redis() -> None:
    assert type(cache._connections["default"]).__name__ == "DatabaseCache"  # type: ignore[attr-defined]
    for _ in range(3):
        ask("ada@bank.example")
    caches.close_all()  # what another process starts with
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache")
        assert cursor.fetchone()[0] > 0
    ask("ada@bank.example")
    assert len(mail.outbox) == 3

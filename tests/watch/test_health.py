"""Health addresses: for anybody, cheap, without a cookie; what is late is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from briefings.models import Edition
from config.watch import health, seen
from config.watch.work import KINDS
from ingest.models import Source
from tests.briefings import rows

pytestmark = pytest.mark.django_db


def due(minutes: int, **fields: Any) -> Source:
    source = rows.source(f"The {minutes} Minute Post")
    Source.objects.filter(pk=source.pk).update(due_at=Now() - timedelta(minutes=minutes), **fields)
    return source


def test_it_lives_without_asking_anybody() -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = Client().get("/health/live")
    assert (answer.status_code, answer.json(), len(asked)) == (200, {"status": "ok"}, 0)


def test_it_is_ready_with_database_tables_and_broker() -> None:
    answer = Client().get("/health/ready")
    assert answer.json() == {"status": "ok", "database": "ok", "migrations": "ok", "broker": "ok"}
    assert answer.status_code == 200


def test_it_is_not_ready_before_the_migrations_of_its_release() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'watch'")
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "missing")


def test_it_serves_on_with_a_database_of_a_later_release() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('watch', '9999_later', now())"
        )
    assert Client().get("/health/ready").status_code == 200


def test_a_broker_that_is_away_is_told_and_takes_no_page_out(settings: Any) -> None:
    from config.celery import app

    before = app.conf.broker_url
    app.conf.broker_url = app.conf.broker_read_url = "redis://127.0.0.1:9/0"
    try:
        answer = Client().get("/health/ready")
    finally:
        app.conf.broker_url = app.conf.broker_read_url = before
    assert (answer.status_code, answer.json()["broker"]) == (200, "away")


def test_work_that_goes_on_is_progress() -> None:
    due(50)
    answer = Client().get("/health/progress")
    told = answer.json()
    assert (answer.status_code, told["status"], told["late"]) == (200, "ok", [])
    assert set(told["kinds"]) == {kind.name for kind in KINDS}
    assert (
        3000 <= told["kinds"]["sources"]["oldest_seconds"] < 3600 == told["kinds"]["sources"]["limit_seconds"]
    )


def test_work_that_waits_too_long_is_named() -> None:
    due(61)
    answer = Client().get("/health/progress")
    assert (answer.status_code, answer.json()["status"], answer.json()["late"]) == (503, "late", ["sources"])


def test_what_somebody_works_on_or_nobody_should_is_not_late() -> None:
    due(300, lease_until=Now() + timedelta(minutes=5))
    due(301, enabled=False)
    assert Client().get("/health/progress").status_code == 200


def test_a_dead_workers_row_is_late_again() -> None:
    due(300, lease_until=Now() - timedelta(minutes=1))
    assert Client().get("/health/progress").status_code == 503


def test_a_timetable_that_is_gone_is_told_by_what_nobody_plans() -> None:
    rows.reader("ada@bank.example", slot_at=timezone.now() - timedelta(minutes=20))
    assert Client().get("/health/progress").json()["late"] == ["plans"]


def test_a_digest_that_nobody_sees_to_is_late_though_no_mail_of_it_waits() -> None:
    edition = rows.ready_edition(rows.reader("ada@bank.example"), rows.NOON.date(), [])
    Edition.objects.filter(pk=edition.pk).update(goes_at=Now() - timedelta(minutes=31))
    assert Client().get("/health/progress").json()["late"] == ["digests"]


def test_a_flood_of_probes_asks_the_database_once() -> None:
    client = Client()
    with CaptureQueriesContext(connection) as asked:
        for _ in range(50):
            assert client.get("/health/progress").status_code == 200
            assert client.get("/health/ready").status_code == 200
    assert len(asked) < 20


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/health/progress/"])
def test_it_leaves_no_cookie_and_is_kept_nowhere(path: str, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["nutgraf.example"]
    # As a probe asks: by a bare address, without https.
    answer = Client().get(path, headers={"Host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"
    assert Client().post(path).status_code == 405


def test_what_lasts_too_long_is_cut_off_and_told(settings: Any) -> None:
    with pytest.raises(Exception, match="statement timeout"), seen.briefly(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


def test_it_knows_the_last_migration_of_each_app() -> None:
    assert {app for app, _ in health._needed()} >= {"users", "inference", "ingest", "briefings", "watch"}

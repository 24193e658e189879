"""The status page: for those who run the service, by the same door as their other pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from briefings.models import Delivery, Edition
from config.watch import seen
from config.watch.models import Alert
from ingest.models import Article, Source
from tests.briefings import factories, rows
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("olga@news.example", is_staff=True))
    return client


def words(client: Client) -> str:
    answer = client.get("/status/")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return " ".join(answer.content.decode().split())


def test_to_anybody_else_it_does_not_exist(client: Client) -> None:
    assert client.get("/status/").status_code == 404
    client.force_login(rows.reader("ada@bank.example"))
    assert client.get("/status/").status_code == 404


def test_it_asks_for_a_second_factor_where_that_is_demanded(olga: Client, settings: Any) -> None:
    settings.NUTGRAF_STAFF_SECOND_FACTOR = True
    assert olga.get("/status/").headers["Location"] == "/settings/sign-in/staff/"


def test_with_nothing_to_do_it_says_so(olga: Client) -> None:
    page = words(olga)
    assert "Nothing is due" in page
    assert "<dt>Wrong</dt><dd>nothing</dd>" in page
    assert "<dt>The oldest</dt><dd>none</dd>" in page


def test_it_shows_what_is_due_late_given_up_and_wrong(olga: Client) -> None:
    source = rows.source("The Post")
    Source.objects.filter(pk=source.pk).update(
        due_at=Now() - timedelta(hours=3), failures=1, last_checked_at=timezone.now()
    )
    factories.launch()
    Article.objects.filter(title=factories.LAB[0]).update(error="given up <b>", due_at=None)
    Alert.objects.create(
        kind="stale",
        words="1 sources to look at",
        since=timezone.now() - timedelta(hours=2),
        seen_at=timezone.now(),
        error="the mail server cannot be reached",
    )
    Alert.objects.create(
        kind="disk", words="/data: 5 MB are free", seen_at=timezone.now(), ended_at=timezone.now()
    )
    page = words(olga)
    assert "3 hours, late" in page
    assert '<a href="/admin/ingest/article/">1</a>' in page
    assert "Work waits too long" in page
    assert "Its mail: the mail server cannot be reached" in page
    assert "A disk is nearly full" in page
    assert "<td>0</td><td>1</td></tr>" in page, "one look failed"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_too_long_is_told(olga: Client) -> None:
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as busy:
        busy.execute("LOCK TABLE ingest_pageretry IN ACCESS EXCLUSIVE MODE")
        answer = olga.get("/status/")
    assert (answer.status_code, "No answer in time" in answer.content.decode()) == (503, True)
    assert olga.get("/status/").status_code == 200


def test_it_takes_few_statements_however_much_there_is(olga: Client) -> None:
    ada = rows.reader("ada@bank.example")
    for day in range(1, 9):
        edition = rows.ready_edition(ada, factories.MORNING.replace(day=day), [])
        Edition.objects.filter(pk=edition.pk).update(created_at=edition.prepared_at)
        Delivery.objects.create(edition=edition, message_id=f"<{day}@x>", due_at=Now())
    with CaptureQueriesContext(connection) as asked:
        words(olga)
    assert len(asked) <= 16
    assert seen.look(timezone.now()).digests.count == 8

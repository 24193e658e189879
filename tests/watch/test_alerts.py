"""Those who run the service are told once when something is wrong, and once when it is over. Real SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from briefings.models import MailDoor
from config.watch import alerts, seen, trouble
from config.watch.models import Alert
from config.watch.trouble import TITLES
from inference.budgets import Standing
from inference.disk import Room
from ingest.models import Source
from tests.briefings import rows
from tests.fakes.mail_server import MailServer, mail_server
from tests.processes import free_port

pytestmark = pytest.mark.django_db(transaction=True)
OLGA = "olga@news.example"


@pytest.fixture
def mail(settings: Any, tmp_path: Path) -> Iterator[MailServer]:
    settings.NUTGRAF_VAR = tmp_path
    settings.NUTGRAF_DISKS = []
    settings.NUTGRAF_ALERT_MAIL = [OLGA]
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(server.url.rsplit(":", 1)[1])
        yield server


@pytest.fixture
def stale() -> Source:
    """A source that nobody has looked at for hours, seen long enough ago to be told."""
    source = rows.source("The Post")
    Source.objects.filter(pk=source.pk).update(due_at=Now() - timedelta(hours=3))
    Alert.objects.create(kind="stale", since=timezone.now() - timedelta(minutes=20), seen_at=timezone.now())
    return source


def look() -> None:
    alerts.look(timezone.now())


def later(hours: float) -> None:
    """All that is remembered was so long ago."""
    ago = timedelta(hours=hours)
    times = ("since", "seen_at", "told_at", "ended_at", "due_at", "lease_until")
    Alert.objects.update(**{name: F(name) - ago for name in times})
    MailDoor.objects.update(paused_until=None)


def subjects(mail: MailServer) -> list[str]:
    return [str(one["Subject"]) for one in mail.accepted]


def test_what_lasts_is_told_once(mail: MailServer, stale: Source) -> None:
    for _ in range(3):
        look()
    (told,) = mail.accepted
    assert told["To"] == OLGA
    assert told["Subject"] == "127.0.0.1: work waits too long"
    words = told.get_content()
    assert "1 sources to look at, the oldest for 3 hours" in words
    assert "http://127.0.0.1:8000/status/" in words
    assert (told["Auto-Submitted"], bool(told["Message-ID"])) == ("auto-generated", True)


def test_what_has_only_begun_is_noted_and_not_told_yet(mail: MailServer) -> None:
    Source.objects.filter(pk=rows.source("The Post").pk).update(due_at=Now() - timedelta(hours=3))
    look()
    assert Alert.objects.get(kind="stale").since
    assert mail.accepted == []
    later(0.2)
    look()
    assert len(mail.accepted) == 1


def test_what_goes_on_is_told_again_after_hours_and_when_it_is_over(
    mail: MailServer, stale: Source, settings: Any
) -> None:
    look()
    later(settings.NUTGRAF_ALERT_HOURS - 1)
    look()
    assert len(mail.accepted) == 1
    later(2)
    look()
    assert len(mail.accepted) == 2
    Source.objects.update(due_at=Now() + timedelta(hours=1))
    look()
    assert len(mail.accepted) == 2, "gone for a moment is not over"
    later(0.3)
    for _ in range(3):
        look()
    assert subjects(mail)[2:] == ["127.0.0.1: over: work waits too long"]
    assert Alert.objects.get(kind="stale").ended_at


def test_what_comes_and_goes_is_told_twice_at_most(mail: MailServer, stale: Source) -> None:
    for _ in range(4):
        Source.objects.update(due_at=Now() - timedelta(hours=3))
        look()
        later(0.25)
        look()
        Source.objects.update(due_at=Now() + timedelta(hours=1))
        later(0.3)
        look()
    assert subjects(mail) == ["127.0.0.1: work waits too long", "127.0.0.1: over: work waits too long"]


def test_timetables_that_ring_together_send_one_mail(mail: MailServer, stale: Source) -> None:
    def one(_: int) -> None:
        try:
            look()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as many:
        list(many.map(one, range(6)))
    assert len(mail.accepted) == 1


def test_each_address_gets_it_once_though_one_is_slow_to_take_it(
    mail: MailServer, stale: Source, settings: Any
) -> None:
    settings.NUTGRAF_ALERT_MAIL = [OLGA, "otto@news.example"]
    mail.answers = ["250 OK", "451 try again"]
    look()
    later(0.1)
    look()
    assert [one["To"] for one in mail.accepted] == [OLGA, "otto@news.example"]


def test_without_a_mail_server_it_waits_and_is_told_when_that_is_back(
    mail: MailServer, stale: Source, settings: Any
) -> None:
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    for _ in range(3):
        look()
        later(0.6)
        Alert.objects.filter(since__isnull=False).update(seen_at=Now())
    row = Alert.objects.get(kind="stale")
    assert row.told_at is None
    assert "cannot be reached" in row.error
    settings.EMAIL_PORT = there
    look()
    assert len(mail.accepted) == 1
    assert Alert.objects.get(kind="stale").error == ""


def test_what_ended_before_anybody_was_told_is_not_told(
    mail: MailServer, stale: Source, settings: Any
) -> None:
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    look()
    Source.objects.update(due_at=Now() + timedelta(hours=1))
    later(1)
    settings.EMAIL_PORT = there
    look()
    assert mail.accepted == []


def test_the_tries_of_one_mail_do_not_count_against_the_next(
    mail: MailServer, stale: Source, settings: Any
) -> None:
    spent = {"attempt": alerts.TRIES, "error": "cannot be reached"}
    Alert.objects.update(**spent)
    look()
    Alert.objects.update(**spent)
    later(settings.NUTGRAF_ALERT_HOURS + 1)
    look()
    Alert.objects.update(**spent)
    Source.objects.update(due_at=Now() + timedelta(hours=1))
    later(0.3)
    look()
    told = "127.0.0.1: work waits too long"
    assert subjects(mail) == [told, told, "127.0.0.1: over: work waits too long"]


def test_what_ends_with_a_mail_begun_leaves_nothing_of_it(
    mail: MailServer, stale: Source, settings: Any
) -> None:
    settings.EMAIL_PORT = free_port()
    look()
    Source.objects.update(due_at=Now() + timedelta(hours=1))
    later(1)
    look()
    row = Alert.objects.get(kind="stale")
    assert (row.since, row.due_at, row.attempt, row.error) == (None, None, 0, "")


def test_an_address_that_got_it_gets_the_all_clear_though_others_never_did(
    mail: MailServer, stale: Source, settings: Any
) -> None:
    settings.NUTGRAF_ALERT_MAIL = [OLGA, "otto@news.example"]
    mail.answers = ["250 OK", "451 try again"]
    look()
    Source.objects.update(due_at=Now() + timedelta(hours=1))
    later(0.3)
    look()
    hers = [str(one["Subject"]) for one in mail.accepted if one["To"] == OLGA]
    assert hers == ["127.0.0.1: work waits too long", "127.0.0.1: over: work waits too long"]


def test_a_refused_address_is_asked_once(mail: MailServer, stale: Source) -> None:
    mail.answers = ["550 5.1.1 no such user"] * 5
    for _ in range(3):
        look()
        later(0.1)
    assert len(mail.answers) == 4


def test_without_addresses_it_is_noted_for_the_page(mail: MailServer, stale: Source, settings: Any) -> None:
    settings.NUTGRAF_ALERT_MAIL = []
    look()
    assert Alert.objects.get(kind="stale").words
    assert mail.accepted == []


def test_it_says_what_is_wrong_of_each_kind() -> None:
    now = timezone.now()
    well = seen.look(now)
    assert trouble.found(well, []) == []
    hour = replace(
        well.hour, looks={"ok": 60, "failed": 40}, unknown={"new": 7, "old": 3}, troubled={"unknown": 2}
    )
    budgets = [
        Standing("service", "2026-11-27", 1_000_000_000, 800_000_000, 50_000_000),
        Standing("purpose:converse", "2026-11", 1_000_000_000, 900_000_000, 90_000_000),
        Standing("purpose:lens", "2026-11", 0, 0, 0),
    ]
    waiting = [replace(one, due=4, oldest=9e9) for one in well.waiting]
    bad = replace(
        well,
        waiting=waiting,
        hour=hour,
        budgets=budgets,
        digests=replace(well.digests, count=3, longest=7300),
    )
    told = {one.kind: one.words for one in trouble.found(bad, [Room(Path("/data"), 5 * 2**20, 9e9)])}
    assert set(told) == set(TITLES)
    assert told["budget-nearly"] == "service, 2026-11-27: 85% of $1.00"
    assert told["budget-used"] == "purpose converse, 2026-11: 99% of $1.00"
    assert told["sources"] == "40 of the 100 looked at within the hour"
    assert told["digests"] == "3 are past their hour, the longest by 2 hours"
    assert told["disk"] == "/data: 5 MB are free"

"""Bounces and complaints as providers report them: theirs alone, each once, and the reader can turn mail on again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client

from briefings import personal
from tests.briefings import rows
from users import suppressed
from users.models import MailEvent, Profile, Suppression, User
from users.tasks import forget_mail_reports

pytestmark = pytest.mark.django_db
KEY = "signing-key-of-ours"
NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(days=4)


@pytest.fixture(autouse=True)
def reporters(settings: Any) -> None:
    settings.NUTGRAF_MAIL_REPORTS = {"mailgun": KEY, "postmark": "nutgraf:secret", "brevo": "nutgraf:secret"}


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example")


def mailgun(event: str, number: int = 1, at: datetime = NOON, key: str = KEY, **more: Any) -> dict[str, Any]:
    token = f"token-{number}"
    signed = hmac.new(key.encode(), f"{at.timestamp():.0f}{token}".encode(), hashlib.sha256).hexdigest()
    data = {
        "event": event,
        "id": f"event-{number}",
        "timestamp": at.timestamp(),
        "recipient": "Ada@bank.example",
        "severity": "permanent",
        "reason": "bounce",
        "delivery-status": {"code": 550, "message": "5.1.1 no such mailbox"},
        **more,
    }
    return {
        "signature": {"timestamp": f"{at.timestamp():.0f}", "token": token, "signature": signed},
        "event-data": data,
    }


def post(report: Any, provider: str = "mailgun", **headers: str) -> int:
    made = Client().post(
        f"/mail/reports/{provider}/", json.dumps(report), "application/json", headers=headers
    )
    return made.status_code


def basic(words: str) -> str:
    return "Basic " + base64.b64encode(words.encode()).decode()


POSTMARK = {
    "RecordType": "Bounce",
    "ID": 4323372036854775807,
    "Type": "HardBounce",
    "TypeCode": 1,
    "Email": "ada@bank.example",
    "BouncedAt": f"{NOON:%Y-%m-%dT%H:%M:%SZ}",
    "Description": "The server was unable to deliver your message",
    "Details": "smtp;550 5.1.1 The email account does not exist",
}


def test_a_bounce_holds_the_digest_before_the_next_one_goes(ada: User) -> None:
    assert post(mailgun("failed")) == 200
    held = suppressed.of(ada.email)
    assert held is not None
    assert (held.kind, held.since) == ("bounced", NOON)
    assert "no such mailbox" in held.detail
    assert suppressed.among([ada.email, "ben@fund.example"]) == {ada.email}


def test_a_report_told_twice_is_acted_on_once(ada: User) -> None:
    for _ in range(3):
        assert post(mailgun("failed")) == 200
    assert MailEvent.objects.count() == 1
    suppressed.lift(ada.email)
    assert post(mailgun("failed")) == 200
    assert suppressed.of(ada.email) is None, "told again after the reader had turned it on"


def test_an_older_bounce_that_comes_late_holds_nothing_but_a_new_one_does(ada: User) -> None:
    assert post(mailgun("failed")) == 200
    suppressed.lift(ada.email)
    assert post(mailgun("failed", 2, at=NOON - timedelta(hours=1))) == 200
    assert suppressed.of(ada.email) is None
    assert post(mailgun("complained", 3, at=datetime.now(UTC) + timedelta(minutes=1))) == 200
    held = suppressed.of(ada.email)
    assert held is not None
    assert held.kind == Suppression.Kind.COMPLAINED


@pytest.mark.parametrize(
    "report",
    [
        mailgun("failed", key="another"),
        {**mailgun("failed"), "signature": {}},
        {"event-data": mailgun("failed")["event-data"]},
        [],
        "x",
        None,
    ],
)
def test_a_forged_report_is_refused_and_does_nothing(ada: User, report: Any) -> None:
    assert post(report) == 403
    assert not Suppression.objects.exists()
    assert not MailEvent.objects.exists()


def test_a_true_report_of_no_known_shape_is_refused_and_does_nothing() -> None:
    report = mailgun("failed")
    report["event-data"] = "what"
    assert post(report) == 400
    assert not MailEvent.objects.exists()


def test_a_delay_and_a_delivery_hold_nothing(ada: User) -> None:
    assert post(mailgun("failed", severity="temporary")) == 200
    assert post(mailgun("delivered", 2)) == 200
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("words", "status"), [("nutgraf:secret", 200), ("nutgraf:wrong", 403), ("", 403)])
def test_a_provider_without_signatures_is_known_by_its_password(ada: User, words: str, status: int) -> None:
    assert post(POSTMARK, "postmark", **({"Authorization": basic(words)} if words else {})) == status
    assert (suppressed.of(ada.email) is not None) is (status == 200)


def test_what_has_no_id_is_known_by_its_words(ada: User) -> None:
    report = {
        "event": "hard_bounce",
        "email": "ada@bank.example",
        "ts_event": int(NOON.timestamp()),
        "reason": "no mailbox",
    }
    for _ in range(2):
        assert post(report, "brevo", Authorization=basic("nutgraf:secret")) == 200
    assert (MailEvent.objects.count(), Suppression.objects.count()) == (1, 1)
    Suppression.objects.all().delete()
    with time_machine.travel(NOON + timedelta(days=400)):
        forget_mail_reports()
        assert post(report, "brevo", Authorization=basic("nutgraf:secret")) == 200
    assert not Suppression.objects.exists(), "without a time it is remembered for good"


@pytest.mark.parametrize("provider", ["mailjet", "nobody"])
def test_who_is_not_expected_finds_no_page(provider: str) -> None:
    assert post(mailgun("failed"), provider) == 404


def test_who_unsubscribes_at_the_provider_is_unsubscribed_here(ada: User) -> None:
    assert post(mailgun("unsubscribed")) == 200
    assert Profile.objects.get(user=ada).digest is False
    Profile.objects.update(digest=True)
    assert post(mailgun("unsubscribed")) == 200
    assert Profile.objects.get(user=ada).digest is True


@pytest.mark.parametrize("event", ["unsubscribed", "complained"])
@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=20)])
def test_a_report_played_again_once_it_is_forgotten_does_nothing(
    ada: User, event: str, ahead: timedelta
) -> None:
    now = datetime.now(UTC)
    told = mailgun(event, at=now + ahead)
    assert post(told) == 200
    assert not Profile.objects.get(user=ada).digest or suppressed.of(ada.email)
    Profile.objects.update(digest=True)
    Suppression.objects.all().delete()
    for days in range(1, 40):
        with time_machine.travel(now + timedelta(days=days)):
            forget_mail_reports()
            assert post(told) == 200
    assert Profile.objects.get(user=ada).digest is True
    assert suppressed.of(ada.email) is None
    assert not MailEvent.objects.exists(), "and it is forgotten"


@pytest.mark.parametrize("off", [timedelta(days=-31), timedelta(days=2)])
def test_a_report_of_long_ago_or_of_days_to_come_does_nothing(ada: User, off: timedelta) -> None:
    assert post(mailgun("complained", at=datetime.now(UTC) + off)) == 200
    assert suppressed.of(ada.email) is None
    assert not MailEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_unsubscription_that_could_not_be_kept_is_taken_when_it_is_told_again(ada: User) -> None:
    report = json.dumps(mailgun("unsubscribed"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users_profile ADD CONSTRAINT stays CHECK (digest)")
    try:
        failed = Client(raise_request_exception=False).post(
            "/mail/reports/mailgun/", report, "application/json"
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE users_profile DROP CONSTRAINT stays")
    assert failed.status_code == 500
    assert post(mailgun("unsubscribed")) == 200
    assert Profile.objects.get(user=ada).digest is False


def test_what_is_reported_of_nobodys_address_leaves_nothing(ada: User) -> None:
    assert post(mailgun("failed")) == 200
    personal.delete(ada)
    assert not Suppression.objects.exists()
    assert post(mailgun("complained", 2)) == 200
    assert not Suppression.objects.exists(), "told late, of somebody who left"
    again = rows.reader("ada@bank.example")
    assert suppressed.of(again.email) is None
    assert post(mailgun("failed", 3)) == 200
    assert suppressed.of(again.email) is not None


def test_the_reader_is_told_in_settings_and_can_turn_it_on_again(ada: User) -> None:
    post(mailgun("failed"))
    page = Client()
    page.force_login(ada)
    shown = page.get("/settings/").content.decode()
    assert "Your digest is held" in shown
    assert "no such mailbox" in shown
    assert page.get("/settings/mail/resume/").status_code == 405
    assert page.post("/settings/mail/resume/").status_code == 302
    assert suppressed.of(ada.email) is None
    assert "Your digest is held" not in page.get("/settings/").content.decode()


def test_sign_in_mail_goes_to_a_held_address_all_the_same(ada: User) -> None:
    suppressed.hold(ada.email, "complained", "", NOON)
    Client().post("/accounts/login/code/", {"email": ada.email})
    assert [letter.to for letter in mail.outbox] == [[ada.email]]

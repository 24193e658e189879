"""The preview of the next digest, and a test mail to oneself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client

from briefings import mail_door
from briefings.models import Delivery, MailDoor
from tests.briefings import factories, rows
from tests.fakes.mail_server import MailServer, mail_server
from users.models import Profile, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    cache.clear()
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(server.url.rsplit(":", 1)[1])
        yield server


@pytest.fixture
def page(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_it_shows_the_mail_of_the_readers_own_latest_edition(ada: User, page: Client) -> None:
    factories.edition_of_two(ada)
    Profile.objects.update(time_zone=ZoneInfo("Asia/Kathmandu"), hour=7)
    shown = page.get("/settings/mail/").content.decode()
    assert re.search(r"The next one goes on \w+ \d+ \w+ at 07:00, Asia/Kathmandu", shown)
    assert "OpenAI releases GPT-5 to every ChatGPT user" in shown
    body = page.get("/settings/mail/html/")
    assert "sandbox" in body["Content-Security-Policy"]
    assert "OpenAI publishes two open-weight models" in body.content.decode()
    assert not Delivery.objects.exists()


def test_a_stranger_sees_their_own_and_nobody_elses(ada: User) -> None:
    factories.edition_of_two(ada)
    cal = Client()
    assert cal.get("/settings/mail/").status_code == 302
    assert cal.get("/settings/mail/html/").status_code == 302
    cal.force_login(rows.reader("cal@else.example"))
    assert "GPT-5" not in cal.get("/settings/mail/").content.decode()
    assert cal.get("/settings/mail/html/").status_code == 404


def test_a_test_mail_goes_to_oneself_and_is_no_delivery(ada: User, page: Client, mail: MailServer) -> None:
    factories.edition_of_two(ada)
    assert page.get("/settings/mail/test/").status_code == 405
    answer = page.post("/settings/mail/test/", follow=True)
    assert "A test mail is on its way to ada@bank.example" in answer.content.decode()
    (letter,) = mail.accepted
    assert (letter["To"], str(letter["Subject"])[:6]) == ("ada@bank.example", "[Test]")
    assert letter["Message-ID"]
    assert letter["Date"]
    assert not Delivery.objects.exists()


def test_it_says_that_nobody_knows_where_the_line_broke_on_the_way(
    ada: User, page: Client, mail: MailServer
) -> None:
    factories.edition_of_two(ada)
    mail.answers = ["drop"]
    shown = page.post("/settings/mail/test/", follow=True).content.decode()
    assert "may have reached you or not" in shown
    assert "nothing was sent" not in shown
    assert len(mail.accepted) == 1


def test_a_server_that_is_left_alone_is_left_alone_by_it_too(
    ada: User, page: Client, mail: MailServer
) -> None:
    factories.edition_of_two(ada)
    mail_door.failed("too fast")
    assert "nothing was sent" in page.post("/settings/mail/test/", follow=True).content.decode()
    assert (mail.greeted, mail.accepted) == (0, [])


@pytest.mark.parametrize("answer", ["421 4.7.0 slower", "away"])
def test_what_the_server_says_to_it_counts_for_all_mail(
    ada: User, page: Client, mail: MailServer, settings: Any, answer: str
) -> None:
    factories.edition_of_two(ada)
    if answer == "away":
        settings.EMAIL_PORT = 1
    mail.answers = [answer]
    assert "nothing was sent" in page.post("/settings/mail/test/", follow=True).content.decode()
    assert mail_door.is_paused()
    MailDoor.objects.update(paused_until=None)
    mail.answers = []
    settings.EMAIL_PORT = int(mail.url.rsplit(":", 1)[1])
    MailDoor.objects.update(server=f"127.0.0.1:{settings.EMAIL_PORT}")
    assert "is on its way" in page.post("/settings/mail/test/", follow=True).content.decode()
    assert MailDoor.objects.get().failures == 0


def test_a_test_mail_keeps_the_pace_that_is_set(
    ada: User, page: Client, mail: MailServer, settings: Any
) -> None:
    settings.EMAIL_PER_SECOND = 0.05
    factories.edition_of_two(ada)
    assert "is on its way" in page.post("/settings/mail/test/", follow=True).content.decode()
    assert "nothing was sent" in page.post("/settings/mail/test/", follow=True).content.decode()
    assert len(mail.accepted) == 1


def test_it_says_why_none_went(ada: User, page: Client, mail: MailServer, settings: Any) -> None:
    assert "You have no edition yet" in page.post("/settings/mail/test/", follow=True).content.decode()
    factories.edition_of_two(ada)
    settings.EMAIL_PORT = 1
    assert "We cannot send mail right now" in page.post("/settings/mail/test/", follow=True).content.decode()
    assert page.post("/settings/mail/test/").status_code == 429, "and not without end"

"""The page about notifications, without a browser: what it takes, what it refuses, and whose it is."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.test import Client

from briefings.models import PushSubscription
from briefings.push import plan
from tests.briefings import rows
from tests.briefings.pushed import EIGHT, pushes, turned_on
from tests.fakes.push_service import Phone, PushService
from users import devices
from users.models import User

pytestmark = pytest.mark.django_db
__all__ = ["pushes"]
PAGE = "/settings/notifications/"


def press(page: Client, phone: Phone) -> Any:
    told = {"endpoint": phone.endpoint, "expirationTime": None, "keys": phone.keys}
    return page.post(PAGE + "on/", json.dumps(told), "application/json")


def test_it_is_turned_on_tested_and_turned_off(page: Client, ada: User, pushes: PushService) -> None:
    phone = pushes.phone()
    assert press(page, phone).status_code == 204
    assert press(page, phone).status_code == 204
    (one,) = PushSubscription.objects.all()
    shown = page.get(PAGE).content.decode()
    assert "This browser" in shown
    assert "Nothing was sent there yet" in shown
    assert phone.endpoint not in shown
    told = page.post(f"{PAGE}{one.pk}/test/", follow=True).content.decode()
    assert "A test is on its way" in told
    assert phone.told[0]["title"] == "A test from Nutgraf"
    assert "Last one taken" in told
    assert "gets no notifications any more" in page.post(f"{PAGE}{one.pk}/off/", follow=True).content.decode()
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((410, {}, ""), "does not know this device any more"),
        ((503, {}, ""), "Try again in a few minutes"),
        ((400, {}, "<b>BadTopic</b>"), "the push service answered 400. Turn"),
        ("drop", "it may come or not"),
    ],
)
def test_a_test_that_fails_says_why(
    answer: Any, words: str, page: Client, ada: User, pushes: PushService
) -> None:
    key = turned_on(ada, pushes.phone()).pk
    pushes.answers = [answer]
    assert words in page.post(f"{PAGE}{key}/test/", follow=True).content.decode()


def test_a_service_that_hangs_holds_the_page_for_some_seconds_alone(
    page: Client, ada: User, pushes: PushService
) -> None:
    key = turned_on(ada, pushes.phone()).pk
    pushes.answers = ["hold"]
    began = time.monotonic()
    assert "it may come or not" in page.post(f"{PAGE}{key}/test/", follow=True).content.decode()
    assert time.monotonic() - began < 8


def test_one_service_gets_twenty_tests_a_minute_from_all_readers(pushes: PushService) -> None:
    answers = []
    for number in range(6):
        reader = rows.reader(f"reader{number}@bank.example")
        key = turned_on(reader, pushes.phone()).pk
        browser = Client()
        browser.force_login(reader)
        answers += [browser.post(f"{PAGE}{key}/test/").status_code for _ in range(4)]
    assert answers == [302] * 20 + [429] * 4
    assert pushes.asked == 20


def test_it_ends_with_the_browsers_session(page: Client, ada: User, pushes: PushService) -> None:
    press(page, pushes.phone())
    elsewhere = Client()
    elsewhere.force_login(ada)
    elsewhere.get("/settings/")
    press(elsewhere, pushes.phone())
    devices.end_others(ada, page.session.session_key)
    assert PushSubscription.objects.count() == 1
    page.post("/accounts/logout/")
    assert not PushSubscription.objects.exists()


def test_cal_gets_404(page: Client, ada: User, pushes: PushService) -> None:
    key = turned_on(ada, pushes.phone()).pk
    cal = Client()
    cal.force_login(rows.reader("cal@elsewhere.example"))
    for what in ("off", "test"):
        assert cal.post(f"{PAGE}{key}/{what}/").status_code == 404
    assert "Nowhere yet" in cal.get(PAGE).content.decode()
    assert PushSubscription.objects.count() == 1
    assert pushes.asked == 0


@pytest.mark.parametrize(
    "said", ["", "[]", "{}", '{"endpoint": 1, "keys": {"p256dh": 2, "auth": 3}}', "[" * 9999]
)
def test_what_cannot_be_read_is_refused(said: str, page: Client, pushes: PushService) -> None:
    assert page.post(PAGE + "on/", said, "application/json").status_code == 400


def test_an_endpoint_inside_is_refused_in_words(page: Client, pushes: PushService) -> None:
    answer = press(page, Phone("", "https://10.0.0.8/1"))
    assert (answer.status_code, answer.json()["problem"]) == (
        422,
        "it points into a private or reserved network.",
    )


def test_half_a_character_is_no_endpoint(page: Client, pushes: PushService) -> None:
    assert press(page, Phone("", "https://push.example.com/a\ud800")).status_code == 422


def test_a_service_without_a_key_says_so(page: Client, pushes: PushService, settings: Any) -> None:
    settings.NUTGRAF_PUSH_KEY = ""
    assert "it has no key for them yet" in page.get(PAGE).content.decode()
    assert press(page, pushes.phone()).status_code == 404


def test_a_label_or_a_services_words_are_text(page: Client, ada: User, pushes: PushService) -> None:
    turned_on(ada, pushes.phone(), "<img src=x onerror=alert(1)>")
    PushSubscription.objects.update(held="<script>alert(1)</script>")
    shown = page.get(PAGE).content.decode()
    assert "<img src=x" not in shown
    assert "<script>alert" not in shown


def test_staff_see_where_pushes_go_without_what_opens_it(ada: User, pushes: PushService) -> None:
    phone = pushes.phone()
    held = turned_on(ada, phone)
    PushSubscription.objects.update(held="the push service answered 400")
    plan.queue([rows.ready_edition(ada, EIGHT.date(), [])])
    staff = Client()
    staff.force_login(User.objects.create_superuser("op@example.org", "a long password"))
    change = f"/admin/briefings/pushsubscription/{held.pk}/change/"
    for path in ("/admin/briefings/pushsubscription/", change, "/admin/briefings/pushdelivery/"):
        shown = staff.get(path)
        assert shown.status_code == 200, path
        assert not [one for one in (phone.endpoint, *phone.keys.values()) if one in shown.content.decode()]
    assert staff.post(change, {"held": ""}).status_code == 302
    assert PushSubscription.objects.get().held == ""

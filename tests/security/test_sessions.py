"""Sessions of browsers: cookies, a new one at each sign-in, their end. Of apps' tokens: `tests/api/test_sign_in.py`."""

from __future__ import annotations

import re
from datetime import timedelta
from http.cookies import Morsel
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.security.conftest import in_production
from users import devices
from users.models import User

pytestmark = pytest.mark.django_db
COOKIE, TODAY = "sessionid", "/today/"


def sign_in(client: Client, email: str = "ada@bank.example") -> None:
    client.post("/accounts/login/code/", {"email": email})
    code = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert code
    client.post("/accounts/login/code/confirm/", {"code": code.group()})
    assert "_auth_user_id" in client.session


def cookie(client: Client) -> Morsel[str]:
    return client.cookies[COOKIE]


def inside(client: Client) -> bool:
    return not str(client.get(TODAY).headers.get("Location", "")).startswith("/accounts/login/")


def test_it_is_a_new_one_at_sign_in_and_at_sign_out(ada: User) -> None:
    client = Client()
    client.post("/accounts/login/code/", {"email": "ada@bank.example"})
    before = cookie(client).value
    sign_in(client)
    within = cookie(client).value
    assert within != before
    assert not Session.objects.filter(session_key=before).exists(), "whoever had set the first has nothing"
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies[COOKIE] = within
    assert not inside(thief)
    assert not Session.objects.filter(session_key=within).exists()


def test_one_that_a_stranger_made_up_is_not_taken(ada: User) -> None:
    client = Client()
    client.cookies[COOKIE] = "fixatedfixatedfixatedfixated1234"
    sign_in(client)
    assert cookie(client).value != "fixatedfixatedfixatedfixated1234"


def test_its_key_is_long_and_random(ada: User) -> None:
    keys = set()
    for number in range(12):
        client = Client()
        client.force_login(User.objects.create_user(f"r{number}@bank.example"))
        keys.add(cookie(client).value)
    assert len(keys) == 12
    assert all(re.fullmatch(r"[a-z0-9]{32}", key) for key in keys), "165 bits"


def test_its_cookie_is_for_the_server_alone(ada: User) -> None:
    client = Client()
    sign_in(client)
    assert cookie(client)["httponly"]
    assert cookie(client)["samesite"] == "Lax"
    assert cookie(client)["path"] == "/"
    assert not cookie(client)["domain"]
    assert int(cookie(client)["max-age"]) == 14 * 86400


def test_in_production_cookies_are_bound_to_the_host_and_to_tls() -> None:
    asked = """
import django; django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,
      s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE,
      s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)
"""
    assert in_production(asked) == "__Host-session __Host-csrf True True True Lax Lax None /"


def test_it_ends_when_it_is_not_used_and_when_it_is_used_for_ever(ada: User) -> None:
    idle, busy = Client(), Client()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        sign_in(idle)
        sign_in(busy)
    for day in range(10, 90, 10):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            assert inside(busy), day
            changed = busy.session
            changed["something"] = day
            changed.save()
            assert inside(idle) is (day < 14)
    with time_machine.travel(start + timedelta(days=91), tick=False):
        assert not inside(busy), "however much it was used"
        devices.forget_ended()
        assert not UserSession.objects.exists(), "and what hangs on it, such as pushes, ends with it"
        sign_in(busy)
        assert inside(busy)


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_all_of_them_end_with_the_account(ada: User, how: str) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(ada)
        assert inside(browser)
    if how == "disabled":
        User.objects.filter(pk=ada.pk).update(is_active=False)
    else:
        ada.delete()
    assert not any(inside(browser) for browser in browsers)


def test_two_browsers_are_two_sessions_and_one_ends_without_the_other(ada: User) -> None:
    first, second = Client(), Client()
    for one in (first, second):
        one.force_login(ada)
    first.post("/accounts/logout/")
    assert not inside(first)
    assert inside(second)


def test_a_look_at_a_public_page_sets_no_cookie(values: dict[str, Any]) -> None:
    for path in (
        "/accuracy/",
        "/offline/",
        f"/s/{values['shared token']}/",
        "/sw.js",
        "/manifest.webmanifest",
    ):
        client = Client()
        client.get(path)
        assert not client.cookies, path

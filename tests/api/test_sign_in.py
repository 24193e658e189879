"""Signing a device in by a code, its token, and the list of devices."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.api.device import Device, device_of, problem
from tests.briefings import rows
from users import tokens
from users.models import DeviceToken, User

pytestmark = pytest.mark.django_db


def code() -> str:
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found
    return found.group()


def ask(email: str = "ada@bank.example") -> str:
    answer = Device().post("/auth/code", {"email": email})
    assert answer.status_code == 202, answer.content
    return str(answer.json()["session"])


def sign_in(email: str = "ada@bank.example", name: str = "Ada's phone") -> Any:
    session = ask(email)
    return Device().post("/auth/code/confirm", {"session": session, "code": code(), "device": name})


def test_a_code_is_traded_for_a_token_that_opens_the_api_and_nothing_else() -> None:
    answer = sign_in()
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["device"]["name"] == "Ada's phone"
    assert answer.headers["Cache-Control"] == "no-store"
    listed = Device(told["token"]).get("/devices")
    assert [one["current"] for one in listed.json()["items"]] == [True]
    assert not Session.objects.exists(), "the token is all that is left of the sign-in"
    assert not UserSession.objects.exists(), "and it is no browser"
    assert not answer.cookies
    page = Client().get("/today/", headers={"Authorization": f"Bearer {told['token']}"})
    assert page.status_code == 302


def test_the_database_does_not_know_the_token() -> None:
    token = sign_in().json()["token"]
    assert token.startswith(tokens.PREFIX)
    assert token not in str(DeviceToken.objects.values().get())


def test_known_unknown_and_disabled_addresses_get_the_same_answer() -> None:
    User.objects.create_user("known@bank.example")
    User.objects.create_user("off@bank.example", is_active=False)
    answers = []
    for address in ("known@bank.example", "new@bank.example", "off@bank.example"):
        answer = Device().post("/auth/code", {"email": address})
        answers.append((answer.status_code, sorted(answer.json()), len(answer.json()["session"])))
    assert len(set(map(str, answers))) == 1


def test_a_wrong_code_is_refused_and_three_end_the_sign_in() -> None:
    session = ask()
    right = code()
    for _ in range(3):
        wrong = Device().post("/auth/code/confirm", {"session": session, "code": "0000-0001"})
        problem(wrong, 401, "wrong_code")
    late = Device().post("/auth/code/confirm", {"session": session, "code": right})
    problem(late, 401, "sign_in_expired")
    assert not DeviceToken.objects.exists()


def test_a_code_works_once_and_in_its_own_sign_in_only() -> None:
    mine, other = ask(), ask("ben@fund.example")
    other_code = code()
    problem(Device().post("/auth/code/confirm", {"session": mine, "code": other_code}), 401, "wrong_code")
    assert Device().post("/auth/code/confirm", {"session": other, "code": other_code}).status_code == 200
    problem(
        Device().post("/auth/code/confirm", {"session": other, "code": other_code}), 401, "sign_in_expired"
    )
    problem(Device().post("/auth/code/confirm", {"session": "made-up", "code": "1"}), 401, "sign_in_expired")


def app_of(user: User) -> tuple[str, list[str]]:
    """An authenticator app that the account asks for: its secret and the recovery codes."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret, RecoveryCodes.activate(user).get_unused_codes()


def app_code(secret: str, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def after_the_code(email: str = "ada@bank.example") -> str:
    """The sign-in whose emailed code was right, and not enough."""
    session = ask(email)
    answer = Device().post("/auth/code/confirm", {"session": session, "code": code(), "device": "Phone"})
    problem(answer, 401, "second_factor_needed")
    return session


def second(session: str, given: str) -> Any:
    return Device().post("/auth/second", {"session": session, "code": given, "device": "Phone"})


def test_where_the_account_asks_for_a_second_factor_the_app_has_to_show_it(ada: User) -> None:
    secret, codes = app_of(ada)
    session = after_the_code()
    problem(second(session, "00000000"), 401, "wrong_code")
    assert not DeviceToken.objects.exists()
    answer = second(session, app_code(secret))
    assert answer.status_code == 200, answer.content
    assert Device(answer.json()["token"]).get("/devices").json()["items"][0]["name"] == "Phone"
    assert not Session.objects.exists()
    problem(second(session, app_code(secret, 1)), 401, "sign_in_expired")
    assert second(after_the_code(), codes[0]).status_code == 200
    problem(second(after_the_code(), codes[0]), 401, "wrong_code")


def test_the_second_step_is_none_without_the_first(ada: User) -> None:
    secret, _ = app_of(ada)
    for session in (ask(), "made-up"):
        problem(second(session, app_code(secret)), 401, "sign_in_expired")
    assert not DeviceToken.objects.exists()


def test_guessing_at_the_second_factor_ends_soon(ada: User) -> None:
    secret, _ = app_of(ada)
    session = after_the_code()
    for _ in range(5):
        problem(second(session, "00000000"), 401, "wrong_code")
    problem(second(session, app_code(secret)), 429, "too_many")
    assert not DeviceToken.objects.exists()


def test_a_browsers_session_is_no_sign_in_of_an_app(ada: User) -> None:
    browser = Client()
    browser.force_login(ada)
    key = browser.session.session_key
    for path in ("/auth/code/confirm", "/auth/second"):
        answer = Device().post(path, {"session": key, "code": "1234-5678", "device": "Thief"})
        problem(answer, 401, "sign_in_expired")
    assert not DeviceToken.objects.exists()
    assert browser.get("/settings/sign-in/").status_code == 200, "and it goes on"


def test_an_address_gets_so_many_codes_and_is_told_when_to_come_again() -> None:
    for _ in range(3):
        ask()
    refused = Device().post("/auth/code", {"email": "ada@bank.example"})
    problem(refused, 429, "too_many")
    assert int(refused.headers["Retry-After"]) > 0


def test_tries_at_codes_are_limited_by_address() -> None:
    tries = [Device().post("/auth/code/confirm", {"session": "x", "code": "1"}) for _ in range(31)]
    problem(tries[29], 401, "sign_in_expired")
    problem(tries[30], 429, "too_many")


def test_what_is_no_address_is_refused_with_the_field() -> None:
    told = problem(Device().post("/auth/code", {"email": "nobody"}), 422, "invalid")
    assert told["errors"][0]["field"] == "body.email"
    told = problem(Device().post("/auth/code", {}), 422, "invalid")
    assert told["errors"][0]["field"] == "body.email"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YWRh", "Bearer nutgraf_made-up", "Bearer é\x7f"]
)
def test_without_a_token_that_opens_something_nothing_is_told(header: str) -> None:
    answer = Client().get("/api/v1/devices", headers={"Authorization": header} if header else {})
    problem(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_opens_nothing(ada: User) -> None:
    browser = Client()
    browser.force_login(ada)
    problem(browser.get("/api/v1/devices"), 401, "unauthenticated")


def test_wrong_tokens_are_limited_by_address_and_right_ones_go_on(phone: Device) -> None:
    for _ in range(60):
        problem(Device("wrong").get("/devices"), 401, "unauthenticated")
    problem(Device("wrong").get("/devices"), 429, "too_many")
    assert phone.get("/devices").status_code == 200


def test_a_token_lasts_for_ninety_days_after_its_last_use(ada: User, phone: Device) -> None:
    now = timezone.now()
    DeviceToken.objects.update(last_used_at=now - timedelta(days=89))
    assert phone.get("/devices").status_code == 200
    assert DeviceToken.objects.get().last_used_at >= now
    DeviceToken.objects.update(last_used_at=now - timedelta(days=91))
    problem(phone.get("/devices"), 401, "unauthenticated")
    assert tokens.forget_expired(now) == 1


def test_a_device_is_revoked_by_another_and_signs_itself_out(ada: User, phone: Device) -> None:
    tablet = device_of(ada, "Tablet")
    listed = {one["name"]: one for one in tablet.get("/devices").json()["items"]}
    assert phone.get("/devices").status_code == 200
    assert tablet.delete(f"/devices/{listed['Phone']['id']}").status_code == 204
    problem(phone.get("/devices"), 401, "unauthenticated")
    assert tablet.delete("/devices/current").status_code == 204
    problem(tablet.get("/devices"), 401, "unauthenticated")


def test_a_stranger_cannot_revoke_a_device(ada: User, phone: Device, stranger: Device) -> None:
    key = DeviceToken.objects.get(reader=ada).pk
    problem(stranger.delete(f"/devices/{key}"), 404, "not_found")
    assert phone.get("/devices").status_code == 200


def test_a_disabled_reader_and_a_deleted_one_are_out_at_once(ada: User, phone: Device) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    problem(phone.get("/devices"), 401, "unauthenticated")
    User.objects.filter(pk=ada.pk).update(is_active=True)
    assert phone.get("/devices").status_code == 200
    ada.delete()
    problem(phone.get("/devices"), 401, "unauthenticated")


def test_the_device_unused_for_longest_makes_room(ada: User) -> None:
    first = device_of(ada, "First")
    DeviceToken.objects.update(last_used_at=timezone.now() - timedelta(days=2))
    for number in range(tokens.MOST):
        device_of(ada, f"Device {number}")
    assert DeviceToken.objects.count() == tokens.MOST
    problem(first.get("/devices"), 401, "unauthenticated")


def test_a_name_is_one_line_of_visible_letters(ada: User) -> None:
    named = [tokens.issue(ada, name)[0].name for name in ("My\r\nphone\x00", "  ", "‮tfel")]
    assert named == ["Myphone", "Unnamed device", "tfel"]


def test_a_device_asks_so_often_in_a_minute(settings: Any, ada: User, phone: Device) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    statuses = [phone.get("/devices").status_code for _ in range(5)]
    assert statuses.count(200) in (2, 4), "another minute may begin meanwhile"
    refused = next(
        answer for answer in (phone.get("/devices") for _ in range(4)) if answer.status_code == 429
    )
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert device_of(ada, "Another").get("/devices").status_code == 200


def test_devices_come_by_pages(ada: User) -> None:
    devices = [device_of(ada, f"Device {number}") for number in range(5)]
    names, path = [], "/devices?limit=2"
    while path:
        told = devices[0].get(path).json()
        names += [one["name"] for one in told["items"]]
        path = told["next"] and f"/devices?limit=2&cursor={told['next']}"
    assert names == [f"Device {number}" for number in (4, 3, 2, 1, 0)]
    for wrong in ("x", "WyJhIl0", "bnVsbA", "W251bGwsMV0"):
        problem(devices[0].get(f"/devices?cursor={wrong}"), 422, "invalid")


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example")

"""Signing a device in by more than a mailed code: an authenticator app, recovery codes, passkeys."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from tests.api.device import Device, problem
from tests.api.test_sign_in import ask, code, sign_in
from tests.fakes.passkey import SoftPasskey
from users.models import DeviceToken, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(ada: User) -> str:
    """Of the authenticator app that Ada turned on."""
    made = str(generate_totp_secret())
    TOTP.activate(ada, made)
    return made


@pytest.fixture
def passkey(ada: User) -> SoftPasskey:
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    made = SoftPasskey()
    made.add(ada)
    return made


def app_code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def halfway() -> str:
    """The session of a sign-in whose mailed code was right."""
    session = ask()
    answer = Device().post("/auth/code/confirm", {"session": session, "code": code()})
    problem(answer, 401, "second_factor_needed")
    assert not DeviceToken.objects.exists()
    return session


def second(session: str, given: str) -> Any:
    return Device().post("/auth/second", {"session": session, "code": given, "device": "Ada's phone"})


def test_an_apps_code_after_the_mailed_one_is_traded_for_a_token(secret: str) -> None:
    answer = second(halfway(), app_code(secret))
    assert answer.status_code == 200, answer.content
    assert answer.json()["device"]["name"] == "Ada's phone"
    assert Device(answer.json()["token"]).get("/devices").status_code == 200
    assert not Session.objects.exists(), "the token is all that is left of the sign-in"
    assert not UserSession.objects.exists(), "and it is no browser"
    assert not answer.cookies


def test_a_recovery_code_does_it_once(ada: User, secret: str) -> None:
    codes = RecoveryCodes.activate(ada).get_unused_codes()
    assert second(halfway(), codes[0]).status_code == 200
    session = ask()
    problem(
        Device().post("/auth/code/confirm", {"session": session, "code": code()}), 401, "second_factor_needed"
    )
    problem(second(session, codes[0]), 401, "wrong_code")
    assert second(session, codes[1]).status_code == 200


def test_guessing_an_apps_code_ends_soon_and_from_every_sign_in(secret: str) -> None:
    session = halfway()
    for _ in range(5):
        problem(second(session, "000000"), 401, "wrong_code")
    refused = problem(second(session, "000000"), 429, "too_many")
    assert refused["status"] == 429
    problem(second(session, app_code(secret)), 429, "too_many")
    assert not DeviceToken.objects.exists()


def test_without_the_mailed_code_the_apps_code_opens_nothing(secret: str) -> None:
    problem(second(ask(), app_code(secret)), 401, "sign_in_expired")
    problem(second("made-up", app_code(secret)), 401, "sign_in_expired")
    assert not DeviceToken.objects.exists()


def test_tries_are_limited_by_address() -> None:
    tries = [second("x", "1") for _ in range(31)]
    problem(tries[29], 401, "sign_in_expired")
    problem(tries[30], 429, "too_many")


def begin() -> Any:
    answer = Device().post("/auth/passkey")
    assert answer.status_code == 200, answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()


def test_a_passkey_alone_signs_in(passkey: SoftPasskey, secret: str) -> None:
    begun = begin()
    told = {"session": begun["session"], "credential": passkey.answer(begun["options"]), "device": "Phone"}
    answer = Device().post("/auth/passkey/confirm", told)
    assert answer.status_code == 200, answer.content
    assert Device(answer.json()["token"]).get("/profile").json()["email"] == "ada@bank.example"
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()
    problem(Device().post("/auth/passkey/confirm", told), 401, "sign_in_expired")


def test_a_passkey_that_does_not_fit_opens_nothing(passkey: SoftPasskey) -> None:
    other, begun = SoftPasskey(), begin()
    wrong = [
        other.answer(begun["options"]),  # nobody's
        passkey.answer(begin()["options"]),  # of another sign-in
        passkey.answer(begun["options"], "https://elsewhere.example"),
        {},
        {"id": "x"},
        {"id": "eA", "rawId": "eA", "type": "public-key", "response": {}},
    ]
    for credential in wrong:
        told = {"session": begun["session"], "credential": credential}
        problem(Device().post("/auth/passkey/confirm", told), 401, "wrong_passkey")
    problem(
        Device().post("/auth/passkey/confirm", {"session": "made-up", "credential": wrong[0]}),
        401,
        "sign_in_expired",
    )
    assert not DeviceToken.objects.exists()


def test_a_disabled_readers_passkey_opens_nothing(ada: User, passkey: SoftPasskey) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    begun = begin()
    told = {"session": begun["session"], "credential": passkey.answer(begun["options"])}
    assert Device().post("/auth/passkey/confirm", told).status_code == 401
    assert not DeviceToken.objects.exists()


def test_a_passkey_is_the_second_step_of_an_account_that_has_an_app(
    passkey: SoftPasskey, secret: str
) -> None:
    session = halfway()
    answer = Device().post("/auth/second/passkey", {"session": session})
    assert answer.status_code == 200, answer.content
    begun = answer.json()
    stranger = {"session": begun["session"], "credential": SoftPasskey().answer(begun["options"])}
    problem(Device().post("/auth/second/passkey/confirm", stranger), 401, "wrong_passkey")
    told = {"session": begun["session"], "credential": passkey.answer(begun["options"]), "device": "Phone"}
    signed = Device().post("/auth/second/passkey/confirm", told)
    assert signed.status_code == 200, signed.content
    assert signed.json()["device"]["name"] == "Phone"
    problem(Device().post("/auth/second/passkey", {"session": ask()}), 401, "sign_in_expired")


def test_a_passkey_beside_the_code_locks_nobody_out(passkey: SoftPasskey) -> None:
    assert sign_in().status_code == 200
    assert Authenticator.objects.exists()

"""What signing in leaves in the log: who by number, by what, and what was refused. No address and no code."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from tests.api.device import Device
from tests.security.test_sessions import sign_in
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture, ada: User) -> Iterator[list[str]]:
    with caplog.at_level(logging.INFO, "users"):
        lines: list[str] = []
        yield lines
        lines += [record.getMessage() for record in caplog.records]
        assert "@" not in " ".join(lines)
        assert not re.search(r"\d{4}-\d{4}", " ".join(lines))


def heard(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name.startswith("users.")]


def test_signing_in_and_out_is_told(ada: User, said: list[str], caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    sign_in(client)
    client.post("/accounts/logout/")
    assert heard(caplog) == [f"sign-in of reader {ada.pk} by code", f"sign-out of reader {ada.pk}"]


def test_a_wrong_code_is_told(ada: User, said: list[str], caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    client.post("/accounts/login/code/", {"email": ada.email})
    client.post("/accounts/login/code/confirm/", {"code": "0000-0001"})
    session = Device().post("/auth/code", {"email": ada.email}).json()["session"]
    Device().post("/auth/code/confirm", {"session": session, "code": "0000-0001", "device": "x"})
    assert heard(caplog) == ["sign-in refused: incorrect_code"] * 2


def test_too_many_tries_are_told(ada: User, said: list[str], caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        Client().post("/accounts/login/code/", {"email": ada.email})
    assert "sign-in refused: too_many_login_attempts" in heard(caplog)


def test_a_password_that_does_not_fit_is_told(said: list[str], caplog: pytest.LogCaptureFixture) -> None:
    Client().post("/admin/login/", {"username": "olga@news.example", "password": "guess"})
    assert heard(caplog) == ["sign-in refused: password"]


def test_an_app_that_signs_in_is_told(ada: User, said: list[str], caplog: pytest.LogCaptureFixture) -> None:
    session = Device().post("/auth/code", {"email": ada.email}).json()["session"]
    code = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert code
    answer = Device().post("/auth/code/confirm", {"session": session, "code": code.group(), "device": "x"})
    device = answer.json()["device"]["id"]
    assert f"device {device} of reader {ada.pk} signed in" in heard(caplog)


def test_a_second_factor_that_goes_is_told(
    ada: User, said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    sign_in(client)
    key = Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Key", "credential": {}})
    client.post(f"/settings/passkeys/{key.pk}/remove/")
    assert f"second factor of reader {ada.pk} removed: webauthn" in heard(caplog)


def test_what_was_not_allowed_is_told(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    client.post("/settings/", {"role": "ceo"})
    client.get("/status/")
    told = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert any("/settings/" in line for line in told)
    assert any("/status/" in line for line in told)

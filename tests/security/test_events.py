"""What signing in leaves in the log: who by number, by what, and what was refused. No address and no code."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from fido2.utils import websafe_encode

from tests.api.device import Device
from tests.security.test_sessions import sign_in
from users import events
from users.models import User

pytestmark = pytest.mark.django_db
NONSENSE = {"id": "x", "response": 1}
UNKNOWN = {
    "id": "eA",
    "rawId": "eA",
    "type": "public-key",
    "response": {
        "clientDataJSON": websafe_encode(
            b'{"type":"webauthn.get","challenge":"eA","origin":"http://testserver"}'
        ),
        "authenticatorData": websafe_encode(bytes(32) + b"\x05" + bytes(4)),
        "signature": websafe_encode(b"made up"),
        "userHandle": websafe_encode(b"1000000"),
    },
}


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture, ada: User) -> Iterator[None]:
    """No line of the test may hold an address or a code."""
    with caplog.at_level(logging.INFO, "users"):
        yield
        lines = " ".join(one.getMessage() for one in caplog.get_records("call"))
        assert lines
        assert "@" not in lines
        assert not re.search(r"\d{4}-\d{4}", lines)


def heard(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name.startswith("users.")]


def test_signing_in_and_out_is_told(ada: User, said: None, caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    sign_in(client)
    client.post("/accounts/logout/")
    assert heard(caplog) == [f"sign-in of reader {ada.pk} by code", f"sign-out of reader {ada.pk}"]


def test_a_wrong_code_is_told(ada: User, said: None, caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    client.post("/accounts/login/code/", {"email": ada.email})
    client.post("/accounts/login/code/confirm/", {"code": "0000-0001"})
    session = Device().post("/auth/code", {"email": ada.email}).json()["session"]
    Device().post("/auth/code/confirm", {"session": session, "code": "0000-0001", "device": "x"})
    assert heard(caplog) == ["sign-in refused: incorrect_code"] * 2


def test_too_many_tries_are_told(ada: User, said: None, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        Client().post("/accounts/login/code/", {"email": ada.email})
    assert "sign-in refused: too_many_login_attempts" in heard(caplog)


def test_a_password_that_does_not_fit_is_told(said: None, caplog: pytest.LogCaptureFixture) -> None:
    Client().post("/admin/login/", {"username": "olga@news.example", "password": "guess"})
    assert heard(caplog) == ["sign-in refused: password"]


@pytest.mark.parametrize("shown", [NONSENSE, UNKNOWN], ids=["nonsense", "unknown"])
def test_a_passkey_that_opens_nothing_is_told_once(
    said: None, caplog: pytest.LogCaptureFixture, shown: object
) -> None:
    client = Client()
    client.get("/accounts/passkey/", headers={"accept": "application/json"})
    client.post("/accounts/passkey/", {"credential": json.dumps(shown)})
    assert heard(caplog) == ["sign-in refused: passkey"]


def test_what_is_refused_of_settings_is_no_sign_in(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    """A code that does not turn an app on, a passkey that is none, and an app that may not go yet."""
    client = Client()
    sign_in(client)
    assert client.get("/settings/app/").status_code == 200
    refused = client.post("/settings/app/", {"code": "000000"})
    assert b"That code is not right" in refused.content
    client.get("/settings/passkeys/add/")
    refused = client.post("/settings/passkeys/add/", {"credential": json.dumps(NONSENSE)})
    assert "does not fit" in str(refused.context["form"].errors)
    events.refused_by_allauth("cannot_delete_authenticator")
    assert heard(caplog) == [f"sign-in of reader {ada.pk} by code"]


def test_an_app_that_signs_in_is_told(ada: User, said: None, caplog: pytest.LogCaptureFixture) -> None:
    session = Device().post("/auth/code", {"email": ada.email}).json()["session"]
    code = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert code
    answer = Device().post("/auth/code/confirm", {"session": session, "code": code.group(), "device": "x"})
    device = answer.json()["device"]["id"]
    assert f"device {device} of reader {ada.pk} signed in" in heard(caplog)


def test_a_second_factor_that_goes_is_told(ada: User, said: None, caplog: pytest.LogCaptureFixture) -> None:
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

"""Apps that may use the site's passkeys: named by the operator, vouched for by the site, and no others."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from config.environment import apps
from tests.api.device import Device, problem
from tests.fakes.passkey import SoftPasskey
from users.models import User

pytestmark = pytest.mark.django_db
CERTIFICATE = hashlib.sha256(b"a certificate").digest()
PRINT = CERTIFICATE.hex(":").upper()
ORIGIN = "android:apk-key-hash:" + base64.urlsafe_b64encode(CERTIFICATE).decode().rstrip("=")
STRANGE = "android:apk-key-hash:" + base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")


@pytest.fixture
def passkey(ada: User) -> SoftPasskey:
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    made = SoftPasskey()
    made.add(ada)
    return made


@pytest.fixture
def named(settings: Any) -> None:
    settings.NUTGRAF_APPS = apps(f"org.example.news={PRINT.lower()}, ABCDE12345.org.example.news")


def signed_in(passkey: SoftPasskey, *origin: str) -> Any:
    begun = Device().post("/auth/passkey").json()
    told = {
        "session": begun["session"],
        "credential": passkey.answer(begun["options"], *origin),
        "device": "Pixel",
    }
    return Device().post("/auth/passkey/confirm", told)


def test_an_app_that_is_named_signs_in_by_the_sites_passkey(passkey: SoftPasskey, named: None) -> None:
    assert signed_in(passkey, ORIGIN).json()["device"]["name"] == "Pixel"
    assert signed_in(passkey).status_code == 200, "and the site's own pages as ever"


@pytest.mark.parametrize(
    "origin", [STRANGE, ORIGIN + "x", "android:apk-key-hash:", "https://elsewhere.example"]
)
def test_another_opens_nothing(origin: str, passkey: SoftPasskey, named: None) -> None:
    problem(signed_in(passkey, origin), 401, "wrong_passkey")


def test_unnamed_it_opens_nothing(passkey: SoftPasskey) -> None:
    problem(signed_in(passkey, ORIGIN), 401, "wrong_passkey")


def test_the_site_vouches_for_them_to_phones(named: None) -> None:
    links = Client().get("/.well-known/assetlinks.json")
    assert links.headers["Content-Type"] == "application/json"
    (link,) = links.json()
    assert link["target"] == {
        "namespace": "android_app",
        "package_name": "org.example.news",
        "sha256_cert_fingerprints": [PRINT],
    }
    assert "delegate_permission/common.get_login_creds" in link["relation"]
    apple = Client().get("/.well-known/apple-app-site-association")
    assert apple.json() == {"webcredentials": {"apps": ["ABCDE12345.org.example.news"]}}
    assert not apple.cookies


def test_what_caches_keep_of_it_carries_nobodys_cookie(named: None) -> None:
    reader = Client()
    reader.force_login(User.objects.create_user("ada@bank.example"))
    for name in ("assetlinks.json", "apple-app-site-association"):
        answer = reader.get(f"/.well-known/{name}")
        assert answer.status_code == 200
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_and_for_nobody_where_none_is_named() -> None:
    for name in ("assetlinks.json", "apple-app-site-association"):
        assert Client().get(f"/.well-known/{name}").status_code == 404

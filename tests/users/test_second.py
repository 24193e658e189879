"""The second step: an authenticator app, recovery codes, and proving that it is still Ada before it changes."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from users.models import Profile, User
from users.qr import QUIET, draw

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def ada() -> User:
    user = User.objects.create_user("ada@bank.example")
    Profile.objects.create(user=user, role="cto", industry="finance")
    return user


def mailed_code() -> str:
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found
    return found.group()


def enter(client: Client, email: str = "ada@bank.example") -> Any:
    """What comes after the emailed code."""
    client.post("/accounts/login/code/", {"email": email})
    return client.post("/accounts/login/code/confirm/", {"code": mailed_code()})


def app_code(secret: str, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def turn_on(client: Client) -> str:
    page = client.get("/settings/app/").content.decode()
    secret = re.search(r'<code class="key">(\w+)</code>', page)
    assert secret
    answer = client.post("/settings/app/", {"code": app_code(secret[1])})
    assert answer.headers["Location"] == "/settings/codes/"
    return secret[1]


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<code>(\d{8})</code>", client.get("/settings/codes/").content.decode())


def aged(client: Client) -> Client:
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [one | {"at": one["at"] - 600} for one in records]
    session.save()
    return client


def signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


@pytest.fixture
def client(ada: User) -> Client:
    client = Client()
    assert enter(client).headers["Location"] == "/today/"
    return client


def test_no_network_address_is_kept_of_who_signed_in(client: Client) -> None:
    assert UserSession.objects.get().ip == "::"


def test_it_is_off_until_a_reader_turns_it_on(client: Client) -> None:
    assert "Turn on an authenticator app" in client.get("/settings/sign-in/").content.decode()
    other = Client()
    assert enter(other).headers["Location"] == "/today/"


@pytest.mark.django_db(transaction=True)  # the mail goes out once it is stored
def test_turned_on_it_asks_for_the_apps_code_after_the_emailed_one(client: Client) -> None:
    secret = turn_on(client)
    assert mail.outbox[-1].subject == "Your authenticator app is on"
    assert "/settings/sign-in/" in mail.outbox[-1].body
    other = Client()
    assert enter(other).headers["Location"] == "/accounts/second/"
    assert not signed_in(other)
    assert "is not right" in other.post("/accounts/second/", {"code": "000000"}).content.decode()
    assert other.post("/accounts/second/", {"code": app_code(secret, 1)}).headers["Location"] == "/today/"
    assert signed_in(other)


def test_an_apps_code_opens_the_door_once(client: Client) -> None:
    code = app_code(turn_on(client), 1)
    first, second = Client(), Client()
    enter(first)
    first.post("/accounts/second/", {"code": code})
    enter(second)
    second.post("/accounts/second/", {"code": code})
    assert signed_in(first)
    assert not signed_in(second)


def test_a_recovery_code_opens_the_door_once(client: Client) -> None:
    turn_on(client)
    codes = recovery_codes(client)
    assert len(codes) == 10
    first, second = Client(), Client()
    enter(first)
    first.post("/accounts/second/", {"code": codes[0]})
    enter(second)
    second.post("/accounts/second/", {"code": codes[0]})
    assert signed_in(first)
    assert not signed_in(second)
    assert codes[0] not in recovery_codes(client)
    file = client.get("/settings/codes/file/")
    assert codes[1] in file.content.decode()
    assert "attachment" in file.headers["Content-Disposition"]


def test_new_recovery_codes_end_the_old_ones(client: Client) -> None:
    turn_on(client)
    old = recovery_codes(client)
    assert client.post("/settings/codes/new/").headers["Location"] == "/settings/codes/"
    assert not set(old) & set(recovery_codes(client))


def test_guessing_ends_soon(client: Client) -> None:
    secret = turn_on(client)
    other = Client()
    enter(other)
    for _ in range(20):
        other.post("/accounts/second/", {"code": "123456"})
    other.post("/accounts/second/", {"code": app_code(secret, 1)})
    assert not signed_in(other)


def test_a_while_later_a_code_by_mail_proves_that_it_is_still_her(client: Client) -> None:
    for path in ("/settings/passkeys/add/", "/settings/app/"):
        answer = aged(client).get(path)
        assert answer.headers["Location"].startswith("/accounts/proof/code/?next=%2Fsettings%2F")
    page = client.get(answer.headers["Location"]).content.decode()
    assert "ada@bank.example" in page
    client.post(answer.headers["Location"], {"send": "yes"})
    code = mailed_code()
    assert (
        "not the code we sent" in client.post("/accounts/proof/code/", {"code": "0000-0000"}).content.decode()
    )
    done = client.post("/accounts/proof/code/", {"code": code, "next": "/settings/app/"})
    assert done.headers["Location"] == "/settings/app/"
    assert client.get("/settings/app/").status_code == 200
    again = aged(client).post("/accounts/proof/code/", {"code": code, "next": "/settings/app/"})
    assert "works no longer" in again.content.decode(), "once"


def test_three_wrong_codes_end_a_proof_and_next_never_leaves_the_origin(client: Client) -> None:
    aged(client).post("/accounts/proof/code/", {"send": "yes"})
    right = mailed_code()
    for _ in range(3):
        client.post("/accounts/proof/code/", {"code": "0000-0000"})
    client.post("/accounts/proof/code/", {"code": right})
    assert client.get("/settings/app/").status_code == 302
    client.post("/accounts/proof/code/", {"send": "yes"})
    done = client.post("/accounts/proof/code/", {"code": mailed_code(), "next": "https://evil.example/"})
    assert done.headers["Location"] == "/today/"


def test_turned_on_a_code_by_mail_proves_nothing_any_more(client: Client) -> None:
    secret = turn_on(client)
    answer = aged(client).get("/settings/app/off/")
    assert answer.headers["Location"].startswith("/accounts/proof/?next=")
    assert client.get("/accounts/proof/code/").headers["Location"].startswith("/accounts/proof/")
    client.post("/accounts/proof/", {"code": app_code(secret, 1)})
    assert client.post("/settings/app/off/").headers["Location"] == "/settings/sign-in/"
    assert not Authenticator.objects.exists(), "the recovery codes go with it"


def test_cal_names_and_removes_no_passkey_of_adas(ada: User, client: Client) -> None:
    hers = Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Hers", "credential": {}})
    User.objects.create_user("cal@rival.example")
    cal = Client()
    enter(cal, "cal@rival.example")
    for path in (f"/settings/passkeys/{hers.pk}/", f"/settings/passkeys/{hers.pk}/remove/"):
        assert cal.get(path).status_code == 404
        assert cal.post(path, {"name": "Mine"}).status_code == 404
    assert "Hers" not in cal.get("/settings/sign-in/").content.decode()
    assert client.post(f"/settings/passkeys/{hers.pk}/", {"name": "Phone"}).status_code == 302
    assert "Phone" in client.get("/settings/sign-in/").content.decode()


def test_a_copy_of_the_database_tells_no_secret(client: Client) -> None:
    secret, codes = turn_on(client), recovery_codes(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        stored = cursor.fetchone()[0]
    assert not [one for one in (secret, *codes) if one in stored]


def test_another_secret_key_opens_no_door_and_an_earlier_one_still_does(
    client: Client, settings: Settings
) -> None:
    secret = turn_on(client)
    first = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    other = Client()
    enter(other)
    assert other.post("/accounts/second/", {"code": app_code(secret, 1)}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = [first]
    other = Client()
    enter(other)
    assert other.post("/accounts/second/", {"code": app_code(secret, 1)}).status_code == 302


NONSENSE = ["", "null", "[]", "{}", "1", '{"id":"x"}', "x" * 99]
NONSENSE.append('{"id":"eA","rawId":"eA","type":"public-key","response":{}}')


@pytest.mark.parametrize("credential", NONSENSE)
def test_an_answer_that_is_no_passkey_is_refused_in_words(client: Client, credential: str) -> None:
    stranger = Client()
    stranger.get("/accounts/passkey/", headers={"accept": "application/json"})
    answer = stranger.post("/accounts/passkey/", {"credential": credential}, follow=True)
    assert "does not open anything here" in answer.content.decode()
    client.get("/settings/passkeys/add/")
    answer = client.post(
        "/settings/passkeys/add/", {"credential": credential, "passwordless": "on"}, secure=True
    )
    assert 'role="alert">' in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_the_picture_has_a_white_rim_and_a_dark_corner() -> None:
    picture = draw("otpauth://totp/ada?secret=X")
    assert f"M{QUIET} {QUIET}h1v1h-1z" in picture.path
    assert "M0 " not in picture.path
    assert 21 + 2 * QUIET <= picture.size <= 60

"""Nobody learns at any door who reads Nutgraf: known, unknown and disabled get the same page, in the same work."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client
from fido2.utils import websafe_encode

from tests.statements import statements
from users.models import Profile, User

pytestmark = pytest.mark.django_db
KNOWN, LOCKED, KEYED, UNKNOWN = (f"{name}@bank.example" for name in ("known1", "locked", "keyed1", "nobody"))


@pytest.fixture(autouse=True)
def _everybody() -> None:
    """A reader, one with an authenticator app, one with a passkey; each with an address that a code was entered for."""
    cache.clear()
    for address in (KNOWN, LOCKED, KEYED):
        user = User.objects.create_user(address)
        user.emailaddress_set.create(email=address, verified=True, primary=True)
        Profile.objects.create(user=user, role="cto", industry="finance")
    data: dict[str, Any] = {"secret": "x"}
    Authenticator.objects.create(user=User.objects.get(email=LOCKED), type="totp", data=data)
    data = {"name": "Phone", "credential": {}}
    Authenticator.objects.create(user=User.objects.get(email=KEYED), type="webauthn", data=data)


def plain(page: bytes, address: str) -> str:
    """The page without what differs between any two visits."""
    return re.sub(r'value="\w{64}"|\?next=\S+', "", page.decode().replace(address, ""))


def by_mail(address: str) -> tuple[str, ...]:
    client = Client()
    asked = client.post("/accounts/login/code/", {"email": address})
    page = plain(client.get("/accounts/login/code/confirm/").content, address)
    wrong = client.post("/accounts/login/code/confirm/", {"code": "0000-0000"})
    body = re.sub(r"\d{4}-\d{4}", "", str(mail.outbox[-1].body))
    return asked.headers["Location"], page, plain(wrong.content, address), body


def by_passkey(user_id: int) -> tuple[str, ...]:
    """Somebody shows a made-up passkey in the name of that reader."""
    client = Client()
    options = client.get("/accounts/passkey/", headers={"accept": "application/json"}).json()
    challenge = options["request_options"]["publicKey"].pop("challenge")
    said = {"type": "webauthn.get", "challenge": challenge, "origin": "http://testserver"}
    response = {
        "clientDataJSON": websafe_encode(json.dumps(said).encode()),
        "authenticatorData": websafe_encode(bytes(32) + b"\x05" + bytes(4)),
        "signature": websafe_encode(b"made up"),
        "userHandle": websafe_encode(str(user_id).encode()),
    }
    shown = {"id": "eA", "rawId": "eA", "type": "public-key", "response": response}
    answer = client.post("/accounts/passkey/", {"credential": json.dumps(shown)}, follow=True)
    return json.dumps(options), plain(answer.content, "")


def work(door: Callable[[Any], object], who: object) -> list[str]:
    """The kinds of statements it takes, the measure of time that does not depend on the machine."""
    cache.clear()
    with statements() as asked:
        door(who)
    return [re.sub(r"'[^']*'|\d+", "", one)[:60] for one in asked]


def test_by_mail_all_get_the_same_page_and_mail() -> None:
    answers = {by_mail(address) for address in (KNOWN, LOCKED, KEYED, UNKNOWN)}
    assert len(answers) == 1


def test_by_mail_known_readers_cost_the_same_whatever_they_have_turned_on() -> None:
    first = work(by_mail, KNOWN)
    assert work(by_mail, LOCKED) == first
    assert work(by_mail, KEYED) == first
    made = work(by_mail, UNKNOWN)
    assert len(made) - len(first) <= 8, (
        "a new address is stored, in a millisecond or two beside sending a mail"
    )
    assert work(by_mail, UNKNOWN) == first, "and is known from then on"


def test_the_second_step_shows_itself_only_to_who_has_the_mail() -> None:
    client = Client()
    client.post("/accounts/login/code/", {"email": LOCKED})
    assert client.get("/accounts/second/").headers["Location"].startswith("/accounts/login/")
    assert client.post("/accounts/second/", {"code": "123456"}).status_code == 302


def test_a_made_up_passkey_tells_nothing_of_whom_it_names() -> None:
    readers = [User.objects.get(email=address).pk for address in (KNOWN, LOCKED)]
    answers = {by_passkey(user_id) for user_id in (*readers, 10**6)}
    assert len(answers) == 1
    assert '"allowCredentials": []' in answers.pop()[0]
    first = work(by_passkey, readers[0])
    assert work(by_passkey, readers[1]) == first


def test_a_disabled_reader_is_told_as_little() -> None:
    User.objects.filter(email=KNOWN).update(is_active=False)
    client = Client()
    answers = [
        client.post("/accounts/login/code/", {"email": one}).headers["Location"] for one in (KNOWN, UNKNOWN)
    ]
    assert answers[0] == answers[1]

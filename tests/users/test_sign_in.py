"""Signing up and in by an emailed code, as a browser does it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from users.accounts import forget_unconfirmed
from users.models import Profile, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def ask(client: Client, email: str) -> object:
    return client.post("/accounts/login/code/", {"email": email})


def code() -> str:
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found
    return found.group()


def test_it_signs_a_new_reader_up_with_an_address_and_a_code() -> None:
    client = Client()
    assert ask(client, "Ada@Bank.example").headers["Location"] == "/accounts/login/code/confirm/"  # type: ignore[attr-defined]
    assert mail.outbox[0].to == ["ada@bank.example"]
    assert code() in mail.outbox[0].subject
    answer = client.post("/accounts/login/code/confirm/", {"code": code()}, follow=True)
    assert answer.redirect_chain[-1][0] == "/welcome/"
    user = User.objects.get()
    assert user.email == "ada@bank.example"
    assert not user.has_usable_password()
    assert len(mail.outbox) == 1, "the code is all the mail there is"


def test_it_answers_known_unknown_and_new_addresses_alike() -> None:
    User.objects.create_user("known@bank.example")
    answers = []
    for address in ("known@bank.example", "unknown@bank.example"):
        client = Client()
        ask(client, address)
        page = client.get("/accounts/login/code/confirm/").content.decode().replace(address, "")
        answers.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert answers[0] == answers[1]
    texts = [re.sub(r"\d{4}-\d{4}", "", str(message.body)) for message in mail.outbox]
    assert texts[0] == texts[1]


def test_a_code_works_once_and_only_in_its_own_browser() -> None:
    client, thief = Client(), Client()
    ask(client, "ada@bank.example")
    used = code()
    assert thief.post("/accounts/login/code/confirm/", {"code": used}).status_code == 302
    assert "_auth_user_id" not in thief.session
    client.post("/accounts/login/code/confirm/", {"code": used})
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    client.post("/accounts/login/code/confirm/", {"code": used})
    assert "_auth_user_id" not in client.session


def test_three_wrong_guesses_end_a_code() -> None:
    client = Client()
    ask(client, "ada@bank.example")
    right = code()
    for _ in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "0000-0001"})
    client.post("/accounts/login/code/confirm/", {"code": right})
    assert "_auth_user_id" not in client.session


def test_it_limits_codes_by_address_without_opening_accounts_for_a_flood() -> None:
    for _ in range(5):
        ask(Client(), "ada@bank.example")
    assert len(mail.outbox) == 3
    shown = ask(Client(), "ada@bank.example").content.decode()  # type: ignore[attr-defined]
    assert "Wait a few minutes" in shown


def test_it_limits_codes_by_where_they_are_asked_from() -> None:
    answers = [ask(Client(), f"reader{n}@bank.example").status_code for n in range(22)]  # type: ignore[attr-defined]
    assert len(mail.outbox) <= 20
    assert User.objects.count() <= 20
    assert answers[0] == 302


def test_a_disabled_reader_gets_no_code_and_no_hint() -> None:
    User.objects.create_user("gone@bank.example", is_active=False)
    assert ask(Client(), "gone@bank.example").status_code == 302  # type: ignore[attr-defined]
    assert mail.outbox == []


def test_next_never_leaves_the_origin() -> None:
    client = Client()
    client.post("/accounts/login/code/", {"email": "ada@bank.example", "next": "https://evil.example/"})
    answer = client.post("/accounts/login/code/confirm/", {"code": code(), "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/today/"


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "password/change/", "password/set/", "email/"]
)
def test_there_are_no_passwords_and_no_second_way_to_sign_up(path: str) -> None:
    answer = Client().post(
        f"/accounts/{path}", {"email": "x@bank.example", "password1": "a", "password2": "a"}
    )
    assert answer.status_code in (302, 404)
    assert not User.objects.exists()


def test_it_forgets_addresses_whose_code_was_never_entered() -> None:
    client = Client()
    ask(client, "stays@bank.example")
    client.post("/accounts/login/code/confirm/", {"code": code()})
    ask(Client(), "never@bank.example")
    waiting = User.objects.create_user("made@bank.example")
    Profile.objects.create(user=waiting, role="cto", industry="finance")
    assert forget_unconfirmed(timezone.now() - timedelta(days=1)) == 0
    assert forget_unconfirmed(timezone.now()) == 1
    assert set(User.objects.values_list("email", flat=True)) == {"stays@bank.example", "made@bank.example"}


def test_it_refuses_an_address_longer_than_any(client: Client) -> None:
    assert ask(client, "a" * 300 + "@bank.example").status_code == 200  # type: ignore[attr-defined]
    assert not User.objects.exists()


def test_it_says_so_while_mail_is_down(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 2
    answer = ask(client, "ada@bank.example")
    assert answer.status_code == 503  # type: ignore[attr-defined]
    assert b"cannot send mail" in answer.content  # type: ignore[attr-defined]


def test_a_made_up_host_is_refused_without_a_traceback(
    client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "idna"])
def test_a_form_in_an_encoding_of_no_browser_is_refused(client: Client, charset: str) -> None:
    kind, form = f"application/x-www-form-urlencoded; charset={charset}", b"email=ada%40bank.example"
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = client.post("/accounts/join/", form, content_type=kind, headers=headers)
    assert answer.status_code == 415
    assert not User.objects.exists()
    good = kind.replace(charset, "UTF-8")
    assert client.post("/accounts/join/", form, content_type=good, headers=headers).status_code == 302

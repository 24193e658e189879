"""Those who run the service see its pages by two factors where the service demands them, and by one on a laptop."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.users.test_second import app_code, enter, turn_on
from users.models import User

pytestmark = pytest.mark.django_db
ENROL = "/settings/sign-in/staff/"
FACTORS = [
    *("/settings/app/", "/settings/app/off/", "/settings/passkeys/add/", "/settings/passkeys/1/remove/"),
    *("/settings/codes/", "/settings/codes/new/", "/settings/codes/file/"),
]
PAGES = ["/admin/", "/admin/users/user/", "/admin/login/", "/spending/", "/status/"]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def olga() -> User:
    return User.objects.create_superuser("olga@news.example", "a long password")


@pytest.fixture
def demanded(settings: Settings) -> None:
    settings.NUTGRAF_STAFF_SECOND_FACTOR = True


def code_for(*arguments: str) -> str:
    """The code that `manage.py staff` prints."""
    told = StringIO()
    call_command("staff", *arguments, "--json", stdout=told)
    return str(json.loads(told.getvalue())["code"])


def enrolled(client: Client, email: str = "olga@news.example") -> Client:
    """Signed in by mail, with the code of the terminal entered."""
    enter(client, email)
    assert client.post(ENROL, {"code": code_for(email)}).headers["Location"] == "/settings/sign-in/"
    return client


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("demanded")
def test_whoever_has_no_second_factor_is_led_to_set_one_up(olga: User, path: str) -> None:
    client = Client()
    enter(client, olga.email)
    assert client.get(path).headers["Location"] == ENROL
    client = enrolled(Client())
    assert client.get(path).headers["Location"] == "/settings/sign-in/"
    assert "need a second factor" in client.get("/settings/sign-in/").content.decode()


@pytest.mark.usefixtures("demanded")
def test_with_one_she_shows_it_once_and_is_in(olga: User) -> None:
    client = enrolled(Client())
    secret = turn_on(client)
    assert "need a second factor" not in client.get("/settings/sign-in/").content.decode()
    answer = client.get("/admin/users/user/?q=ada")
    proof, _, following = answer.headers["Location"].partition("?next=")
    assert (proof, following) == ("/accounts/proof/", "%2Fadmin%2Fusers%2Fuser%2F%3Fq%3Dada")
    done = client.post(answer.headers["Location"], {"code": app_code(secret, 1)})
    assert done.headers["Location"] == "/admin/users/user/?q=ada"
    assert all(client.get(path).status_code == 200 for path in PAGES if "login" not in path)
    other = Client()
    enter(other, olga.email)
    other.post("/accounts/second/", {"code": app_code(secret, -1)})
    assert other.get("/admin/").status_code == 200, "who signs in by two factors shows none again"


@pytest.mark.usefixtures("demanded")
def test_a_password_opens_nothing_and_nobody_else_learns_that_there_is_an_admin(olga: User) -> None:
    stranger = Client()
    form = {"username": olga.email, "password": "a long password"}
    assert stranger.post("/admin/login/", form).headers["Location"].startswith("/accounts/login/?next=")
    assert "_auth_user_id" not in stranger.session
    cal = Client()
    cal.force_login(User.objects.create_user("cal@rival.example"))
    assert [cal.get(path).status_code for path in PAGES] == [404] * len(PAGES)
    thief = Client()
    thief.force_login(olga)  # a session of hers that was proved by one factor
    assert [thief.get(path).status_code for path in PAGES] == [302] * len(PAGES)


@pytest.mark.usefixtures("demanded")
def test_whoever_reads_her_mail_before_she_set_a_factor_up_sets_up_none(olga: User) -> None:
    thief = Client()
    enter(thief, olga.email)
    for path in FACTORS:
        assert thief.get(path).headers["Location"] == ENROL, path
        assert thief.post(path, {"code": "123456", "credential": "{}"}).headers["Location"] == ENROL, path
    assert "Enter your code" in thief.get("/settings/sign-in/").content.decode()
    assert thief.post(ENROL, {"code": "AAAA-AAAA-AAAA-AAAA"}).status_code == 400
    assert thief.post(ENROL, {"code": ""}).status_code == 400
    assert not Authenticator.objects.exists()
    hers = enrolled(Client())
    assert thief.get("/settings/sign-in/").status_code == 302, "signed out by her code"
    enter(thief, olga.email)
    assert thief.get("/settings/app/").headers["Location"] == ENROL, "it counts for her browser alone"
    device = thief.session.session_key
    turn_on(hers)
    assert hers.get("/settings/codes/").status_code == 200
    assert not Session.objects.filter(session_key=device).exists(), "signed out by her factor"


@pytest.mark.usefixtures("demanded")
def test_a_session_of_mail_alone_sees_no_recovery_code_and_removes_nothing(olga: User) -> None:
    """However it outlived her factor: a recovery code would prove it."""
    enrolled(Client())
    thief = Client()
    enter(thief, olga.email)
    TOTP.activate(olga, generate_totp_secret())
    RecoveryCodes.activate(olga)
    for path in FACTORS:
        assert thief.get(path).headers["Location"] == ENROL, path
        assert thief.post(path).headers["Location"] == ENROL, path
    assert Authenticator.objects.count() == 2, "the app and the codes"


@pytest.mark.usefixtures("demanded")
def test_a_code_counts_once_for_a_day_and_the_last_alone(olga: User) -> None:
    old, code = code_for(olga.email), code_for(olga.email)
    client, other = Client(), Client()
    enter(client, olga.email)
    assert client.post(ENROL, {"code": old}).status_code == 400
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        enter(other, olga.email)
        assert other.post(ENROL, {"code": code}).status_code == 400
    assert client.post(ENROL, {"code": code.lower().replace("-", " ")}).status_code == 302
    assert client.post(ENROL, {"code": code}).status_code == 400


@pytest.mark.usefixtures("demanded")
def test_what_was_set_up_before_somebody_became_staff_proves_nothing(olga: User) -> None:
    ben = User.objects.create_user("ben@fund.example")
    thief = Client()
    enter(thief, ben.email)
    secret = turn_on(thief)
    code = code_for(ben.email)
    assert [thief.get(path).headers["Location"] for path in PAGES] == [ENROL] * len(PAGES)
    again = Client()
    enter(again, ben.email)
    again.post("/accounts/second/", {"code": app_code(secret, 1)})
    assert again.get("/admin/").headers["Location"] == ENROL
    assert again.post(ENROL, {"code": code}).status_code == 302
    assert not Authenticator.objects.exists()
    turn_on(again)
    ben = User.objects.get(email=ben.email)
    ben.is_staff = False
    ben.save()
    ben.is_staff = True
    ben.save()
    assert again.get("/admin/").headers["Location"] == ENROL, "staff anew"


@pytest.mark.usefixtures("demanded")
def test_who_lost_every_factor_starts_anew_from_the_terminal(olga: User) -> None:
    client = enrolled(Client())
    turn_on(client)
    code = code_for(olga.email, "--lost")
    assert client.get("/settings/sign-in/").status_code == 302
    enter(client, olga.email)
    assert client.get("/settings/app/").headers["Location"] == ENROL
    client.post(ENROL, {"code": code})
    turn_on(client)


@pytest.mark.usefixtures("demanded")
def test_another_of_the_staff_makes_a_code_for_staff_alone(olga: User) -> None:
    client = enrolled(Client())
    secret = turn_on(client)
    client.post("/accounts/proof/", {"code": app_code(secret, 1)})
    ben = User.objects.create_user("ben@fund.example", is_staff=True)
    cal = User.objects.create_user("cal@rival.example")
    chosen = {"action": "make_code", "_selected_action": [ben.pk, cal.pk]}
    shown = client.post("/admin/users/user/", chosen, follow=True).content.decode()
    code = re.search(r"Code for ben@fund\.example, told once and valid for a day: ([A-Z2-9-]{19})", shown)
    assert code
    assert "Code for cal@rival.example" not in shown
    his = Client()
    enter(his, ben.email)
    assert his.post(ENROL, {"code": code[1]}).status_code == 302


@pytest.mark.usefixtures("demanded")
def test_readers_set_up_what_they_like_and_find_no_page_of_staff() -> None:
    ada = Client()
    enter(ada)
    assert ada.get(ENROL).status_code == 404
    turn_on(ada)


def test_the_command_opens_the_account_and_says_what_to_do(settings: Settings) -> None:
    told = StringIO()
    call_command("staff", "Olga@News.example", stdout=told)
    assert "no second factor is asked for" in told.getvalue()
    settings.NUTGRAF_STAFF_SECOND_FACTOR = True
    call_command("staff", "olga@news.example", stdout=told)
    assert re.search(r"^    [A-Z2-9]{4}(-[A-Z2-9]{4}){3}$", told.getvalue(), re.MULTILINE)
    assert ENROL in told.getvalue()
    olga = User.objects.get()
    assert (olga.is_staff, olga.is_superuser, olga.has_usable_password()) == (True, True, False)
    with pytest.raises(CommandError, match="not an email address"):
        call_command("staff", "olga")


def test_on_a_laptop_a_password_is_enough(olga: User) -> None:
    client = Client()
    form = {"username": olga.email, "password": "a long password", "next": "/admin/"}
    assert client.post("/admin/login/", form).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.get("/spending/").status_code == 200


def test_staff_let_somebody_in_again_who_lost_every_factor_and_see_no_secret(olga: User) -> None:
    ada = User.objects.create_user("ada@bank.example")
    factor = Authenticator.objects.create(user=ada, type="totp", data={"secret": "kept"})
    client = Client()
    client.force_login(olga)
    found = client.get("/admin/mfa/authenticator/?q=ada").content.decode()
    assert "ada@bank.example" in found
    page = f"/admin/mfa/authenticator/{factor.pk}"
    assert "kept" not in client.get(f"{page}/change/").content.decode()
    assert client.get("/admin/mfa/authenticator/add/").status_code == 403
    client.post(f"{page}/delete/", {"post": "yes"})
    assert not Authenticator.objects.exists()
    assert client.get("/admin/usersessions/usersession/").status_code == 404


@pytest.mark.parametrize(
    ("environment", "demanded"),
    [
        ({}, "False"),
        ({"NUTGRAF_URL": "https://news.example"}, "True"),
        ({"NUTGRAF_URL": "https://news.example", "NUTGRAF_STAFF_SECOND_FACTOR": "off"}, "False"),
        ({"NUTGRAF_STAFF_SECOND_FACTOR": "on"}, "True"),
    ],
)
def test_it_is_demanded_where_the_service_is_open_to_the_world(
    environment: dict[str, str], demanded: str, tmp_path: Path
) -> None:
    ask = "from config import settings; print(settings.NUTGRAF_STAFF_SECOND_FACTOR)"
    said = subprocess.run(
        [sys.executable, "-c", ask],
        env={**os.environ, "NUTGRAF_VAR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == demanded

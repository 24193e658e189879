"""Those who run the service see its pages by two factors where the service demands them, and by one on a laptop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from tests.users.test_second import app_code, enter, turn_on
from users.models import User

pytestmark = pytest.mark.django_db
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


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("demanded")
def test_whoever_has_no_second_factor_is_led_to_set_one_up(olga: User, path: str) -> None:
    client = Client()
    enter(client, olga.email)
    assert client.get(path).headers["Location"] == "/settings/sign-in/"
    assert "need a second factor" in client.get("/settings/sign-in/").content.decode()


@pytest.mark.usefixtures("demanded")
def test_with_one_she_shows_it_once_and_is_in(olga: User) -> None:
    client = Client()
    enter(client, olga.email)
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

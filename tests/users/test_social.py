"""Accounts elsewhere that open an account here, walked with a provider on loopback."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings as real
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from config.environment import social
from tests.fakes.openid_server import CLIENT, SECRET, OpenIdServer
from tests.users.test_second import app_code, enter, turn_on
from users.models import Profile, User

pytestmark = pytest.mark.django_db
START = "/accounts/with/oidc/acme/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def acme(settings: Settings) -> Iterator[OpenIdServer]:
    with OpenIdServer() as server:
        given = {
            "id": "acme",
            "name": "Acme",
            "client_id": CLIENT,
            "secret": SECRET,
            "server_url": server.url,
        }
        settings.SOCIALACCOUNT_PROVIDERS = social(json.dumps({"openid_connect": given}))
        settings.ROOT_URLCONF = "tests.users.social_urls"
        registry.register(OpenIDConnectProvider)
        yield server
        del registry.provider_map[OpenIDConnectProvider.id]


@pytest.fixture
def ada() -> User:
    user = User.objects.create_user("ada@bank.example")
    Profile.objects.create(user=user, role="cto", industry="finance")
    return user


def come_back(client: Client, start: str = START, **form: str) -> Any:
    """What a browser gets that follows the way to the provider and back."""
    away = client.post(start, form)
    there = re.search(r'<a class="button" href="([^"]+)"', away.content.decode())
    assert there, away
    back = urlsplit(
        requests.get(html.unescape(there[1]), allow_redirects=False, timeout=5).headers["Location"]
    )
    return client.get(f"{back.path}?{back.query}")


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_none_is_named_and_there_is_no_trace(client: Client, django_assert_num_queries: Any) -> None:
    assert real.SOCIALACCOUNT_PROVIDERS == {}
    with django_assert_num_queries(0):
        page = client.get("/accounts/login/code/").content.decode()
    assert "/accounts/with/" not in page
    assert client.post(START).status_code == 404
    enter(client)
    page = client.get("/settings/sign-in/").content.decode()
    assert "elsewhere</h2>" not in page


def test_a_verified_address_opens_a_new_account(client: Client, acme: OpenIdServer) -> None:
    assert "Sign in with Acme" in client.get("/accounts/login/code/").content.decode()
    came = come_back(client)
    assert came.headers["Location"] == "/today/"
    assert came.headers["Clear-Site-Data"] == '"storage"', "what the browser kept of an earlier reader's"
    user = User.objects.get()
    assert user.email == "ada@bank.example"
    assert EmailAddress.objects.get().verified
    assert client.get("/welcome/").status_code == 200
    assert not SocialToken.objects.exists(), "nothing that could act for the reader there is kept"


def test_a_verified_address_opens_the_account_that_a_code_would(
    client: Client, acme: OpenIdServer, ada: User
) -> None:
    acme.person["email"] = "Ada@Bank.example"
    assert come_back(client, next="/sources/").headers["Location"] == "/sources/"
    assert User.objects.get() == ada
    assert mail.outbox[-1].subject == "An account elsewhere opens Nutgraf now"
    assert "Acme" in mail.outbox[-1].body
    acme.person["email"] = "elsewhere@bank.example"
    again = Client()
    come_back(again)
    assert signed_in(again), "known by its number from then on"
    assert User.objects.count() == 1


@pytest.mark.parametrize("known", [True, False])
def test_an_address_that_is_not_verified_opens_nothing_and_tells_nothing(
    client: Client, acme: OpenIdServer, known: bool
) -> None:
    if known:
        User.objects.create_user("ada@bank.example")
    acme.person["email_verified"] = False
    answer = come_back(client)
    assert answer.headers["Location"] == "/accounts/login/code/"
    assert "no address it has verified" in client.get("/accounts/login/code/").content.decode()
    assert not signed_in(client)
    assert User.objects.count() == known
    assert not SocialAccount.objects.exists()


def test_a_disabled_reader_stays_out(client: Client, acme: OpenIdServer, ada: User) -> None:
    User.objects.update(is_active=False)
    come_back(client)
    assert not signed_in(client)


def test_the_second_step_is_asked_all_the_same(client: Client, acme: OpenIdServer, ada: User) -> None:
    enter(client)
    secret = turn_on(client)
    other = Client()
    assert come_back(other).headers["Location"] == "/accounts/second/"
    assert not signed_in(other)
    other.post("/accounts/second/", {"code": app_code(secret, 1)})
    assert signed_in(other)


@pytest.mark.parametrize("trouble", ["refuses", "breaks", "state"])
def test_what_goes_wrong_there_is_told_here(client: Client, acme: OpenIdServer, trouble: str) -> None:
    if trouble == "state":
        answer = client.get(f"{START}callback/?code=made-up&state=made-up")
    else:
        setattr(acme, trouble, "access_denied" if trouble == "refuses" else True)
        answer = come_back(client)
    assert answer.headers["Location"] == "/accounts/login/code/"
    assert "did not work" in client.get("/accounts/login/code/").content.decode()
    assert not User.objects.exists()


def test_it_begins_with_a_form_of_ours_alone(acme: OpenIdServer) -> None:
    assert Client().get(START).headers["Location"] == "/accounts/login/code/"
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403
    assert "/authorize" not in acme.asked


def test_an_account_is_connected_and_disconnected_in_settings(
    client: Client, acme: OpenIdServer, ada: User
) -> None:
    enter(client)
    acme.person |= {"email": "private@mail.example", "email_verified": False}
    assert come_back(client, f"{START}?process=connect").headers["Location"] == "/settings/sign-in/"
    account = SocialAccount.objects.get(user=ada)
    assert "Disconnect: Acme" in client.get("/settings/sign-in/").content.decode()
    cal = Client()
    User.objects.create_user("cal@rival.example")
    enter(cal, "cal@rival.example")
    assert cal.post(f"/settings/accounts/{account.pk}/end/").status_code == 404
    come_back(cal, f"{START}?process=connect")
    assert "connected to another reader" in cal.get("/settings/sign-in/").content.decode()
    client.post(f"/settings/accounts/{account.pk}/end/")
    assert not SocialAccount.objects.exists()
    assert mail.outbox[-1].subject == "An account elsewhere was disconnected"


@pytest.mark.parametrize(
    "wrong",
    [
        "google",
        "[]",
        '{"google": {}}',
        '{"facebook": {"client_id": "a", "secret": "b"}}',
        '{"google": {"client_id": "a", "secret": ""}}',
        '{"google": {"client_id": "a", "secret": "b", "server_url": "https://a.example"}}',
        '{"openid_connect": {"client_id": "a", "secret": "b", "id": "A B", "name": "A", "server_url": "https://a.example"}}',
    ],
)
def test_a_bad_value_stops_the_start_without_telling_secrets(wrong: str, tmp_path: Path) -> None:
    said = start({"NUTGRAF_SOCIAL": wrong}, tmp_path)
    assert said.returncode == 2
    assert said.stderr.startswith("nutgraf: NUTGRAF_SOCIAL: ")
    assert '"b"' not in said.stderr


def test_each_provider_that_is_named_has_its_addresses(tmp_path: Path) -> None:
    keys = {"client_id": "a", "secret": "b"}
    openid = keys | {"id": "acme", "name": "Acme", "server_url": "https://id.acme.example/"}
    named = {"google": keys, "github": keys, "microsoft": keys | {"tenant": "acme"}, "openid_connect": openid}
    said = start({"NUTGRAF_SOCIAL": json.dumps(named)}, tmp_path)
    assert said.returncode == 0, said.stderr
    where = ["google", "github", "microsoft", "oidc/acme"]
    assert said.stdout.split() == [f"/accounts/with/{one}/" for one in where]


def start(environment: dict[str, str], var: Path) -> subprocess.CompletedProcess[str]:
    ask = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup(); "
        "from users import social; print(*(each.start for each in social.providers()))"
    )
    return subprocess.run(
        [sys.executable, "-c", ask],
        env={**os.environ, "NUTGRAF_VAR": str(var), **environment},
        capture_output=True,
        text=True,
        check=False,
    )

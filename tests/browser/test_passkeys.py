"""Ada's passkeys in a real browser with an authenticator that Chromium plays: added, used, named and removed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.briefings import rows
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example")


@pytest.fixture
def held(phone: Page) -> Page:
    """A phone that can keep passkeys and whose owner agrees to everything."""
    give_authenticator(phone, owner_there=True)
    return phone


def give_authenticator(page: Page, owner_there: bool) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": owner_there,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def code() -> str:
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found
    return found.group()


def sign_in_by_mail(page: Page, url: str, user: User) -> None:
    page.goto(f"{url}/accounts/login/code/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{url}/today/")


def add(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/settings/sign-in/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name it").fill(name)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()


def sign_out(page: Page, url: str) -> None:
    page.goto(f"{url}/settings/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{url}/")


def test_a_passkey_is_added_opens_the_door_and_is_removed(
    held: Page, live_server: LiveServer, ada: User
) -> None:
    url = live_server.url
    sign_in_by_mail(held, url, ada)
    add(held, url, "Ada's phone")
    assert mail.outbox[-1].subject == "A passkey was added"
    assert "/settings/sign-in/" in mail.outbox[-1].body
    sign_out(held, url)
    sent = len(mail.outbox)
    held.goto(f"{url}/accounts/login/code/?next=/sources/")
    held.get_by_role("button", name="Sign in with a passkey").click()
    held.wait_for_url(f"{url}/sources/")
    assert len(mail.outbox) == sent, "without any mail"
    held.goto(f"{url}/settings/sign-in/")
    held.get_by_role("link", name="Rename: Ada's phone").click()
    held.get_by_label("Name").fill("Old phone")
    held.get_by_role("button", name="Save").click()
    held.get_by_role("link", name="Remove: Old phone").click()
    held.get_by_role("button", name="Remove the passkey").click()
    expect(held.get_by_text("The passkey is removed.")).to_be_visible()
    sign_out(held, url)
    held.goto(f"{url}/accounts/login/code/")
    held.get_by_role("button", name="Sign in with a passkey").click()
    expect(held.get_by_text("does not open anything here")).to_be_visible()


def test_a_while_later_the_passkey_is_shown_once_more(held: Page, live_server: LiveServer, ada: User) -> None:
    sign_in_by_mail(held, live_server.url, ada)
    add(held, live_server.url, "Phone")
    age_session(ada)
    held.get_by_role("link", name="Remove: Phone").click()
    held.get_by_role("button", name="Use a passkey").click()
    held.get_by_role("button", name="Remove the passkey").click()
    expect(held.get_by_text("The passkey is removed.")).to_be_visible()


def age_session(user: User) -> None:
    """What was proved in the user's session was proved ten minutes ago."""
    store = SessionStore(UserSession.objects.get(user=user).session_key)
    store[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record | {"at": record["at"] - 600} for record in store[AUTHENTICATION_METHODS_SESSION_KEY]
    ]
    store.save()


def test_a_passkey_is_one_more_door_and_no_lock(held: Page, live_server: LiveServer, ada: User) -> None:
    sign_in_by_mail(held, live_server.url, ada)
    add(held, live_server.url, "Phone")
    sign_out(held, live_server.url)
    sign_in_by_mail(held, live_server.url, ada)


def test_a_passkey_turned_down_is_told_on_the_page(phone: Page, live_server: LiveServer, ada: User) -> None:
    give_authenticator(phone, owner_there=False)
    phone.goto(f"{live_server.url}/accounts/login/code/")
    phone.get_by_role("button", name="Sign in with a passkey").click()
    expect(phone.get_by_text("No passkey was used.")).to_be_visible()


def test_with_scripts_off_there_is_no_button_that_does_nothing(
    chromium: Browser, live_server: LiveServer
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/code/")
    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    context.close()


def test_at_an_address_without_a_name_it_says_where_passkeys_work(
    chromium: Browser, live_server: LiveServer, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    port = urlsplit(live_server.url).port
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}/accounts/login/code/")
    expect(page.get_by_text(f"Open this site at http://localhost:{port}")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    context.close()

"""A brief is shared, read by a stranger and revoked, in a real browser, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from briefings.models import Share
from tests.briefings import factories, rows
from tests.browser.session import sign_in
from tests.processes import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _here(live_server: LiveServer, settings: pytest.FixtureRequest) -> None:
    settings.NUTGRAF_URL = live_server.url  # type: ignore[attr-defined]


@pytest.fixture
def stranger(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, user_agent=FIREFOX)
    yield context.new_page()
    context.close()


def adas_brief(page: Page, url: str) -> str:
    """The address of Ada's brief; the page's browser is hers from now on."""
    ada = rows.reader("ada@bank.example")
    sign_in(page, ada, url)
    return f"{url}/brief/{factories.edition_of_two(ada).items.get(rank=1).brief_id}/"


def test_it_shares_lets_a_stranger_read_and_revokes(
    phone: Page, stranger: Page, live_server: LiveServer
) -> None:
    phone.goto(adas_brief(phone, live_server.url))
    phone.get_by_role("button", name="Make a public page").click()
    address = phone.get_by_label("Address of the public page").input_value()
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.get_by_role("button", name="Copy").click()
    expect(phone.get_by_role("button", name="Copied")).to_be_visible()
    assert phone.evaluate("navigator.clipboard.readText()") == address

    stranger.goto(address)
    sentence = stranger.locator(".sentence", has_text="Benchmarks Weekly counts the tasks left out")
    sentence.get_by_role("button").click()
    expect(stranger.locator(".evidence:popover-open mark")).to_have_text(re.compile("^Counting the missing"))
    stranger.keyboard.press("Escape")
    expect(stranger.locator(".lens")).to_have_count(0)
    assert stranger.context.cookies() == []
    assert stranger.evaluate("document.documentElement.scrollWidth") <= 390
    stranger.reload()
    wait_for(lambda: Share.objects.get().views == 1)

    phone.get_by_role("link", name="Archive").click()
    phone.get_by_role("link", name="Shared", exact=True).click()
    expect(phone.get_by_role("main")).to_contain_text("1 look")
    for width in (390, 320):
        phone.set_viewport_size({"width": width, "height": 700})
        assert phone.evaluate("document.documentElement.scrollWidth") == width
    phone.get_by_role("button", name="Revoke").click()
    expect(phone.get_by_text("Nothing shared")).to_be_visible()

    answer = stranger.reload()
    assert answer
    assert answer.status == 404
    expect(stranger.get_by_role("heading", name="Not found")).to_be_visible()
    assert stranger.request.get(f"{address}card.png").status == 404


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_its_foot_leads_a_stranger_to_the_code(
    phone: Page, chromium: Browser, live_server: LiveServer, scripts: bool
) -> None:
    phone.goto(adas_brief(phone, live_server.url))
    phone.get_by_role("button", name="Make a public page").click()
    context = chromium.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(phone.get_by_label("Address of the public page").input_value())
    page.get_by_label("Your work email").fill("dora@new.example")
    page.get_by_role("button", name="Get your own briefing").click()
    expect(page.get_by_label("Code")).to_be_visible()
    context.close()


def test_it_shares_and_revokes_with_scripts_off(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(adas_brief(page, live_server.url))
    page.get_by_role("button", name="Make a public page").click()
    address = page.get_by_label("Address of the public page").input_value()
    page.get_by_role("link", name="Open", exact=True).click()
    assert page.url == address
    page.locator(".lead button.cite").first.click()
    expect(page.locator(".evidence:popover-open mark")).to_have_text(re.compile("700 million people"))
    page.go_back()
    page.get_by_role("button", name="Revoke").click()
    assert page.request.get(address).status == 404
    context.close()

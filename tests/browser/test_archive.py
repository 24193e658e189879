"""What a reader keeps, in a real browser: a brief saved, found again by searching, and taken off the shelf."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.briefings import factories, rows
from tests.browser.session import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def as_ada(page: Page, url: str) -> None:
    ada = rows.reader("ada@bank.example")
    factories.edition_of_two(ada)
    sign_in(page, ada, url)


def save_find_and_drop(page: Page, url: str) -> None:
    page.goto(f"{url}/archive/")
    page.get_by_role("searchbox").fill("gpt-oss")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("mark").first).to_have_text("gpt-oss")
    page.get_by_role("link", name="OpenAI publishes two open-weight models").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Saved: remove")).to_be_visible()
    page.goto(f"{url}/archive/")
    page.get_by_role("link", name="Saved").click()
    page.get_by_role("button", name="Remove: OpenAI publishes").click()
    expect(page.get_by_text("Nothing saved")).to_be_visible()


def test_it_saves_finds_and_drops_on_a_phone(phone: Page, live_server: LiveServer) -> None:
    as_ada(phone, live_server.url)
    save_find_and_drop(phone, live_server.url)
    for path in ("/archive/", "/search/?q=gpt-oss", "/search/?q=nothing", "/saved/", "/shares/", "/feed/"):
        phone.goto(live_server.url + path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_it_needs_no_scripts(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    as_ada(page, live_server.url)
    save_find_and_drop(page, live_server.url)
    context.close()


def test_a_feed_is_made_given_a_new_address_and_closed(phone: Page, live_server: LiveServer) -> None:
    as_ada(phone, live_server.url)
    phone.goto(f"{live_server.url}/feed/")
    phone.get_by_role("button", name="Make my feed").click()
    field = phone.get_by_label("Address of your feed")
    first = field.input_value().rpartition("/feed/")[2]
    assert "<feed" in phone.request.get(f"{live_server.url}/feed/{first}").text()
    phone.get_by_role("button", name="New address").click()
    expect(phone.get_by_role("status")).to_contain_text("new address")
    assert phone.request.get(f"{live_server.url}/feed/{first}").status == 404
    phone.get_by_role("button", name="Close the feed").click()
    expect(phone.get_by_text("No feed yet")).to_be_visible()

"""Reading by keyboard alone, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from briefings.models import Saved
from tests.briefings import factories, rows
from tests.browser.session import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_an_edition_and_a_brief_are_read_by_keys(phone: Page, live_server: LiveServer) -> None:
    ada = rows.reader("ada@bank.example")
    factories.edition_of_two(ada)
    sign_in(phone, ada, live_server.url)
    phone.goto(f"{live_server.url}/edition/{factories.MORNING}/")
    press(phone, "j", "j", "j")
    expect(phone.locator(":focus")).to_contain_text("OpenAI publishes two open-weight models")
    press(phone, "k")
    expect(phone.locator(":focus")).to_contain_text("OpenAI releases GPT-5")
    press(phone, "o")
    expect(phone.get_by_role("heading", name="What does GPT-5 cost developers?")).to_be_visible()
    phone.wait_for_load_state()  # keys are heard when the page is whole
    press(phone, "j", "o")
    expect(phone.locator(".evidence:popover-open mark").first).to_be_visible()
    press(phone, "Escape", "s")
    expect(phone.get_by_role("button", name="Saved")).to_be_visible()
    assert Saved.objects.filter(reader=ada).count() == 1
    press(phone, "?")
    expect(phone.locator("#keys")).to_contain_text("open its source")
    press(phone, "?")
    expect(phone.locator("#keys")).to_be_hidden()


def test_typing_stays_typing(phone: Page, live_server: LiveServer) -> None:
    ada = rows.reader("ada@bank.example")
    brief = factories.edition_of_two(ada).items.get(rank=1).brief
    sign_in(phone, ada, live_server.url)
    phone.goto(f"{live_server.url}/brief/{brief.pk}/")
    field = phone.get_by_label("Your question")
    field.focus()
    phone.keyboard.type("skj?o")
    expect(field).to_have_value("skj?o")
    assert not Saved.objects.exists()

"""Reading, judging and challenging in a real browser, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from briefings.feedback.models import Opened, Report, Signal
from tests.briefings import factories, rows
from tests.browser.session import sign_in
from tests.processes import wait_for
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STANDS = "One model now decides whether to answer at once"


@pytest.fixture
def ada() -> User:
    ada = rows.reader("ada@bank.example")
    factories.edition_of_two(ada)
    return ada


def stick_out(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_a_brief_that_is_opened_is_read_and_can_be_turned_back_by_key(
    phone: Page, live_server: LiveServer, ada: User
) -> None:
    sign_in(phone, ada, live_server.url)
    edition = f"{live_server.url}/edition/{factories.MORNING}/"
    phone.goto(edition)
    expect(phone.get_by_text("✓ Read")).to_have_count(0)
    phone.get_by_role("link", name="OpenAI releases GPT-5").click()
    expect(phone.get_by_role("button", name="Mark unread")).to_be_visible()
    assert Opened.objects.count() == 1
    phone.goto(edition)
    expect(phone.get_by_text("✓ Read")).to_have_count(1)
    phone.keyboard.press("j")
    phone.keyboard.press("m")
    expect(phone.get_by_text("✓ Read")).to_have_count(0)
    expect(phone.locator(":focus")).to_contain_text("OpenAI releases GPT-5")
    phone.keyboard.press("m")
    expect(phone.get_by_text("✓ Read")).to_have_count(1)
    phone.keyboard.press("j")
    expect(phone.locator(":focus")).to_contain_text("OpenAI publishes two open-weight models")


def test_a_story_is_wished_for_muted_and_brought_back(
    phone: Page, live_server: LiveServer, ada: User
) -> None:
    sign_in(phone, ada, live_server.url)
    phone.goto(f"{live_server.url}/edition/{factories.MORNING}/")
    first = phone.locator(".story").first
    first.get_by_text("More or less of this").click()
    first.get_by_role("button", name="More like this").click()
    expect(first.get_by_text("You asked for more like this.")).to_be_visible()
    expect(phone.locator(":focus")).to_have_text("Undo")
    assert Signal.objects.filter(act="more").exists()
    first.get_by_text("More or less of this").click()
    assert not stick_out(phone)
    first.get_by_role("button", name="ChatGPT").click()
    expect(first.get_by_text("You muted ChatGPT.")).to_be_visible()
    expect(phone.get_by_text("Developers pay")).to_have_count(0)
    phone.locator(":focus").press("Enter")
    expect(phone.get_by_text("Developers pay")).to_be_visible()
    phone.goto(f"{live_server.url}/learned/")
    assert not stick_out(phone)
    phone.get_by_role("button", name="Forget all of it").click()
    expect(phone.get_by_role("heading", name="Nothing yet")).to_be_visible()
    assert not Signal.objects.exists()


def test_a_sentence_is_challenged_in_its_sheet(phone: Page, live_server: LiveServer, ada: User) -> None:
    sign_in(phone, ada, live_server.url)
    phone.goto(f"{live_server.url}/brief/{ada.editions.get().items.get(rank=1).brief_id}/")
    phone.locator(".sentence", has_text=STANDS).get_by_role("button").click()
    sheet = phone.locator(".evidence:popover-open")
    sheet.get_by_role("link", name="Report this sentence").click()
    expect(sheet.get_by_label("What is wrong with this sentence?")).to_be_focused()
    sheet.get_by_label("What is wrong with this sentence?").fill("Is that so?")
    sheet.get_by_role("button", name="Report this sentence").click()
    expect(sheet.get_by_text("It stands.")).to_be_visible()
    expect(sheet.get_by_text("Its other words: the passage says as much.")).to_be_visible()
    assert Report.objects.get().reason == "Is that so?"
    phone.keyboard.press("Escape")
    phone.locator(".takeaways li").first.get_by_role("button").click()
    sheet.get_by_role("link", name="Report this sentence").click()
    sheet.get_by_role("button", name="Report this sentence").click()
    expect(sheet.get_by_text("It does not stand.")).to_be_visible()
    phone.reload()
    expect(phone.locator(".takeaways li s")).to_have_count(1)
    phone.goto(f"{live_server.url}/accuracy/")
    expect(phone.get_by_text("Struck", exact=True).last).to_be_visible()
    assert not stick_out(phone)


def test_all_of_it_works_with_scripts_off(chromium: Browser, live_server: LiveServer, ada: User) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    page.goto(f"{live_server.url}/edition/{factories.MORNING}/")
    first = page.locator(".story").first
    first.get_by_role("button", name="Mark read").click()
    expect(page.get_by_text("✓ Read")).to_have_count(1)
    first.get_by_text("More or less of this").click()
    first.get_by_role("button", name="Not relevant").click()
    expect(page.get_by_text("You said that this story is not relevant.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="OpenAI releases GPT-5").click()
    page.locator(".sentence", has_text=STANDS).get_by_role("button").click()
    page.locator(".evidence:popover-open").get_by_role("link", name="Report this sentence").click()
    page.get_by_role("button", name="Report this sentence").click()
    expect(page.get_by_text("It stands.")).to_be_visible()
    wait_for(lambda: Report.objects.count() == 1)
    context.close()

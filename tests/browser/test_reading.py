"""A reader's first morning in a real browser: from the landing page to the passage behind a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from briefings.models import Edition, EditionItem, State
from tests.briefings import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _mailbox(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH, settings.MAILBOX, settings.MAILBOX_SHOWN = str(tmp_path), tmp_path, True


def act_as_worker() -> None:
    """What a worker does with the edition that onboarding asked for."""
    edition = Edition.objects.get()
    brief, lens = factories.launch()
    EditionItem.objects.create(
        edition=edition, rank=1, brief=brief, lens=lens, why=["The most important story"]
    )
    Edition.objects.filter(pk=edition.pk).update(state=State.READY, due_at=None)


def sign_up(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label("Your work email").fill("ada@bank.example")
    page.get_by_role("button", name="Start reading").click()
    mailbox = page.context.new_page()
    mailbox.goto(f"{url}/outbox")
    code = re.search(r"\d{4}-\d{4}", mailbox.locator("article h2").inner_text())
    assert code
    mailbox.close()
    page.get_by_label("Code").fill(code.group())
    page.get_by_role("button", name="Continue").click()


def test_it_leads_from_an_address_to_the_passage_behind_a_sentence(
    phone: Page, live_server: LiveServer
) -> None:
    sign_up(phone, live_server.url)
    expect(phone.get_by_label("Your time zone")).to_have_value("Asia/Tokyo")
    phone.get_by_label("Your role").select_option("CTO")
    phone.get_by_label("Your industry").select_option("Finance")
    phone.get_by_role("button", name="Show me today").click()
    expect(phone.get_by_role("heading", name="Being prepared")).to_be_visible()
    act_as_worker()
    phone.get_by_role("link", name="OpenAI releases GPT-5").click(timeout=10_000)
    expect(phone.get_by_role("heading", name="What does GPT-5 cost developers?")).to_be_visible()
    sentence = phone.locator(".sentence", has_text="Benchmarks Weekly counts the tasks left out")
    sentence.get_by_role("button").click()
    shown = phone.locator(".evidence:popover-open")
    expect(shown.locator("mark")).to_have_text(re.compile("^Counting the missing ones as failures"))
    expect(shown).to_contain_text("the rest could not run on its machines.")
    phone.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_every_marker_shows_the_evidence_of_its_own_sentence(phone: Page, live_server: LiveServer) -> None:
    factories.launch()
    phone.goto(live_server.url)
    markers = phone.locator("button.cite")
    assert markers.count() == 18
    for number in range(markers.count()):
        marker = markers.nth(number)
        marker.click()
        panel = phone.locator(f"#{marker.get_attribute('popovertarget')}")
        expect(panel).to_be_visible()
        expect(panel.locator("mark").first).not_to_be_empty()
        phone.keyboard.press("Escape")


def test_it_is_readable_and_shows_evidence_with_scripts_off(
    chromium: Browser, live_server: LiveServer
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_up(page, live_server.url)
    page.get_by_label("Your role").select_option("CTO")
    page.get_by_label("Your industry").select_option("Finance")
    page.get_by_role("button", name="Show me today").click()
    act_as_worker()
    page.goto(f"{live_server.url}/today/")
    page.get_by_role("link", name="OpenAI releases GPT-5").click()
    page.locator(".lead button.cite").first.click()
    expect(page.locator(".evidence:popover-open mark")).to_have_text(re.compile("700 million people"))
    page.get_by_role("link", name="More of the text").click()
    expect(page.locator("mark")).to_have_text(re.compile("700 million people"))
    context.close()

"""A new reader sees what their edition would lead with while they say who they are."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.briefings.test_preview import read_today
from tests.browser.session import sign_in
from users.models import Profile, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def welcomed(page: Page, url: str) -> None:
    cache.clear()
    read_today()
    sign_in(page, User.objects.create_user("new@bank.example"), url)
    page.goto(f"{url}/welcome/")
    expect(page.get_by_text("Choose a role and an industry")).to_be_visible()
    page.get_by_label("Your role").select_option("cto")
    page.get_by_label("Your industry").select_option("finance")


def test_the_preview_follows_what_is_chosen(phone: Page, live_server: LiveServer) -> None:
    welcomed(phone, live_server.url)
    leads = phone.locator(".leads li")
    expect(leads.first).to_be_visible()
    phone.get_by_label("What else do you follow?").press_sequentially("laundry", delay=20)
    expect(leads.filter(has_text="Robots learn to fold <b>laundry</b>")).to_contain_text(
        "Matches your interests"
    )
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_label("What else do you follow?").fill("")
    expect(leads.filter(has_text="laundry")).to_have_count(0)
    phone.get_by_text("robots", exact=True).click()
    expect(leads.filter(has_text="laundry")).to_contain_text("Matches your interests")
    assert not Profile.objects.exists()
    for day in ("Sat", "Sun"):
        phone.get_by_text(day, exact=True).click()
    phone.get_by_role("button", name="Show me today's edition").click()
    phone.wait_for_url(f"{live_server.url}/today/")
    profile = Profile.objects.get()
    assert (profile.interests, profile.days) == ("robots", [1, 2, 3, 4, 5])


def test_with_scripts_off_a_button_shows_it(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    welcomed(page, live_server.url)
    page.get_by_text("robots", exact=True).click()
    page.get_by_text("Sun", exact=True).click()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".leads li").filter(has_text="laundry")).to_contain_text("Matches your interests")
    expect(page.get_by_label("robots")).to_be_checked()
    expect(page.get_by_label("Sun", exact=True)).not_to_be_checked()
    page.get_by_role("button", name="Show me today's edition").click()
    page.wait_for_url(f"{live_server.url}/today/")
    context.close()

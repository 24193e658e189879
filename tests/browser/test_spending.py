"""The page about spending in a real browser: nothing breaks its policy, nothing sticks out of a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.briefings.test_spending import lost, paid
from tests.browser.session import sign_in
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_fits_a_phone_and_names_what_it_draws(live_server: Any, phone: Page) -> None:
    owner = User.objects.create_user("owner@example.com", is_staff=True)
    paid("fact_sheet", "brief:1", 4000)
    paid("brief", "brief:1", 9000, "gpt-5")
    lost(700_000)
    sign_in(phone, owner, live_server.url)
    phone.goto(f"{live_server.url}/spending/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    drawn = phone.get_by_role("img", name="Dollars spent, by model")
    assert drawn.locator("text").all_text_contents() == ["gpt-5", "gpt-5-mini"]
    lengths = drawn.locator("text").evaluate_all("all => all.map(one => one.getComputedTextLength())")
    assert all(length > 20 for length in lengths), "a script that joins words leaves drawings alone"
    assert phone.get_by_role("img").count() == 5
    assert phone.get_by_role("row", name="fact sheet").is_visible()

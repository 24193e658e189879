"""What a reader sees of a correction: strikes, the passage then and now one tap away, a line in the next edition."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from briefings import compose, correct, notices
from briefings.models import Brief, Edition
from ingest.models import Article, Story
from tests.briefings import factories, rows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def corrected(phone: Page, live_server: LiveServer, client: Client) -> Brief:
    """Ada got the launch yesterday; since then the lab has corrected its price, and today's edition tells her."""
    now = timezone.now()
    ada = rows.reader("ada@bank.example", time_zone="UTC")
    brief, lens = factories.launch()
    Story.objects.update(last_at=now)
    rows.ready_edition(ada, (now - timedelta(days=1)).date(), [(brief, lens)])
    lab = Article.objects.order_by("pk")[0]
    rows.edit(lab, "$1.25 per million", "$1.75 per million")
    correct.follow()
    assert correct.verify_again(brief.pk, now)
    compose.write_brief(brief.corrections.get().replacement_id or "")
    notices.put_into(rows.ready_edition(ada, now.date(), [(factories.weights(), None)]), now)
    client.force_login(ada)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    phone.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of theirs
    return brief


def test_a_tap_on_what_is_struck_through_shows_the_passage_then_and_now(
    phone: Page, live_server: LiveServer, corrected: Brief
) -> None:
    phone.goto(f"{live_server.url}/brief/{corrected.pk}/")
    expect(phone.locator("h1 s")).to_have_text(re.compile(r"at \$1\.25 per million input tokens$"))
    note = phone.get_by_role("note")
    expect(note).to_contain_text("OpenAI News changed its article, as we saw on")
    sentence = phone.locator(".sentence", has_text="GPT-5 costs $1.25 per million input tokens and $10")
    assert sentence.locator("s").evaluate("one => getComputedStyle(one).textDecorationLine") == "line-through"
    sentence.get_by_role("button").click()
    shown = phone.locator(".evidence:popover-open")
    expect(shown.locator(".now mark")).to_contain_text("$1.75 per million input tokens")
    expect(shown.locator(".now")).to_be_in_viewport(ratio=0.6)
    expect(shown.locator("figure:not(.now) mark").first).to_contain_text("$1.25 per million input tokens")
    phone.keyboard.press("Escape")
    standing = phone.locator(".sentence", has_text="Nobody outside the company has repeated")
    expect(standing.locator("s")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    note.get_by_role("link", name="Read the story as it stands now").click()
    expect(phone.locator("main")).to_contain_text("$1.75 per million")
    expect(phone.locator("main s")).to_have_count(0)


def test_the_next_edition_leads_to_it(phone: Page, live_server: LiveServer, corrected: Brief) -> None:
    phone.goto(f"{live_server.url}/today/")
    told = phone.get_by_role("region", name="Corrections to what you read")
    expect(told).to_contain_text("OpenAI News changed its article. The headline no longer stands")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    told.get_by_role("link", name="OpenAI releases GPT-5").click()
    expect(phone.locator("h1 s")).to_be_visible()
    assert Edition.objects.count() == 2

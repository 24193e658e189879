"""A reader asks about a brief in a real browser: live with scripts, as plain forms without."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from briefings.converse import answer, ask
from briefings.converse.ground import ground_of
from briefings.models import Brief, Turn
from ingest import work
from tests.briefings import factories, rows
from tests.processes import wait_for
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUESTION = "What does GPT-5 cost?"


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example")


@pytest.fixture
def brief(ada: User) -> Brief:
    return factories.edition_of_two(ada).items.get(rank=1).brief


def sign_in(page: Page, user: User, url: str) -> None:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def worker() -> Turn:
    """What a worker does first with a question that has come."""
    turn = wait_for(lambda: Turn.objects.filter(due_at__isnull=False).first(), 10, "the question")
    claimed = work.claim(Turn, turn.pk, answer.LEASE)
    assert claimed is not None
    return claimed


def test_the_answer_comes_sentence_by_sentence(
    phone: Page, live_server: LiveServer, ada: User, brief: Brief
) -> None:
    sign_in(phone, ada, live_server.url)
    phone.goto(f"{live_server.url}/brief/{brief.pk}/")
    field = phone.get_by_label("Your question")
    field.fill(QUESTION)
    field.press("Enter")
    expect(phone.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(phone.get_by_text("Looking in the sources")).to_be_visible()
    expect(field).to_have_value("")
    assert phone.url.endswith(f"/brief/{brief.pk}/"), "the page stays"
    turn = worker()
    desk = answer._Answering(turn, ground_of(brief))
    sentences = desk.found().sentences
    said = phone.locator("#turn-1 .sentence")
    for place, sentence in enumerate(sentences):
        assert answer._release(turn, place, sentence, desk)
        expect(said).to_have_count(place + 1, timeout=5_000)
        expect(phone.get_by_text("Looking in the sources")).to_be_visible()
    Turn.objects.update(lease_until=None, attempt=0)
    answer.answer(turn.pk)
    expect(phone.get_by_text("Looking in the sources")).to_have_count(0, timeout=5_000)
    expect(phone.locator("#talk-status")).to_have_text(re.compile(r"Answered in \d sentence"))
    said.first.get_by_role("button").click()
    expect(phone.locator(".evidence:popover-open mark").first).to_contain_text("$1.25")
    expect(phone.locator(".evidence:popover-open")).to_contain_text("The answer says")
    phone.keyboard.press("Escape")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    quiet = len(phone.evaluate("performance.getEntriesByType('resource').map(one => one.name)"))
    phone.wait_for_timeout(1500)
    assert len(phone.evaluate("performance.getEntriesByType('resource').map(one => one.name)")) == quiet, (
        "what is answered is not asked for again"
    )


def test_it_is_stopped_and_asked_again(phone: Page, live_server: LiveServer, ada: User, brief: Brief) -> None:
    sign_in(phone, ada, live_server.url)
    phone.goto(f"{live_server.url}/brief/{brief.pk}/")
    phone.get_by_label("Your question").fill(QUESTION)
    phone.get_by_role("button", name="Ask").click()
    phone.get_by_role("button", name="Stop").click()
    expect(phone.get_by_text("Stopped.")).to_be_visible()
    phone.get_by_role("button", name="Try again").click()
    expect(phone.get_by_text("Looking in the sources")).to_be_visible()
    answer.answer(Turn.objects.get().pk)
    expect(phone.locator("#turn-1 .sentence").first).to_be_visible(timeout=5_000)
    phone.get_by_role("button", name="Forget this conversation").click()
    expect(phone.locator(".turn")).to_have_count(0)
    expect(phone.get_by_text("The answer comes from this story’s sources only")).to_be_visible()


def test_what_is_forgotten_in_another_tab_goes_from_this_one(
    phone: Page, live_server: LiveServer, ada: User, brief: Brief
) -> None:
    sign_in(phone, ada, live_server.url)
    phone.goto(f"{live_server.url}/brief/{brief.pk}/")
    phone.get_by_label("Your question").fill(QUESTION)
    phone.get_by_role("button", name="Ask").click()
    expect(phone.locator("#turn-1")).to_be_visible()
    ask.forget(ada, brief.pk)
    expect(phone.locator("#turn-1")).to_have_count(0, timeout=5_000)
    asked = "performance.getEntriesByType('resource').length"
    quiet = phone.evaluate(asked)
    phone.wait_for_timeout(1500)
    assert phone.evaluate(asked) == quiet, "what is gone is not asked for again"


def test_a_chip_asks_its_question(phone: Page, live_server: LiveServer, ada: User, brief: Brief) -> None:
    sign_in(phone, ada, live_server.url)
    phone.goto(f"{live_server.url}/brief/{brief.pk}/")
    chip = phone.locator(".chip").first
    words = chip.inner_text()
    chip.click()
    expect(phone.get_by_role("heading", name=words)).to_be_visible()
    expect(phone.locator(".chip", has_text=words)).to_have_count(0)


def test_it_works_with_scripts_off(
    chromium: Browser, live_server: LiveServer, ada: User, brief: Brief
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    page.goto(f"{live_server.url}/brief/{brief.pk}/")
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()
    assert page.url.endswith("#conversation")
    expect(page.get_by_text("Looking in the sources")).to_be_visible()
    answer.answer(Turn.objects.get().pk)
    said = page.locator("#turn-1 .sentence")
    expect(said.first).to_be_visible(timeout=10_000)  # the page looks again by itself
    said.first.get_by_role("button").click()
    expect(page.locator(".evidence:popover-open mark").first).to_contain_text("$1.25")
    page.get_by_role("link", name="More of the text").first.click()
    expect(page.locator("mark")).to_contain_text("$1.25")
    context.close()


def test_it_says_when_a_question_did_not_get_through(
    chromium: Browser, live_server: LiveServer, ada: User, brief: Brief
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    page.goto(f"{live_server.url}/brief/{brief.pk}/")
    context.set_offline(True)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("That did not get through")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    context.set_offline(False)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Looking in the sources")).to_be_visible()
    context.close()


def test_who_has_been_signed_out_is_led_to_sign_in(
    chromium: Browser, live_server: LiveServer, ada: User, brief: Brief
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    page.goto(f"{live_server.url}/brief/{brief.pk}/")
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()
    expect(page).to_have_url(re.compile("/accounts/login"), timeout=10_000)
    context.close()

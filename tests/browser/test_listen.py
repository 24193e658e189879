"""A brief is read aloud by the browser's own voice, and printed on white paper, in a real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.briefings import factories, rows
from tests.browser.session import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A headless browser has no voices: this one keeps what it is to say and speaks when it is told to.
VOICE = """
const heard = [];
window.heard = heard;
const queue = [];
const voice = {
  speak: (one) => { heard.push(one.text); queue.push(one); },
  cancel: () => { for (const one of queue.splice(0)) one.dispatchEvent(new Event("end")); },
};
window.spoken = () => queue.shift()?.dispatchEvent(new Event("end"));
window.fails = () => queue.shift()?.dispatchEvent(new Event("error"));
Object.defineProperty(window, "speechSynthesis", { value: voice });
"""


def brief_page(page: Page, live_server: LiveServer) -> None:
    ada = rows.reader("ada@bank.example")
    brief = factories.edition_of_two(ada).items.get(rank=1).brief_id
    sign_in(page, ada, live_server.url)
    page.goto(f"{live_server.url}/brief/{brief}/")


def heard(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.heard")
    return found


def test_it_reads_sentence_by_sentence_and_marks_the_one_it_reads(
    phone: Page, live_server: LiveServer
) -> None:
    phone.add_init_script(VOICE)
    brief_page(phone, live_server)
    phone.get_by_role("button", name="Listen").click()
    expect(phone.locator(".spoken")).to_have_count(1)
    assert heard(phone) == ["OpenAI releases GPT-5 to every ChatGPT user at $1.25 per million input tokens"]
    for _ in range(2):
        phone.evaluate("spoken()")
    assert heard(phone)[-1] == "OpenAI gave GPT-5 to everyone who uses ChatGPT, free accounts included."
    expect(phone.locator("li.spoken")).to_contain_text("free accounts included")
    assert "OpenAI News" not in " ".join(heard(phone)), "markers are not read"


def test_it_pauses_goes_on_and_stops(phone: Page, live_server: LiveServer) -> None:
    phone.add_init_script(VOICE)
    brief_page(phone, live_server)
    start = phone.locator("[data-listen=start]")
    start.click()
    phone.evaluate("spoken()")
    expect(start).to_have_text("Pause")
    start.click()
    expect(start).to_have_text("Go on")
    count = len(heard(phone))
    phone.evaluate("spoken()")
    assert len(heard(phone)) == count, "what was broken off says nothing more"
    start.click()
    assert heard(phone)[-1] == heard(phone)[-2], "the sentence begins anew"
    phone.get_by_role("button", name="Stop").click()
    expect(phone.locator(".spoken")).to_have_count(0)
    expect(start).to_have_text("Listen")
    expect(start).to_be_focused()
    expect(phone.get_by_role("button", name="Stop")).to_be_hidden()


def test_it_reads_the_brief_to_its_end_and_nothing_below(phone: Page, live_server: LiveServer) -> None:
    phone.add_init_script(VOICE)
    brief_page(phone, live_server)
    phone.get_by_role("button", name="Listen").click()
    for _ in range(80):
        phone.evaluate("spoken()")
    expect(phone.get_by_text("That was all.")).to_be_visible()
    told = heard(phone)
    assert told[-1].startswith("GPT-5 reaches everyone at half of GPT-4o's price")
    assert len(told) == len(set(told)), "nothing is read twice"
    assert "How good is GPT-5 at programming?" in told
    assert not any("Ask about this story" in one or one == "Sources" for one in told)


def test_it_says_when_there_is_no_voice(phone: Page, live_server: LiveServer) -> None:
    phone.add_init_script(VOICE)
    brief_page(phone, live_server)
    phone.get_by_role("button", name="Listen").click()
    phone.evaluate("fails()")
    expect(phone.get_by_text("This browser has no voice to read with.")).to_be_visible()
    expect(phone.locator(".spoken")).to_have_count(0)


def test_it_is_not_offered_where_it_cannot_work(phone: Page, live_server: LiveServer) -> None:
    phone.add_init_script('Object.defineProperty(window, "speechSynthesis", { value: undefined });')
    brief_page(phone, live_server)
    expect(phone.locator("#listen")).to_be_hidden()


def test_it_is_not_offered_without_scripts(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    brief_page(page, live_server)
    expect(page.locator("#listen")).to_be_hidden()
    context.close()


def test_a_brief_is_printed_dark_on_white_without_what_is_only_for_screens(
    chromium: Browser, live_server: LiveServer
) -> None:
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    brief_page(page, live_server)
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate(
        "(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    for gone in ("header.top", ".crumb", "#listen", "#conversation", "#share", ".switch"):
        expect(page.locator(gone).first).to_be_hidden()
    for kept in ("h1", ".takeaways", ".lens", ".sources", ".ledger"):
        expect(page.locator(kept).first).to_be_visible()
    shown = page.locator(".sources a").first.evaluate("one => getComputedStyle(one, '::after').content")
    assert shown.startswith('"https://')
    context.close()


def test_marking_moves_nothing_smoothly_where_motion_is_reduced(
    chromium: Browser, live_server: LiveServer
) -> None:
    context = chromium.new_context(reduced_motion="reduce", viewport={"width": 390, "height": 500})
    page = context.new_page()
    page.add_init_script(VOICE + "Element.prototype.scrollIntoView = function (how) { window.how = how; };")
    brief_page(page, live_server)
    page.get_by_role("button", name="Listen").click()
    assert page.evaluate("window.how.behavior") == "auto"
    context.close()

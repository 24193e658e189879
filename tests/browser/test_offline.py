"""What a real Chromium keeps for reading without a network, and for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from pytest_django.live_server_helper import LiveServer

from briefings.models import Edition
from tests.briefings import factories, rows
from tests.browser.session import sign_in
from tests.processes import wait_for
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LEAD = "OpenAI releases GPT-5 to every ChatGPT user"
OFFLINE = re.compile(r"You are offline: this is the copy of \d\d:\d\d, \w+day \d+ \w+")
KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("pages-"));
  const each = names.map(async (name) => (await caches.open(name)).keys());
  return (await Promise.all(each)).flat().map((one) => new URL(one.url).pathname).sort();
}"""


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    yield context
    context.close()


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example")


@pytest.fixture
def edition(ada: User) -> Edition:
    return factories.edition_of_two(ada, timezone.now().date())


@pytest.fixture
def reading(context: BrowserContext, live_server: LiveServer, ada: User, edition: Edition) -> Page:
    """Ada has opened today's edition, and her browser has kept it."""
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    page.goto(f"{live_server.url}/today/")
    wait_for(lambda: len(kept(page)) == 4, 15, "the edition, by both its addresses, and its two briefs")
    return page


def kept(page: Page) -> list[str]:
    """The addresses of the pages that the browser has kept."""
    return list(page.evaluate(KEPT))


def test_todays_edition_and_its_briefs_open_offline(
    context: BrowserContext, live_server: LiveServer, reading: Page
) -> None:
    expect(reading.get_by_text(OFFLINE)).to_be_hidden()
    context.set_offline(True)
    reading.goto(live_server.url)
    assert reading.url.endswith("/today/")
    expect(reading.get_by_text(OFFLINE)).to_be_visible()
    reading.get_by_role("link", name=LEAD).click()
    expect(reading.get_by_role("heading", name="What does GPT-5 cost developers?")).to_be_visible()
    expect(reading.get_by_text(OFFLINE)).to_be_visible()
    reading.locator(".lead button.cite").first.click()
    expect(reading.locator(".evidence:popover-open mark")).to_have_text(re.compile("700 million people"))
    reading.keyboard.press("Escape")
    style = reading.evaluate("getComputedStyle(document.querySelector('.brief h1')).fontFamily")
    assert style.startswith("Newsreader"), "the style sheet is there too"
    assert reading.evaluate("document.fonts.check('1rem Newsreader')")
    reading.locator(".crumb a").click()
    expect(reading.get_by_role("link", name="OpenAI publishes two open-weight models")).to_be_visible()
    context.set_offline(False)
    reading.goto(f"{live_server.url}/today/")
    expect(reading.get_by_text(OFFLINE)).to_be_hidden()


def test_what_is_not_kept_says_so(context: BrowserContext, live_server: LiveServer, reading: Page) -> None:
    context.set_offline(True)
    reading.goto(f"{live_server.url}/settings/")
    expect(reading.get_by_role("heading", name="You are offline")).to_be_visible()
    reading.get_by_role("link", name="To today’s edition").click()
    expect(reading.get_by_role("link", name=LEAD)).to_be_visible()


def test_only_reading_pages_are_kept(live_server: LiveServer, reading: Page, ada: User) -> None:
    before = kept(reading)
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    for path in (
        "/settings/",
        "/archive/",
        "/sources/",
        "/spending/",
        "/status/",
        "/admin/",
        "/admin/users/user/",
    ):
        reading.goto(live_server.url + path)
    reading.goto(f"{live_server.url}/brief/nowhere/")
    reading.goto(f"{live_server.url}{next(path for path in before if path.startswith('/brief/'))}")
    reading.get_by_role("button", name="Save", exact=True).click()
    expect(reading.get_by_text("✓ Saved")).to_be_visible()
    assert kept(reading) == before


def test_a_page_that_is_not_kept_is_asked_for_once(
    context: BrowserContext, live_server: LiveServer, ada: User
) -> None:
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{live_server.url}/settings/passkeys/add/")
    page.evaluate("navigator.serviceWorker.ready")
    page.goto(f"{live_server.url}/settings/")
    assert "/offline/" in asked, "what the worker asks for is seen here"
    assert asked.count("/settings/passkeys/add/") == 1


def test_signing_out_leaves_nothing(context: BrowserContext, live_server: LiveServer, reading: Page) -> None:
    reading.goto(f"{live_server.url}/settings/")
    reading.get_by_role("button", name="Sign out").click()
    expect(reading).to_have_url(f"{live_server.url}/")
    assert kept(reading) == []
    context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        reading.goto(f"{live_server.url}/today/")


def test_signing_out_without_a_network_leaves_nothing_either(
    context: BrowserContext, live_server: LiveServer, reading: Page
) -> None:
    reading.goto(f"{live_server.url}/settings/")
    context.set_offline(True)
    reading.get_by_role("button", name="Sign out").click(no_wait_after=True)
    reading.wait_for_timeout(500)  # the browser shows that it got no answer
    reading.goto(f"{live_server.url}/today/")
    expect(reading.get_by_role("heading", name="You are offline")).to_be_visible()


def test_deleting_the_account_leaves_nothing(live_server: LiveServer, reading: Page, ada: User) -> None:
    reading.goto(f"{live_server.url}/settings/delete/")
    reading.get_by_label("Your address, to be sure").fill(ada.email)
    reading.get_by_role("button", name="Delete everything").click()
    expect(reading.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    assert kept(reading) == []


def test_another_language_leaves_no_copy_in_the_old_one_and_keeps_the_worker(
    live_server: LiveServer, reading: Page
) -> None:
    before = reading.evaluate("async () => (await navigator.serviceWorker.ready).active.scriptURL")
    reading.goto(f"{live_server.url}/settings/")
    reading.locator("[name=language]").select_option("de")
    reading.locator("form:has([name=language]) button").first.click()
    expect(reading.locator("html")).to_have_attribute("lang", "de")
    wait_for(lambda: kept(reading) == [], 10, "the old ones to go")
    registered = "async () => (await navigator.serviceWorker.getRegistration())?.active.scriptURL"
    assert reading.evaluate(registered) == before


def test_the_next_reader_of_the_browser_sees_nothing_of_the_first(
    context: BrowserContext, live_server: LiveServer, reading: Page
) -> None:
    """Not even where the first one never signed out: their session ended elsewhere."""
    theirs = kept(reading)
    ben = rows.reader("ben@fund.example", "investor")
    rows.ready_edition(ben, timezone.now().date(), [])
    context.clear_cookies()
    sign_in(reading, ben, live_server.url)
    reading.goto(f"{live_server.url}/today/")
    expect(reading.get_by_text("A quiet day")).to_be_visible()
    wait_for(lambda: len(kept(reading)) == 2, 10, "Ben's own pages alone")
    context.set_offline(True)
    for path in theirs:
        reading.goto(live_server.url + path)
        expect(reading.locator("h1")).to_be_visible()
        assert LEAD not in reading.content(), path


def test_a_visitor_after_a_lost_session_sees_nothing(
    context: BrowserContext, live_server: LiveServer, reading: Page
) -> None:
    context.clear_cookies()
    reading.goto(f"{live_server.url}/settings/")
    expect(reading.get_by_role("heading", name="Sign in or sign up")).to_be_visible()
    wait_for(lambda: kept(reading) == [], 10, "nothing")
    context.set_offline(True)
    reading.goto(f"{live_server.url}/today/")
    expect(reading.get_by_role("heading", name="You are offline")).to_be_visible()


def test_an_earlier_versions_files_are_thrown_away(live_server: LiveServer, reading: Page) -> None:
    reading.evaluate("caches.open('files-0000').then((old) => old.add('/offline/'))")
    reading.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.unregister())")
    reading.goto(f"{live_server.url}/today/")
    names = "caches.keys().then((all) => all.filter((name) => name.startsWith('files-')))"
    wait_for(lambda: len(reading.evaluate(names)) == 1, 10, "the old files to go")
    wait_for(lambda: len(kept(reading)) == 4, 10, "today's pages, kept anew")


def test_the_browser_finds_nothing_wrong_with_the_app(live_server: LiveServer, reading: Page) -> None:
    session = reading.context.new_cdp_session(reading)
    assert session.send("Page.getAppManifest")["errors"] == []
    problems = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in problems if one["errorId"] != "in-incognito"] == []


def test_a_visitor_gets_no_worker(context: BrowserContext, live_server: LiveServer) -> None:
    page = context.new_page()
    page.goto(live_server.url)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0

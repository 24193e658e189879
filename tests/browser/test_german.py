"""A reader who is spoken to in German: no sentence of ours is left in English, it fits a phone, axe finds nothing."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from briefings.models import EditionItem
from config import translations
from tests.briefings import rows
from tests.browser.session import sign_in
from tests.browser.test_accessible import RULES, strangers_pages, whose
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ENGLISH_PAGES = {"/api/v1/docs"}
GIVEN = re.compile(r"%\(\w+\)s|{\w*}")
# What a page says in the language that it stands in, with what only a screen reader hears and what scripts may say.
OURS = """() => {
  const said = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    if (!at.closest("[lang=en], script, style, textarea, option")) said.push(walker.currentNode.data);
  }
  for (const one of document.body.querySelectorAll("*")) {
    if (one.closest("[lang=en]")) continue;
    for (const { name, value } of one.attributes) {
      if (name.startsWith("data-") || ["title", "aria-label", "placeholder"].includes(name)) said.push(value);
    }
  }
  return said.map((one) => one.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


@pytest.fixture(autouse=True)
def _here(live_server: LiveServer, settings: Settings, tmp_path: Path) -> None:
    settings.NUTGRAF_URL = live_server.url
    settings.MAILBOX, settings.MAILBOX_SHOWN = tmp_path, True
    settings.NUTGRAF_PUSH_KEY = secrets.token_urlsafe(32)


def english() -> list[re.Pattern[str]]:
    """Each text of ours that German says otherwise, as it would stand on a page; one word alone may be a name."""
    found = []
    for one in translations.read("de"):
        forms = one.id if isinstance(one.id, tuple) else (one.id,)
        for form, said in zip(forms, one.string if one.pluralizable else (one.string,), strict=True):
            if form and form != said:
                pieces = [form] if "<" not in form else re.split(r"<[^>]+>", form)
                found += [_pattern(piece) for piece in pieces if len(GIVEN.sub("", piece).split()) > 1]
    return found


def _pattern(text: str) -> re.Pattern[str]:
    pieces = GIVEN.split(text.strip())
    return re.compile(r"^" + r".+?".join(map(re.escape, pieces)) + r"$")


@pytest.mark.parametrize("who", ["ada", "ben, who has little", "a stranger", "new"])
def test_no_sentence_of_ours_is_left_in_english(chromium: Browser, live_server: LiveServer, who: str) -> None:
    user, paths = whose(who, live_server.url)
    EditionItem.objects.update(why=["Nah an Ihrer Arbeit (CTO)"])  # made before the reader chose German
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="de-DE")
    page = context.new_page()
    if user:
        User.objects.filter(pk=user.pk).update(language="de")
        sign_in(page, user, live_server.url)
    texts, left, wide, wrong = english(), [], [], []
    for path in paths:
        if path in ENGLISH_PAGES:
            continue
        page.goto(live_server.url + path)
        assert page.locator("html").get_attribute("lang") == "de", path
        said = page.evaluate(OURS)
        left += [(path, one) for one in said if any(text.match(one) for text in texts)]
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path)
        result = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        wrong += [(path, one["id"], one["nodes"][0]["html"]) for one in result.response["violations"]]
        keep(page, who, path)
    context.close()
    assert (left, wide, wrong) == ([], [], [])


def keep(page: Page, who: str, path: str) -> None:
    """A picture to look at (test-artefacts/german)."""
    name = re.sub(r"[0-9a-f]{16}", "brief", path.strip("/")).replace("/", "-").replace("?", "-") or "landing"
    folder = Path(__file__).resolve().parents[2] / "test-artefacts" / "german"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{who[:3]}-{name[:60]}.png", full_page=True)


def test_what_a_script_says_of_notifications_is_german(chromium: Browser, live_server: LiveServer) -> None:
    ada = rows.reader("ada@bank.example")
    User.objects.filter(pk=ada.pk).update(language="de")
    context = chromium.new_context()
    context.grant_permissions(["notifications"], origin=live_server.url)
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    path = f"{live_server.url}/settings/notifications/"
    page.goto(path)
    page.get_by_role("button", name="In diesem Browser einschalten").click()
    expect(page.get_by_role("alert")).to_contain_text("hat seinen Push-Dienst nicht erreicht")
    expect(page.get_by_role("button", name="In diesem Browser einschalten")).to_be_enabled()
    page.add_init_script("delete window.PushManager;")
    page.goto(path)
    expect(page.get_by_text("kennt keine Push-Benachrichtigungen")).to_be_visible()
    context.close()


def test_a_stranger_is_asked_for_in_their_language_and_can_choose_another(
    chromium: Browser, live_server: LiveServer
) -> None:
    strangers_pages()
    context = chromium.new_context(locale="de-AT", java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url)
    expect(page.get_by_role("button", name="Jetzt lesen")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Start reading")).to_be_visible()
    page.goto(f"{live_server.url}/accounts/login/code/")
    expect(page.get_by_role("heading", name="Sign in or sign up")).to_be_visible()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Anmelden oder registrieren")).to_be_visible()
    context.close()

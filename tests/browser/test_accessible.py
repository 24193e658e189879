"""axe finds nothing on any page, in light and dark, on a phone and on a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from briefings import feed, saved, share
from briefings.converse import answer, ask
from ingest.models import Source
from tests.briefings import factories, rows
from tests.browser.session import sign_in
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(autouse=True)
def _here(live_server: LiveServer, settings: Settings, tmp_path: Path) -> None:
    settings.NUTGRAF_URL = live_server.url
    settings.MAILBOX, settings.MAILBOX_SHOWN = tmp_path, True


def adas_pages(ada: User, url: str) -> list[str]:
    """Every page that a reader has, with something on it and with nothing."""
    empty = ["/shares/", "/feed/", "/saved/"]
    edition = factories.edition_of_two(ada)
    lead, short = (item.brief_id for item in edition.items.all())
    rows.ready_edition(ada, factories.MORNING.replace(day=8), [])
    if ada.email.startswith("ben"):
        return [
            *empty,
            "/sources/",
            "/search/",
            "/search/?q=quantum+gravity",
            f"/brief/{short}/",
            "/edition/2025-08-08/",
        ]
    share.make(ada, lead)
    talk(ada, lead)
    saved.save(ada, lead)
    feed.renew(ada)
    Source.objects.create(url="https://letter.example/feed", title="The Letter", owner=ada)
    public = share.mine(ada)[0].url.removeprefix(url)
    own = [
        "/today/",
        "/archive/",
        "/search/?q=gpt-oss",
        "/sources/",
        "/filtered/",
        "/settings/",
        "/settings/delete/",
        "/left/",
        "/edition/2025-08-07/",
    ]
    return [
        *empty,
        *own,
        f"/brief/{lead}/",
        f"/brief/{lead}/evidence/1/",
        f"/brief/{lead}/evidence/t1-1/",
        public,
        "/nowhere/",
    ]


def talk(ada: User, brief: str) -> None:
    """A conversation with an answer, a question the sources do not answer, one stopped, and one under way."""
    for number, question in enumerate(
        ("What does GPT-5 cost?", "Is there life on Mars?", "Why?", "And now?"), 1
    ):
        turn = ask.ask(ada, brief, question)
        assert turn is not None
        if number < 3:
            answer.answer(turn.pk)
        elif number == 3:
            ask.stop(ada, brief, number)


def strangers_pages() -> list[str]:
    factories.launch()
    return ["/", "/accounts/login/code/", "/unsubscribe/nobody/", "/offline/"]


@pytest.mark.parametrize("who", ["ada", "ben, who has little", "a stranger"])
def test_axe_finds_nothing(chromium: Browser, live_server: LiveServer, who: str) -> None:
    user = None if who == "a stranger" else rows.reader(f"{who[:3]}@bank.example")
    paths = adas_pages(user, live_server.url) if user else strangers_pages()
    found = []
    for width, scheme in ((390, "dark"), (1280, "light")):
        context = chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        if user:
            sign_in(page, user, live_server.url)
        for path in paths:
            page.goto(live_server.url + path)
            result = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
            found += [
                (path, width, scheme, one["id"], one["nodes"][0]["html"])
                for one in result.response["violations"]
            ]
        context.close()
    assert found == []

"""What a reading page weighs and how it comes up: small, at once, without moving, and from here alone."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, CDPSession, Page
from pytest_django.live_server_helper import LiveServer

from briefings import share
from tests.briefings import factories, rows
from tests.browser.session import sign_in
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIMIT = 60_000  # bytes over the wire of page, style sheet and scripts
STILL = 0.02  # of the layout-shift score
SHIFTS = """() => new Promise((done) => {
  let moved = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) moved += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  document.fonts.ready.then(() => setTimeout(() => done(moved), 300));
})"""


class Wire:
    """What came over the network, by kind: bytes as they were sent."""

    def __init__(self, session: CDPSession) -> None:
        self.kinds: dict[str, str] = {}
        self.bytes: dict[str, float] = {}
        session.send("Network.enable")
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event: dict[str, object]) -> None:
        self.kinds[str(event["requestId"])] = str(event["type"])

    def _finished(self, event: dict[str, object]) -> None:
        kind = self.kinds.get(str(event["requestId"]), "Other")
        self.bytes[kind] = self.bytes.get(kind, 0) + float(str(event["encodedDataLength"]))


@pytest.fixture
def paths(live_server: LiveServer) -> tuple[User, list[str]]:
    ada = rows.reader("ada@bank.example")
    edition = factories.edition_of_two(ada, timezone.now().date())
    brief = edition.items.get(rank=1).brief
    for section in brief.body["sections"]:  # as long as a brief gets: 900 words
        section["answer"] = section["answer"] * 4
    brief.save()
    share.make(ada, brief.pk)
    public = "/s/" + share.mine(ada)[0].url.partition("/s/")[2]
    return ada, ["/today/", f"/brief/{brief.pk}/", f"/brief/{brief.pk}/evidence/1/", public, "/archive/"]


@pytest.mark.parametrize("width", [360, 1440])
def test_reading_pages_are_light_and_stand_still(
    chromium: Browser, live_server: LiveServer, paths: tuple[User, list[str]], width: int
) -> None:
    ada, reading = paths
    for path in reading:
        context = chromium.new_context(viewport={"width": width, "height": 800}, service_workers="block")
        page = context.new_page()
        wire = Wire(context.new_cdp_session(page))
        sign_in(page, ada, live_server.url)
        page.goto(live_server.url + path)
        moved = page.evaluate(SHIFTS)
        weight = wire.bytes["Document"] + sum(map(_sent, _files(page)))
        assert weight < LIMIT, path
        assert moved <= STILL, path
        assert _blocking(page) == [], path
        assert _elsewhere(page, live_server.url) == [], path
        context.close()


def _files(page: Page) -> list[str]:
    """The style sheet and the scripts."""
    found = "[...document.querySelectorAll('script, link[rel=stylesheet]')].map((one) => one.src || one.href)"
    return [urlsplit(one).path for one in page.evaluate(found)]


def _sent(path: str) -> int:
    """Bytes of the file as the web process sends it; the test's own server compresses no files."""
    answer = Client(headers={"accept-encoding": "gzip"}).get(path)
    assert answer.headers["Content-Encoding"] == "gzip"
    return len(b"".join(answer.streaming_content))  # type: ignore[attr-defined]


def _blocking(page: Page) -> list[str]:
    """Scripts that the page waits for before it shows anything."""
    entries = "performance.getEntriesByType('resource').filter((one) => one.initiatorType === 'script')"
    return list(
        page.evaluate(
            f"{entries}.filter((one) => one.renderBlockingStatus === 'blocking').map((one) => one.name)"
        )
    )


def _elsewhere(page: Page, home: str) -> list[str]:
    names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    return [one for one in names if not one.startswith(home)]

"""Pushes in a real Chromium: turned on only by a press, shown by the worker, opened where they belong.

There is no push service of its maker here, so what a browser gets from one is put in its place: pushes are delivered
to the worker by the browser's own debugging door, and where subscribing itself is to succeed, `subscribe` is answered
as a browser answers it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from briefings.models import PushSubscription
from briefings.push import notice
from tests.briefings import factories, rows
from tests.briefings.pushed import pushes
from tests.browser.session import sign_in
from tests.fakes.push_service import PushService
from tests.processes import wait_for
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["pushes"]
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map(({title, body, tag, lang, data}) => ({title, body, tag, lang, path: data.path}))"""
PRESS = "Turn on in this browser"
# What a browser answers whose push service could be reached.
ANSWERED = """({endpoint, keys}) => {
  const held = { endpoint, options: {}, toJSON: () => ({ endpoint, expirationTime: null, keys }),
                 unsubscribe: async () => { window.unsubscribed = true; window.held = null; return true; } };
  PushManager.prototype.getSubscription = async () => window.held ?? null;
  PushManager.prototype.subscribe = async (asked) => { window.asked = asked; return (window.held = held); };
}"""


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example")


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, ada: User, pushes: PushService) -> Page:
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    return page


def settings_of(page: Page, live_server: LiveServer) -> Page:
    page.goto(f"{live_server.url}/settings/notifications/")
    return page


def test_where_the_push_service_cannot_be_reached_it_says_so(
    page: Page, context: BrowserContext, live_server: LiveServer
) -> None:
    context.grant_permissions(["notifications"], origin=live_server.url)
    settings_of(page, live_server)
    page.get_by_role("button", name=PRESS).click()
    expect(page.get_by_role("alert")).to_contain_text("could not reach its push service")
    expect(page.get_by_role("button", name=PRESS)).to_be_enabled()
    assert not PushSubscription.objects.exists()


def test_permission_is_asked_by_a_press_alone_and_a_refusal_is_told(
    page: Page, live_server: LiveServer
) -> None:
    page.add_init_script(
        """window.asks = 0; const real = Notification.requestPermission;
           Object.defineProperty(Notification, "permission", {get: () => window.asks ? "denied" : "default"});
           Notification.requestPermission = async () => { window.asks += 1; return "denied"; };"""
    )
    settings_of(page, live_server)
    expect(page.get_by_role("button", name=PRESS)).to_be_visible()
    assert page.evaluate("window.asks") == 0
    page.get_by_role("button", name=PRESS).click()
    expect(page.get_by_text("blocked in this browser")).to_be_visible()
    expect(page.get_by_role("button", name=PRESS)).to_be_hidden()
    assert page.evaluate("window.asks") == 1


def test_a_browser_without_push_says_so(page: Page, live_server: LiveServer) -> None:
    page.add_init_script("delete window.PushManager;")
    settings_of(page, live_server)
    expect(page.get_by_text("does not know push notifications")).to_be_visible()
    expect(page.get_by_role("button", name=PRESS)).to_be_hidden()


def test_without_scripts_it_says_what_is_needed_and_devices_can_be_turned_off(
    chromium: Browser, live_server: LiveServer, ada: User, pushes: PushService
) -> None:
    from tests.briefings.pushed import turned_on

    turned_on(ada, pushes.phone(), "Firefox on Android")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, ada, live_server.url)
    settings_of(page, live_server)
    expect(page.get_by_text("a browser has to run scripts")).to_be_visible()
    expect(page.get_by_role("button", name=PRESS)).to_be_hidden()
    page.get_by_role("button", name="Turn off: Firefox on Android").click()
    expect(page.get_by_text("Nowhere yet.")).to_be_visible()
    context.close()
    assert not PushSubscription.objects.exists()


def test_it_is_turned_on_tested_and_turned_off(
    page: Page, context: BrowserContext, live_server: LiveServer, pushes: PushService
) -> None:
    phone = pushes.phone()
    context.grant_permissions(["notifications"], origin=live_server.url)
    answered = json.dumps({"endpoint": phone.endpoint, "keys": phone.keys})
    page.add_init_script(f"({ANSWERED})({answered})")
    settings_of(page, live_server)
    page.get_by_role("button", name=PRESS).click()
    expect(page.get_by_text("Notifications are on in this browser")).to_be_visible()
    (one,) = PushSubscription.objects.all()
    assert (one.endpoint, one.session is not None) == (phone.endpoint, True)
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("A test is on its way")).to_be_visible()
    assert phone.told[0]["title"] == "A test from Nutgraf"
    expect(
        page.get_by_text("This browser has lost it meanwhile")
    ).to_be_visible()  # the answer was of another page
    page.get_by_role("button", name="Turn off in this browser").click()
    expect(page.get_by_text("Nowhere yet.")).to_be_visible()
    assert not PushSubscription.objects.exists()


def test_what_the_server_refuses_leaves_nothing_in_the_browser(
    page: Page, context: BrowserContext, live_server: LiveServer, pushes: PushService
) -> None:
    context.grant_permissions(["notifications"], origin=live_server.url)
    answered = json.dumps({"endpoint": "https://10.0.0.8/1", "keys": pushes.phone().keys})
    page.add_init_script(f"({ANSWERED})({answered})")
    settings_of(page, live_server)
    page.get_by_role("button", name=PRESS).click()
    expect(page.get_by_role("alert")).to_contain_text("private or reserved network")
    assert page.evaluate("window.unsubscribed")
    assert not PushSubscription.objects.exists()


@pytest.fixture
def worker(page: Page, context: BrowserContext, live_server: LiveServer) -> Worker:
    context.grant_permissions(["notifications"], origin=live_server.url)
    page.goto(f"{live_server.url}/settings/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return Worker(page, context.new_cdp_session(page), live_server.url)


class Worker:
    """The service worker of a page, by the browser's debugging door."""

    def __init__(self, page: Page, session: CDPSession, origin: str) -> None:
        self.page, self.session, self.origin = page, session, origin
        self.registered: list[Any] = []
        self.ended: list[str] = []  # how the worker's work on each push ended
        session.on("ServiceWorker.workerRegistrationUpdated", self._seen)
        session.send("ServiceWorker.enable")
        session.on("BackgroundService.backgroundServiceEventReceived", self._recorded)
        session.send("BackgroundService.startObserving", {"service": "pushMessaging"})
        session.send("BackgroundService.setRecording", {"shouldRecord": True, "service": "pushMessaging"})
        wait_for(self._looked, 15, "the worker")

    def _seen(self, told: dict[str, Any]) -> None:
        self.registered += [one for one in told["registrations"] if not one["isDeleted"]]

    def _recorded(self, told: dict[str, Any]) -> None:
        event = told["backgroundServiceEvent"]
        if event["eventName"] == "Push event completed":
            self.ended += [one["value"] for one in event["eventMetadata"] if one["key"] == "Status"]

    def _looked(self) -> bool:
        self.page.wait_for_timeout(50)
        return bool(self.registered)

    def push(self, data: str) -> None:
        """Delivers it and waits until the worker has done with it.

        A page that asks for notifications while one is being put up makes Chromium forget that one.
        """
        before = len(self.ended)
        self.session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.origin, "registrationId": self.registered[-1]["registrationId"], "data": data},
        )
        wait_for(lambda: self._ended(before), 15, "the worker's end")
        assert self.ended[before:] == ["Success"]

    def _ended(self, before: int) -> bool:
        self.page.wait_for_timeout(20)
        return len(self.ended) > before

    def shown(self, count: int = 1) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]]:
            told: list[dict[str, Any]] = self.page.evaluate(SHOWN)
            return told if len(told) >= count else []

        return wait_for(found, 15, "the notification")


def test_the_worker_shows_what_is_pushed_and_only_the_last_edition(worker: Worker, ada: User) -> None:
    first = factories.edition_of_two(ada)
    worker.push(notice.of_edition(first).decode())
    (told,) = worker.shown()
    assert told == json.loads(notice.of_edition(first))
    worker.push(json.dumps({"title": "Tomorrow's", "body": "", "path": "/today/", "tag": "edition"}))
    wait_for(lambda: [one["title"] for one in worker.page.evaluate(SHOWN)] == ["Tomorrow's"], 15, "the newer")


@pytest.mark.parametrize("data", ["", "not json", "null", "[]"])
def test_a_push_that_says_nothing_readable_is_shown_plainly(data: str, worker: Worker) -> None:
    worker.push(data)
    (told,) = worker.shown()
    assert (told["title"], told["path"]) == ("Nutgraf", "/today/")
    assert (told["body"], told["lang"]) == ("Your edition is there.", "en")


def test_it_is_shown_in_the_language_that_it_came_in(worker: Worker, ada: User) -> None:
    ada.language = "de"
    quiet = rows.ready_edition(ada, factories.MORNING, [])
    worker.push(notice.of_edition(quiet).decode())
    (told,) = worker.shown()
    assert (told["body"], told["lang"]) == ("Nichts war Ihre Zeit wert.", "de")


@pytest.mark.parametrize(
    ("asked", "body", "lang"),
    [
        (["de-AT", "en"], "Ihre Ausgabe ist da.", "de"),
        (["fr", "DE"], "Ihre Ausgabe ist da.", "de"),
        (["fr"], "Your edition is there.", "en"),
        (["toString", ""], "Your edition is there.", "en"),
    ],
)
def test_a_push_that_says_nothing_readable_is_shown_in_the_browsers_language(
    asked: list[str], body: str, lang: str, worker: Worker, context: BrowserContext
) -> None:
    running = context.service_workers[0]
    running.evaluate("(asked) => Object.defineProperty(navigator, 'languages', { value: asked })", asked)
    worker.push("not json")
    (told,) = worker.shown()
    assert (told["body"], told["lang"]) == (body, lang)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/edition/2026-11-23/", "/edition/2026-11-23/"),
        ("https://evil.example/", "/today/"),
        ("//evil.example/", "/today/"),
        ("javascript:alert(1)", "/today/"),
        (None, "/today/"),
    ],
)
def test_a_notification_leads_to_pages_of_ours_alone(
    path: str | None, leads_to: str, worker: Worker, context: BrowserContext
) -> None:
    running = context.service_workers[0]
    led = running.evaluate("(path) => ours(path).href", path)
    assert led == worker.origin + leads_to


def test_a_click_opens_the_edition(worker: Worker, context: BrowserContext) -> None:
    worker.push(json.dumps({"title": "T", "body": "", "path": "/archive/", "tag": "edition"}))
    worker.shown()
    running = context.service_workers[0]
    # A click of a person is what lets a worker open a window; here it is told which one it would open.
    opened = running.evaluate(
        """async () => {
          let opened = "";
          clients.openWindow = async (to) => { opened = to; };
          const [notification] = await registration.getNotifications();
          const event = new NotificationEvent("notificationclick", { notification });
          await follow(event.notification);
          return [opened, (await registration.getNotifications()).length];
        }"""
    )
    assert opened == [f"{worker.origin}/archive/", 0]


# Beside the worker's own pages there is no push service: what it would ask is put in its place, and hangs.
SUBSCRIBED = """() => {
  self.unsubscribed = 0;
  const held = { unsubscribe: () => { self.unsubscribed += 1; return new Promise(() => {}); } };
  PushManager.prototype.getSubscription = async () => held;
}"""


def test_signing_out_ends_pushes_and_waits_for_no_push_service(
    worker: Worker, context: BrowserContext, live_server: LiveServer
) -> None:
    running = context.service_workers[0]
    running.evaluate(SUBSCRIBED)
    asked = running.evaluate(
        """async () => {
          let ended = 0;
          self.fetch = async () => { ended = self.unsubscribed; return new Response("", { status: 200 }); };
          const event = new FetchEvent("fetch", { request: new Request(SHELL.goodbye[0], { method: "POST" }) });
          return await new Promise((resolve) => {
            event.waitUntil = () => {};
            event.respondWith = (answer) => answer.then(() => setTimeout(() => resolve(self.unsubscribed), 200));
            self.dispatchEvent(event);
          });
        }"""
    )
    assert asked == 1


def test_an_account_that_stays_keeps_its_pushes(
    worker: Worker, context: BrowserContext, live_server: LiveServer
) -> None:
    running = context.service_workers[0]
    running.evaluate(SUBSCRIBED)
    page = worker.page
    page.goto(f"{live_server.url}/settings/delete/")
    page.get_by_label("Your address, to be sure").fill("somebody@else.example")
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_label("Your address, to be sure")).to_be_visible()
    page.wait_for_timeout(300)
    assert running.evaluate("self.unsubscribed") == 0

"""A reader adds a source by the address of its site, and takes it away again, on a phone."""

from __future__ import annotations

import ipaddress

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ingest.models import Source
from tests.briefings import rows
from tests.browser.session import sign_in
from tests.fakes.web_server import WebServer, item, rss

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def as_ada(page: Page, url: str) -> None:
    sign_in(page, rows.reader("ada@bank.example"), url)


def test_it_adds_a_site_and_removes_it(phone: Page, live_server: LiveServer, settings: Settings) -> None:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    as_ada(phone, live_server.url)
    with WebServer() as web:
        feed = web.put("/feed", rss(item("OpenAI releases GPT-5"), title="The Letter"))
        link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
        site = web.put("/", f"<html><head>{link}</head></html>")
        phone.goto(f"{live_server.url}/today/")
        phone.get_by_role("link", name="Sources").click()
        phone.get_by_label("Address of a feed or a site").fill(site)
        phone.get_by_role("button", name="Add").click()
        expect(phone.get_by_role("status")).to_contain_text("Added")
    assert Source.objects.get().url == feed
    for width in (390, 320):
        phone.set_viewport_size({"width": width, "height": 700})
        assert phone.evaluate("document.documentElement.scrollWidth") == width
    phone.get_by_role("button", name="Remove The Letter").click()
    expect(phone.get_by_text("You have none yet")).to_be_visible()
    assert not Source.objects.exists()

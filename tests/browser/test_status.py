"""The status page in a real browser: axe finds nothing, nothing sticks out of a phone, whether all is well or not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models.functions import Now
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from config.watch.models import Alert
from ingest.models import Source
from tests.briefings import rows
from tests.browser.session import sign_in
from tests.browser.test_accessible import RULES
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_fits_a_phone_well_or_not(live_server: LiveServer, phone: Page) -> None:
    owner = User.objects.create_user("owner@example.com", is_staff=True)
    sign_in(phone, owner, live_server.url)
    for trouble in (False, True):
        if trouble:
            source = rows.source("The Post")
            Source.objects.filter(pk=source.pk).update(due_at=Now() - timedelta(days=3))
            since = timezone.now() - timedelta(days=1)
            words = "100 sources to look at, the oldest for 3 days"
            Alert.objects.create(kind="stale", words=words, since=since, seen_at=since, error="no answer")
        phone.goto(f"{live_server.url}/status/")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        result = Axe().run(phone, options={"runOnly": RULES, "resultTypes": ["violations"]})
        assert [(one["id"], one["nodes"][0]["html"]) for one in result.response["violations"]] == []
        assert phone.get_by_role("rowheader", name="Work waits too long").is_visible() is trouble

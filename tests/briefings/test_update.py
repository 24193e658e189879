"""*Update* where a story goes on from an earlier edition of the reader's: on the page, in the mail and for devices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from briefings import digest_render, read
from briefings.models import Edition
from tests.api.device import device_of
from tests.briefings import rows
from tests.briefings.test_edition import LAUNCH, NOW, RULES, TODAY, TOMORROW, prepared, told
from users.models import User

pytestmark = pytest.mark.django_db
LABEL = ">Update</span>"
AGAIN = (
    "Tern 5 by Harbor Labs, the open-weight model for hospitals, fails a hospital's first safety test",
    "The open-weight model Tern 5 of Harbor Labs failed a safety test in 31 of 200 cases on Thursday. "
    "Harbor Labs said it would repair Tern 5 for hospitals within a week.",
)
LATER = NOW + timedelta(hours=12)


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example", role="cto", industry="healthcare")


@pytest.fixture
def days(ada: User) -> tuple[Edition, Edition]:
    """The launch; and on the next day what became of it, beside other news."""
    told(NOW - timedelta(hours=3), LAUNCH)
    first = prepared(ada, TODAY, NOW)
    told(LATER - timedelta(hours=1), AGAIN, RULES)
    return first, prepared(ada, TOMORROW, LATER)


def updates(edition: Edition) -> dict[str, bool]:
    return {one.document.story.id: one.update for one in read.edition_readings(edition)}


def test_what_goes_on_is_an_update_and_what_is_new_is_none(days: tuple[Edition, Edition]) -> None:
    first, second = days
    assert set(updates(first).values()) == {False}
    (story,) = updates(first)
    assert len(updates(second)) == 2
    assert {key for key, update in updates(second).items() if update} == {story}


def test_it_is_the_readers_own_editions_that_count(days: tuple[Edition, Edition]) -> None:
    ben = rows.reader("ben@fund.example", role="investor")
    assert set(updates(prepared(ben, TOMORROW, LATER)).values()) == {False}


def test_page_mail_brief_and_json_say_so_alike(ada: User, days: tuple[Edition, Edition]) -> None:
    first, second = days
    page = Client()
    page.force_login(ada)

    def shown(path: str) -> str:
        return page.get(path).content.decode()

    assert shown(f"/edition/{TODAY}/").count(LABEL) == 0
    assert shown(f"/edition/{TOMORROW}/").count(LABEL) == 1
    mail, before = (digest_render.render(one, "https://news.example/leave") for one in (second, first))
    assert (mail.html.count(LABEL), mail.text.count("[Update]")) == (1, 1)
    assert (before.html.count(LABEL), before.text.count("[Update]")) == (0, 0)
    for one in read.edition_readings(second):
        assert (LABEL in shown(f"/brief/{one.document.id}/")) is one.update
    told_by: list[dict[str, Any]] = [read.edition_document(second)]
    told_by += [device_of(ada).get(f"/editions/{TOMORROW}{more}").json() for more in ("", "?fields=headline")]
    for document in told_by:
        assert [item.get("update", False) for item in document["items"]] == [
            one.update for one in read.edition_readings(second)
        ]

"""What a brief says as JSON is written once for all who have it through one lens, and is never another's."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from briefings import read
from briefings.api import documents
from briefings.models import Brief, Edition, Lens
from inference.tokens import Tokens
from ingest.models import Source
from tests.api.device import Device, device_of
from tests.briefings import rows
from tests.briefings.test_spent import paid
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_written() -> None:
    documents.forget()


def of(edition: Edition) -> dict[str, object]:
    return {**read.edition_document(edition)}


def test_an_edition_put_together_of_briefs_is_the_contracts(phone: Device, edition: Edition) -> None:
    edition.items.filter(rank=2).update(why=['for "quotes"', "und Umlaute äöü"])
    for _ in range(2):
        told = phone.get("/editions/today")
        documents._sent.clear()
        assert told.json() == of(edition)
        assert list(told.json()) == list(of(edition))
    some = phone.get("/editions/today?fields=headline,lens").json()
    assert [list(one["brief"]) for one in some["items"]] == [["id", "headline", "lens"]] * 2
    assert [one["why"] for one in some["items"]] == [one["why"] for one in told.json()["items"]]


def test_an_edition_without_stories_is_the_contracts(phone: Device, ada: User) -> None:
    quiet = rows.ready_edition(ada, timezone.now().date(), [])
    assert phone.get("/editions/today").json() == of(quiet)


def test_readers_of_one_lens_have_the_same_answer_in_editions_of_their_own(
    phone: Device, edition: Edition, brief: Brief
) -> None:
    ben = rows.reader("ben@bank.example")
    his = rows.ready_edition(ben, timezone.now().date(), [(brief, Lens.objects.get())])
    his.items.update(why=["his own reason"])
    other = device_of(ben)
    assert phone.get(f"/briefs/{brief.pk}").content == other.get(f"/briefs/{brief.pk}").content
    assert len(documents._texts.values) == 1
    assert other.get("/editions/today").json() == of(his)
    assert phone.get("/editions/today").json() == of(edition)
    assert "his own reason" not in phone.get("/editions/today").content.decode()


def test_another_lens_is_another_document(phone: Device, edition: Edition, brief: Brief) -> None:
    first = phone.get(f"/briefs/{brief.pk}").json()
    ben = rows.reader("ben@bank.example")
    lens = Lens.objects.get()
    same_words = rows.ready_lens(brief, lens.body, role="investor", industry=lens.industry)
    rows.ready_edition(ben, timezone.now().date(), [(brief, same_words)])
    second = device_of(ben).get(f"/briefs/{brief.pk}").json()
    assert (first["lens"]["role"], second["lens"]["role"]) == (lens.role, "investor")


def test_what_changes_is_told_at_once(phone: Device, edition: Edition, brief: Brief) -> None:
    path = f"/briefs/{brief.pk}"
    first = phone.get(path).json()
    Source.objects.filter(title="OpenAI News").update(title="OpenAI Newsroom")
    renamed = phone.get(path).json()
    assert "OpenAI Newsroom" in {one["publisher"] for one in renamed["sources"]}
    brief.body["headline"]["text"] = "Another headline altogether"
    brief.save()
    assert phone.get(path).json()["headline"]["text"] == "Another headline altogether"
    assert first["headline"]["text"] != "Another headline altogether"
    paid("brief", f"brief:{brief.pk}", "gpt-5-mini", Tokens(input=4_000))
    assert phone.get(path).json()["cost"] != first["cost"]


def test_a_stranger_is_not_answered_with_what_is_kept(
    phone: Device, stranger: Device, edition: Edition, brief: Brief
) -> None:
    assert phone.get(f"/briefs/{brief.pk}").status_code == 200
    assert stranger.get(f"/briefs/{brief.pk}").status_code == 404


def test_it_is_the_text_that_json_makes_of_the_document(
    phone: Device, edition: Edition, brief: Brief
) -> None:
    whole = json.dumps(of(edition), ensure_ascii=False, separators=(",", ":"))
    assert phone.get("/editions/today").content.decode() == whole

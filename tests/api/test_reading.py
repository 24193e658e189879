"""Which briefs the reader has read, marked on a device."""

from __future__ import annotations

import pytest

from briefings.feedback.models import Opened
from briefings.models import Brief, Edition
from tests.api.device import Device, problem

pytestmark = pytest.mark.django_db


def test_a_brief_is_read_and_unread_however_often_it_is_said(phone: Device, brief: Brief) -> None:
    for _ in range(2):
        assert phone.put(f"/briefs/{brief.pk}/read").status_code == 204
    (one,) = phone.get("/read").json()["items"]
    assert one["brief"] == brief.pk
    for _ in range(2):
        assert phone.delete(f"/briefs/{brief.pk}/read").status_code == 204
    assert phone.get("/read").json() == {"items": [], "next": None}
    problem(phone.put("/briefs/none/read"), 404, "not_found")
    problem(phone.delete("/briefs/none/read"), 404, "not_found")


def test_the_list_comes_by_pages_the_latest_first(phone: Device, edition: Edition) -> None:
    keys = [item.brief_id for item in edition.items.order_by("rank")]
    for key in keys:
        phone.put(f"/briefs/{key}/read")
    first = phone.get("/read?limit=1").json()
    second = phone.get(f"/read?limit=1&cursor={first['next']}").json()
    assert [one["brief"] for told in (first, second) for one in told["items"]] == keys[::-1]
    assert second["next"] is None


def test_a_stranger_marks_nothing_and_is_told_nothing(phone: Device, stranger: Device, brief: Brief) -> None:
    phone.put(f"/briefs/{brief.pk}/read")
    problem(stranger.delete(f"/briefs/{brief.pk}/read"), 404, "not_found")
    problem(stranger.put(f"/briefs/{brief.pk}/read"), 404, "not_found")
    assert stranger.get("/read").json()["items"] == []
    assert Opened.objects.count() == 1

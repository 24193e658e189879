"""Devices for pushes, by the API: registered once, told without what opens them, gone with their device."""

from __future__ import annotations

from typing import Any

import pytest

from briefings.models import PushSubscription
from briefings.push import keys
from tests.api.device import Device, problem
from tests.briefings.pushed import pushes
from tests.fakes.push_service import Phone, PushService

pytestmark = pytest.mark.django_db
__all__ = ["pushes"]


def body(phone: Phone, **other: object) -> dict[str, object]:
    return {"endpoint": phone.endpoint, "keys": phone.keys, **other}


def test_it_tells_what_to_subscribe_with(phone: Device, pushes: PushService) -> None:
    told = phone.get("/push").json()
    assert told == {"public_key": keys.public_key(), "subscriptions": 0, "most_subscriptions": 10}
    assert len(keys.unpacked(told["public_key"])) == 65


def test_the_same_endpoint_again_is_the_same_subscription(phone: Device, pushes: PushService) -> None:
    browser = pushes.phone()
    first = phone.post("/push/subscriptions", body(browser, expirationTime=None))
    again = phone.post("/push/subscriptions", body(browser, label="Pixel"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    (told,) = phone.get("/push/subscriptions").json()["items"]
    assert told["label"] == "Pixel"
    assert told["current"]
    assert (first.json()["label"], told["held"], told["pushed_at"]) == ("Phone", "", None)
    assert browser.endpoint not in str(told)
    assert browser.keys["auth"] not in str(told)


def test_it_is_taken_away_once(phone: Device, stranger: Device, pushes: PushService) -> None:
    key = phone.post("/push/subscriptions", body(pushes.phone())).json()["id"]
    problem(stranger.delete(f"/push/subscriptions/{key}"), 404, "not_found")
    assert phone.delete(f"/push/subscriptions/{key}").status_code == 204
    problem(phone.delete(f"/push/subscriptions/{key}"), 404, "not_found")


def test_it_goes_with_its_device(phone: Device, pushes: PushService) -> None:
    phone.post("/push/subscriptions", body(pushes.phone()))
    assert phone.delete("/devices/current").status_code == 204
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/1",
        "https://localhost/1",
        "https://intranet/1",
        "https://2130706433/1",
        "https://0x7f000001/1",
        "https://10.0.0.8/1",
        "https://[::1]/1",
        "https://169.254.169.254/latest/meta-data",
        "https://ada:secret@push.example.com/1",
        "javascript:alert(1)",
        "sample:wire",
        "https://push.example.com/" + "x" * 990,
    ],
)
def test_what_is_no_push_service_is_refused_in_words(
    endpoint: str, phone: Device, pushes: PushService
) -> None:
    told = problem(phone.post("/push/subscriptions", body(Phone("", endpoint))), 422, "invalid")
    assert told["errors"][0]["field"] == "body.endpoint"
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"p256dh": "A" * 87}, "body.keys.p256dh"),
        ({"p256dh": "short"}, "body.keys.p256dh"),
        ({"auth": "A" * 21}, "body.keys.auth"),
        ({"auth": "A" * 22 + "!"}, "body.keys.auth"),
    ],
)
def test_keys_that_seal_nothing_are_refused(
    wrong: dict[str, str], field: str, phone: Device, pushes: PushService
) -> None:
    made = pushes.phone()
    answer = phone.post("/push/subscriptions", {"endpoint": made.endpoint, "keys": made.keys | wrong})
    assert problem(answer, 422, "invalid")["errors"][0]["field"] == field


def test_where_nothing_is_pushed_it_says_so(phone: Device, pushes: PushService, settings: Any) -> None:
    settings.NUTGRAF_PUSH_KEY = ""
    assert phone.get("/push").json()["public_key"] is None
    problem(phone.post("/push/subscriptions", body(pushes.phone())), 409, "no_push")

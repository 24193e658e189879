"""Where Ada is signed in: listed in plain words, ended at once, and nobody else's business."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from users import devices, tokens
from users.browsers import named
from users.models import DeviceToken, Profile, User

pytestmark = pytest.mark.django_db
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def ada() -> User:
    user = User.objects.create_user("ada@bank.example")
    Profile.objects.create(user=user, role="cto", industry="finance", time_zone="Asia/Tokyo", hour=6)
    return user


def at(user: User, agent: str) -> Client:
    client = Client(headers={"user-agent": agent})
    client.force_login(user)
    client.get("/settings/")
    return client


def shown(client: Client) -> str:
    return client.get("/settings/sign-in/").content.decode()


BLINK, WEBKIT = ("AppleWebKit/537.36 (KHTML, like Gecko)", "AppleWebKit/605.1.15 (KHTML, like Gecko)")
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT}"
GALAXY = f"Mozilla/5.0 (Linux; Android 15; SM-S931B) {BLINK} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"
EDGE = f"Mozilla/5.0 (Linux; Android 10; K) {BLINK} Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0"
IPAD = f"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) {WEBKIT} CriOS/140.0 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (PHONE, "Safari on iPhone"),
        (DESK, "Firefox on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {BLINK} Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux"),
        (GALAXY, "Samsung Internet on Android"),
        (EDGE, "Edge on Android"),
        (IPAD, "Chrome on iPad"),
        (f"{MAC} Version/18.5 Safari/605.1.15", "Safari on Mac"),
        (MAC, "A browser on Mac"),
        ("curl/8.5.0", "Another browser"),
        ("", "Another browser"),
    ],
)
def test_it_names_browsers_in_plain_words(agent: str, name: str) -> None:
    assert named(agent) == name


def test_it_lists_devices_in_the_readers_time_with_this_one_first(ada: User) -> None:
    at(ada, PHONE)
    desk = at(ada, DESK)
    UserSession.objects.filter(user_agent=PHONE).update(last_seen_at="2026-03-01T20:05:00Z")
    page = shown(desk)
    assert page.index("Firefox on Windows") < page.index("This device") < page.index("Safari on iPhone")
    assert "2 March 2026, 05:05" in page
    assert "Mozilla" not in page
    assert "127.0.0.1" not in page


def test_a_device_signed_out_is_out_at_its_next_request(ada: User) -> None:
    phone, desk = at(ada, PHONE), at(ada, DESK)
    (other,) = [one for one in devices.devices(ada, desk.session.session_key) if not one.this]
    assert desk.post(f"/settings/devices/{other.id}/end/").headers["Location"] == "/settings/sign-in/"
    assert phone.get("/settings/").headers["Location"].startswith("/accounts/login/")
    assert desk.get("/settings/").status_code == 200
    assert "Safari on iPhone" not in shown(desk)


def test_it_signs_out_everywhere_else(ada: User) -> None:
    others, desk = [at(ada, PHONE), at(ada, PHONE)], at(ada, DESK)
    cal = at(User.objects.create_user("cal@rival.example"), PHONE)
    desk.post("/settings/devices/end/")
    assert all(one.get("/settings/").status_code == 302 for one in others)
    assert desk.get("/settings/").status_code == 200
    assert cal.get("/settings/sign-in/").status_code == 200, "somebody else's stay"


def test_apps_are_listed_in_the_readers_time_and_signed_out_one_by_one(ada: User) -> None:
    desk = at(ada, DESK)
    (phone, token), (tablet, other) = tokens.issue(ada, "<b>Phone"), tokens.issue(ada, "Tablet")
    DeviceToken.objects.filter(pk=phone.pk).update(last_used_at=timezone.now() - timedelta(days=1))
    DeviceToken.objects.filter(pk=tablet.pk).update(created_at="2026-03-01T20:05:00Z")
    page = shown(desk)
    assert page.index("Firefox on Windows") < page.index("Tablet") < page.index("&lt;b&gt;Phone")
    assert "2 March 2026" in page
    answer = desk.post(f"/settings/apps/{phone.pk}/end/")
    assert answer.headers["Location"] == "/settings/sign-in/"
    assert tokens.opened(token, timezone.now()) is None
    assert tokens.opened(other, timezone.now()) is not None
    assert "Phone" not in shown(desk)


def test_a_token_that_ran_out_is_not_listed(ada: User) -> None:
    desk = at(ada, DESK)
    tokens.issue(ada, "Old phone")
    DeviceToken.objects.update(last_used_at=timezone.now() - tokens.LASTS)
    assert "Old phone" not in shown(desk)


def test_signing_out_everywhere_else_ends_apps_too(ada: User) -> None:
    desk, cal = at(ada, DESK), User.objects.create_user("cal@rival.example")
    (_, hers), (_, his) = tokens.issue(ada, "Phone"), tokens.issue(cal, "Phone")
    assert "Sign out everywhere else" in shown(desk)
    desk.post("/settings/devices/end/")
    assert tokens.opened(hers, timezone.now()) is None
    assert tokens.opened(his, timezone.now()) is not None, "somebody else's stay"
    assert "Sign out everywhere else" not in shown(desk)


def test_cal_sees_and_ends_no_app_of_adas(ada: User) -> None:
    cal = at(User.objects.create_user("cal@rival.example"), PHONE)
    device, token = tokens.issue(ada, "Ada's phone")
    assert "Ada&#x27;s phone" not in shown(cal)
    assert cal.post(f"/settings/apps/{device.pk}/end/").status_code == 404
    assert cal.post("/settings/apps/987654321/end/").status_code == 404
    assert cal.get(f"/settings/apps/{device.pk}/end/").status_code == 405
    assert tokens.opened(token, timezone.now()) is not None


def test_cal_ends_no_device_of_adas(ada: User) -> None:
    desk = at(ada, DESK)
    (hers,) = devices.devices(ada)
    cal = at(User.objects.create_user("cal@rival.example"), PHONE)
    assert cal.post(f"/settings/devices/{hers.id}/end/").status_code == 404
    assert cal.get(f"/settings/devices/{hers.id}/end/").status_code == 405
    assert desk.get("/settings/").status_code == 200
    assert "Firefox on Windows" not in shown(cal)


def test_apps_are_listed_beside_browsers_and_signed_out_at_once(ada: User) -> None:
    desk = at(ada, DESK)
    lost, token = tokens.issue(ada, "Lost phone")
    assert "Lost phone" in shown(desk)
    cal = at(User.objects.create_user("cal@rival.example"), PHONE)
    assert cal.post(f"/settings/apps/{lost.pk}/end/").status_code == 404
    assert "Lost phone" not in shown(cal)
    assert tokens.opened(token, timezone.now())
    assert desk.post(f"/settings/apps/{lost.pk}/end/").headers["Location"] == "/settings/sign-in/"
    assert tokens.opened(token, timezone.now()) is None
    assert "Lost phone" not in shown(desk)


def test_everywhere_else_is_in_apps_too(ada: User) -> None:
    desk, (_, token) = at(ada, DESK), tokens.issue(ada, "Lost phone")
    _, theirs = tokens.issue(User.objects.create_user("cal@rival.example"), "Phone")
    assert "Sign out everywhere else" in shown(desk)
    desk.post("/settings/devices/end/")
    assert tokens.opened(token, timezone.now()) is None
    assert tokens.opened(theirs, timezone.now()), "somebody else's stay"
    assert desk.get("/settings/").status_code == 200


def test_between_two_notes_a_device_costs_nothing(ada: User, django_assert_num_queries: Any) -> None:
    desk = at(ada, DESK)
    with django_assert_num_queries(3):  # the session, the reader, whether their digest is held
        desk.get("/settings/")


def test_a_device_is_noted_again_after_a_while(ada: User) -> None:
    desk = at(ada, DESK)
    long_ago = timezone.now() - timedelta(days=2)
    UserSession.objects.update(last_seen_at=long_ago)
    desk.get("/settings/")
    assert UserSession.objects.get().last_seen_at == long_ago, "noted a moment ago"
    with time_machine.travel(timezone.now() + timedelta(seconds=devices.EVERY)):
        desk.get("/settings/")
    assert UserSession.objects.get().last_seen_at > long_ago


def test_strangers_are_not_noted_nor_who_is_no_more(ada: User) -> None:
    Client().get("/")
    client = Client()
    client.force_login(ada)
    ada.delete()
    assert client.get("/settings/").headers["Location"].startswith("/accounts/login/")
    assert not UserSession.objects.exists()


def test_signing_out_leaves_no_note_of_the_browser(ada: User) -> None:
    desk, phone = at(ada, DESK), at(ada, PHONE)
    desk.post("/accounts/logout/")
    assert [one.session_key for one in UserSession.objects.all()] == [phone.session.session_key]


def test_a_new_secret_key_leaves_a_browser_the_device_it_was(ada: User, settings: Any) -> None:
    """What hangs on the note, such as pushes, goes on."""
    desk = at(ada, DESK)
    before, noted = desk.session.session_key, UserSession.objects.get().pk
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert desk.get("/settings/").status_code == 200
    assert desk.session.session_key != before
    assert devices.forget_ended() == 0
    assert UserSession.objects.get(session_key=desk.session.session_key).pk == noted


def test_what_ran_out_is_forgotten(ada: User) -> None:
    at(ada, PHONE)
    desk = at(ada, DESK)
    key = desk.session.session_key
    Session.objects.exclude(session_key=key).update(expire_date=timezone.now() - timedelta(days=1))
    assert [one.this for one in devices.devices(ada, key)] == [True]
    assert devices.forget_ended() == 1
    assert Session.objects.count() == UserSession.objects.count() == 1

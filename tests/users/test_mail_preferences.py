"""Habits of mail without signing in: a signed address that changes something only by a POST."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.briefings import rows
from users.models import Profile, Rhythm, User
from users.unsubscribe import preferences_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example", time_zone="UTC")


@pytest.fixture
def path(ada: User) -> str:
    return preferences_path(ada)


def profile() -> Profile:
    return Profile.objects.get()


def test_opening_it_changes_nothing_whatever_the_address_carries(path: str) -> None:
    before = Profile.objects.values().get()
    for more in ("", "?pause=month", "?stop=1", "?save=1&rhythm=weekly"):
        assert Client().get(path + more).status_code == 200
        assert Client().head(path + more).status_code == 200
    assert Profile.objects.values().get() == before


def test_it_says_nothing_about_who_the_reader_is(ada: User, path: str) -> None:
    shown = Client().get(path).content.decode()
    assert ada.email not in shown
    assert "CTO" not in shown


@pytest.mark.parametrize(("wish", "days"), [("week", 7), ("fortnight", 14), ("month", 30)])
def test_a_pause_ends_by_itself(path: str, wish: str, days: int) -> None:
    shown = Client().post(path, {"pause": wish}).content.decode()
    today = timezone.now().date()
    assert profile().paused_until == today + timedelta(days=days)
    assert not profile().wants_mail(today)
    assert profile().wants_mail(today + timedelta(days=days))
    assert "Paused" in shown


def test_a_pause_is_taken_back_and_a_stopped_digest_turned_on(path: str) -> None:
    Profile.objects.update(paused_until=timezone.now().date() + timedelta(days=3), digest=False)
    Client().post(path, {"pause": "none"})
    assert (profile().paused_until, profile().digest) == (None, True)


def test_it_stops_the_digest(path: str) -> None:
    assert "Stopped" in Client().post(path, {"stop": "1"}).content.decode()
    assert profile().digest is False


def test_it_changes_days_and_rhythm(path: str) -> None:
    wish = {"save": "1", "rhythm": "daily", "days": ["1", "3"], "round_up_day": "5", "hour": "9"}
    assert "Saved" in Client().post(path, wish).content.decode()
    assert (profile().days, profile().hour, profile().mail_days) == ([1, 3], 9, [1, 3])
    Client().post(path, {**wish, "rhythm": "weekly", "round_up_day": "7"})
    assert (profile().rhythm, profile().mail_days) == (Rhythm.WEEKLY, [7])


def test_no_day_at_all_is_refused_in_words(path: str) -> None:
    shown = Client().post(path, {"save": "1", "rhythm": "daily", "hour": "9"}).content.decode()
    assert "Choose at least one day" in shown
    assert profile().days == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("token", ["made-up", "Mg:1abc:xyz"])
def test_an_address_that_we_did_not_sign_leads_nowhere(ada: User, token: str) -> None:
    assert Client().get(f"/mail/{token}/").status_code == 404
    assert Client().post(f"/mail/{token}/", {"stop": "1"}).status_code == 404
    assert profile().digest is True


def test_a_link_opens_for_a_year_and_stops_mail_for_ever(ada: User, path: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=364)):
        assert Client().get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        shown = Client().get(path)
        assert shown.status_code == 410
        assert "/unsubscribe/" in shown.content.decode()
        assert Client().post(path, {"pause": "month"}).status_code == 410
        assert profile().paused_until is None
    with time_machine.travel(timezone.now() + timedelta(days=3660)):
        one_click = Client(enforce_csrf_checks=True)
        leave = path.replace("/mail/", "/unsubscribe/")
        assert one_click.post(leave, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert profile().digest is False


def test_it_takes_no_form_of_another_site(path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path, {"stop": "1"}).status_code == 403
    assert profile().digest is True


def test_who_has_left_has_no_page(ada: User, path: str) -> None:
    ada.delete()
    assert Client().get(path).status_code == 404

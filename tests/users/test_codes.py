"""How often codes go to Ada's address: a stranger who asks for them all day slows strangers, and never her."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from tests.users.test_second import aged, enter
from users.models import Profile, User

pytestmark = pytest.mark.django_db
ADA = "ada@bank.example"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    cache.clear()
    with time_machine.travel("2026-11-20T08:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada() -> User:
    user = User.objects.create_user(ADA)
    Profile.objects.create(user=user, role="cto", industry="finance")
    return user


def ask(client: Client, address: str = ADA, network: str = "198.51.100.7") -> bool:
    """Whether a code was sent."""
    before = len(mail.outbox)
    client.post("/accounts/login/code/", {"email": address}, REMOTE_ADDR=network)
    return len(mail.outbox) == before + 1


def asking(clock: Any, networks: int, times: int, every: int) -> int:
    """A stranger asks so many times, every so many seconds, from so many networks; how many codes that sent."""
    sent = 0
    for turn in range(times):
        clock.shift(timedelta(seconds=every))
        sent += ask(Client(), network=f"203.0.113.{turn % networks}")
    return sent


def test_a_stranger_who_uses_up_the_codes_of_one_network_leaves_ada_hers(ada: User, clock: Any) -> None:
    assert asking(clock, networks=1, times=33, every=100) == 30
    clock.shift(timedelta(minutes=10))
    assert not ask(Client(), network="203.0.113.0"), "a day's worth is used up there"
    assert all(ask(Client()) for _ in range(3)), "and nowhere else"


def test_strangers_on_many_networks_are_slowed_together(ada: User, clock: Any) -> None:
    assert asking(clock, networks=60, times=60, every=30) <= 6 * 4
    assert not ask(Client()), "a browser that nobody knows is a stranger's"
    clock.shift(timedelta(minutes=10))
    assert ask(Client()), "for minutes"


def test_a_browser_that_she_once_signed_in_with_waits_for_no_stranger(ada: User, clock: Any) -> None:
    hers = Client()
    enter(hers)
    hers.get("/settings/")
    hers.post("/accounts/logout/")
    for turn in range(12):
        ask(Client(), network=f"203.0.113.{turn}")
    assert not ask(Client())
    assert ask(hers)
    again = [Client() for _ in range(5)]
    for client in again:
        client.cookies["known"] = hers.cookies["known"].value
    assert sum(ask(client) for client in again) == 2, "three in a minute, like everybody"


def test_strangers_on_many_networks_send_her_no_more_than_sixty_codes_in_a_day(ada: User, clock: Any) -> None:
    assert asking(clock, networks=70, times=66, every=101) == 60


def test_a_browser_remembers_over_a_change_of_the_key(ada: User, settings: Settings) -> None:
    hers = Client()
    enter(hers)
    hers.get("/settings/")
    hers.post("/accounts/logout/")
    for turn in range(7):
        ask(Client(), network=f"203.0.113.{turn}")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert ask(hers)
    settings.SECRET_KEY_FALLBACKS = []
    assert not ask(hers)


@pytest.mark.parametrize("proxies", [0, 1])
def test_whoever_makes_up_their_address_is_counted_by_the_true_one(
    ada: User, clock: Any, settings: Settings, proxies: int
) -> None:
    """Where no proxy stands before us the header is a visitor's own word; behind one its last entry is the proxy's."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    sent = 0
    for turn in range(33):
        clock.shift(timedelta(seconds=100))
        said = f"203.0.113.{turn}" + ", 198.51.100.9" * proxies
        before = len(mail.outbox)
        Client(headers={"X-Forwarded-For": said}).post("/accounts/login/code/", {"email": ADA})
        sent += len(mail.outbox) - before
    assert sent == 30


def test_what_a_browser_remembers_is_good_for_its_own_address_and_names_nobody(ada: User) -> None:
    cal = Client()
    enter(cal, "cal@rival.example")
    cal.get("/welcome/")
    remembered = cal.cookies["known"].value
    assert re.fullmatch(r"[0-9a-f]{64}", remembered)
    for turn in range(12):
        ask(Client(), network=f"203.0.113.{turn}")
    assert not ask(cal)


def test_known_and_unknown_addresses_are_slowed_alike(ada: User) -> None:
    for address in (ADA, "nobody@bank.example"):
        cache.clear()
        sent = [ask(Client(), address, f"203.0.113.{turn}") for turn in range(8)]
        assert sent == [True] * 6 + [False] * 2


def test_a_new_code_on_the_page_of_the_first_counts_like_that(ada: User) -> None:
    for turn in range(6):
        client = Client(REMOTE_ADDR=f"203.0.113.{turn}")
        ask(client, network=f"203.0.113.{turn}")
        again = client.post("/accounts/login/code/confirm/", {"action": "resend"})
        assert again.status_code == (302 if turn < 3 or not ask(Client()) else 429)
    assert len(mail.outbox) == 6


def test_a_reader_who_is_signed_in_proves_herself_however_many_codes_strangers_asked_for(ada: User) -> None:
    client = Client()
    enter(client)
    for turn in range(12):
        ask(Client(), network=f"203.0.113.{turn}")
    before = len(mail.outbox)
    aged(client).post("/accounts/proof/code/", {"send": "yes"})
    assert len(mail.outbox) == before + 1


def test_who_leaves_is_forgotten_by_the_browser_too(ada: User) -> None:
    client = Client()
    enter(client)
    client.get("/settings/")
    assert client.cookies["known"].value
    client.post("/settings/delete/", {"email": ADA})
    assert not client.cookies["known"].value

"""How long an answer takes tells nobody who reads Nutgraf, or whose a thing is: by turns, as a ratio of medians.

Both as a clock on the wall has it, with Postgres and all that is waited for, and as our own processor does, which sees
what is small beside that.

That the work is the same, statement by statement, is in `tests/users/test_same_answer.py`; this finds what they do not.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from briefings.models import Brief
from tests.api.device import Device
from tests.api.test_stranger import MISSING
from tests.security.conftest import signed_in
from users.models import User

pytestmark = pytest.mark.django_db
TURNS = 15
APART = 1.6  # on a busy machine; what is to be told apart over a network has to be far more
TRIES = 3
CLOCKS = (time.perf_counter, time.process_time)


def ratio(one: Callable[[int], object], other: Callable[[int], object], clock: Callable[[], float]) -> float:
    """The slower's median by the faster's, each in turn, the first of both not counted."""
    took: tuple[list[float], list[float]] = ([], [])
    for turn in range(-3, TURNS):
        for ask, times in zip((one, other), took, strict=True):
            cache.clear()
            began = clock()
            ask(turn)
            if turn >= 0:
                times.append(clock() - began)
    first, second = map(statistics.median, took)
    return max(first, second) / min(first, second)


def alike(one: Callable[[int], object], other: Callable[[int], object]) -> None:
    for clock in CLOCKS:
        assert any(ratio(one, other, clock) < APART for _ in range(TRIES)), clock


def asks_for_a_code(email: str) -> None:
    answer = Client().post("/accounts/login/code/", {"email": email})
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"


def test_a_known_address_takes_as_long_as_one_that_nobody_has(ada: User) -> None:
    ada.emailaddress_set.create(email=ada.email, verified=True, primary=True)
    alike(
        lambda _: asks_for_a_code(ada.email),
        lambda turn: asks_for_a_code(f"nobody{turn}-{time.monotonic_ns()}@bank.example"),
    )


def test_for_an_app_too(ada: User) -> None:
    ada.emailaddress_set.create(email=ada.email, verified=True, primary=True)
    alike(
        lambda _: Device().post("/auth/code", {"email": ada.email}),
        lambda turn: Device().post("/auth/code", {"email": f"n{turn}-{time.monotonic_ns()}@bank.example"}),
    )


def test_what_is_anothers_takes_as_long_as_what_is_nobodys(brief: Brief, stranger: Device) -> None:
    for path in ("/briefs/{}", "/briefs/{}/turns", "/briefs/{}/evidence"):
        alike(
            lambda _, path=path: stranger.get(path.format(brief.pk)),  # type: ignore[misc]
            lambda _, path=path: stranger.get(path.format(MISSING["brief_id"])),  # type: ignore[misc]
        )


def test_on_pages_too(brief: Brief, stranger: Device) -> None:
    browser = signed_in(User.objects.get(email="cal@elsewhere.example"))
    alike(
        lambda _: browser.get(f"/brief/{brief.pk}/"),
        lambda _: browser.get(f"/brief/{MISSING['brief_id']}/"),
    )


def test_the_yardstick_tells_apart_what_differs() -> None:
    """Else it would find everything alike: also what only waits, as for Postgres."""
    for clock in CLOCKS:
        assert ratio(lambda _: sum(range(20_000)), lambda _: sum(range(60_000)), clock) > APART
    assert ratio(lambda _: time.sleep(0.002), lambda _: time.sleep(0.006), time.perf_counter) > APART

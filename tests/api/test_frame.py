"""What every answer has, also where the API itself was never reached or has failed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client
from django.urls import include, path

from briefings.api import service
from tests.api.device import problem

# A second API of the same make, whose routes go wrong.
broken = service.make()
broken.urls_namespace = "broken"


@broken.get("/database", auth=None)
def database(request: HttpRequest) -> None:
    raise OperationalError("the connection is closed")


@broken.get("/fault", auth=None)
def fault(request: HttpRequest) -> None:
    raise RuntimeError("secret words")


urlpatterns = [path("api/broken/", broken.urls), path("", include("config.urls"))]


@pytest.fixture
def client(settings: Any) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("debug", [True, False])
def test_a_database_that_is_away_is_told_with_when_to_come_again(
    client: Client, settings: Any, debug: bool
) -> None:
    settings.DEBUG = debug
    answer = client.get("/api/broken/database")
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("debug", [True, False])
def test_a_fault_of_ours_tells_nothing_but_its_id(client: Client, settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    told = problem(client.get("/api/broken/fault"), 500, "error")
    assert "secret" not in str(told)


def test_a_strange_host_is_told_in_our_words(client: Client) -> None:
    problem(client.get("/api/v1/editions/today", headers={"Host": "evil.example"}), 400, "malformed")


def test_pages_are_left_alone(client: Client) -> None:
    answer = client.get("/nothing/")
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (404, "text/html")
    assert "Vary" not in answer.headers or "Authorization" not in answer.headers["Vary"]

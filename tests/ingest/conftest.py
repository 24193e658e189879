"""A web server on loopback that the door may reach."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.web_server import WebServer


@pytest.fixture
def web(settings: Any) -> Iterator[WebServer]:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    with WebServer() as server:
        yield server

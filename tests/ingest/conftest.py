"""A web server on loopback that the door may reach, and another worker beside us."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from ingest.hosts import LENT
from tests.fakes.web_server import WebServer


@pytest.fixture
def web(settings: Any) -> Iterator[WebServer]:
    settings.NUTGRAF_FETCH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    with WebServer() as server:
        yield server


class Neighbour:
    """Another process, with a connection of its own to the same database."""

    def __init__(self, own: psycopg.Connection[Any]) -> None:
        self.own = own

    def borrow(self, host: str) -> bool:
        """Whether the host is now lent to the neighbour."""
        return self._ask("pg_try_advisory_lock", host)

    def give_back(self, host: str) -> bool:
        return self._ask("pg_advisory_unlock", host)

    def _ask(self, function: str, host: str) -> bool:
        row = self.own.execute(f"SELECT {function}(%s, hashtext(%s))", [LENT, host]).fetchone()
        return bool(row and row[0])


@pytest.fixture
def neighbour(db: None) -> Iterator[Neighbour]:
    parameters = connection.get_connection_params()
    ours = ("context", "cursor_factory")
    with psycopg.connect(**{key: parameters[key] for key in parameters if key not in ours}) as own:
        yield Neighbour(own)

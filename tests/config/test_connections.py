"""What the web process's pool gives out: without asking the server, and nothing that the server has ended."""

from __future__ import annotations

import select
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from config.connections import Pooled
from tests.processes import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool() -> Iterator[ConnectionPool[Any]]:
    """With one connection, made as Django makes it."""
    values = {
        **connection.get_connection_params(),
        "autocommit": True,
        "application_name": "test of the pool",
    }
    check = ConnectionPool.check_connection
    with ConnectionPool(kwargs=values, connection_class=Pooled, min_size=1, max_size=1, check=check) as made:
        yield made


def of_the_pool(column: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM pg_stat_activity WHERE application_name = 'test of the pool'"  # noqa: S608
        )
        return [value for (value,) in cursor.fetchall()]


def test_one_that_is_well_is_given_out_without_asking_the_server(pool: ConnectionPool[Any]) -> None:
    with pool.connection() as given:
        assert given.execute("SELECT 'the last that it was asked'").fetchone()
    asked = of_the_pool("query_start")
    with pool.connection():
        assert of_the_pool("query") == ["SELECT 'the last that it was asked'"]
        assert of_the_pool("query_start") == asked


def test_one_that_the_server_has_ended_is_not_given_out(pool: ConnectionPool[Any]) -> None:
    with pool.connection() as given:
        before = given.info.backend_pid
    of_the_pool("pg_terminate_backend(pid)")
    wait_for(lambda: before not in of_the_pool("pid"))
    with pool.connection() as given:
        assert given.execute("SELECT 1").fetchone() == (1,)
        assert given.info.backend_pid != before


def test_one_to_which_the_server_has_said_something_is_asked(pool: ConnectionPool[Any]) -> None:
    with pool.connection() as given:
        given.execute("LISTEN something")
        socket = given.fileno()
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY something")
    wait_for(lambda: bool(select.select([socket], [], [], 0)[0]))
    before = of_the_pool("query_start")
    with pool.connection() as given:
        assert of_the_pool("query_start") > before
        assert given.execute("SELECT 1").fetchone() == (1,)


def test_an_empty_statement_on_one_that_is_gone_fails(pool: ConnectionPool[Any]) -> None:
    with pool.connection() as given:
        of_the_pool("pg_terminate_backend(pid)")
        wait_for(lambda: not of_the_pool("pid"))
        with pytest.raises(psycopg.OperationalError):
            given.execute("")

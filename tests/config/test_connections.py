"""How connections to Postgres are held, what the pool gives out, and that times are read fast and right."""

from __future__ import annotations

import select
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import DataError, connection
from psycopg import adapters
from psycopg.postgres import types
from psycopg.pq import Format
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


def of_the_server(expression: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}")
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-11-28 13:09:02.123456+00", datetime(2026, 11, 28, 13, 9, 2, 123456, UTC)),
        ("2026-11-28 13:09:02+05:45", datetime(2026, 11, 28, 7, 24, 2, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_time_of_the_server_is_read_in_utc(told: str, moment: datetime) -> None:
    read = of_the_server(f"'{told}'::timestamptz")
    assert read == moment
    assert read.tzinfo is UTC
    assert of_the_server(f"ARRAY[NULL, '{told}'::timestamptz]") == [None, moment]


def test_it_is_so_whatever_zone_the_session_is_in() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'Asia/Kathmandu'")
        try:
            cursor.execute(
                "SELECT '2026-11-28 13:09:02+00'::timestamptz, '2026-11-28 13:09:02+00'::timestamptz::text"
            )
            read, told = cursor.fetchone()
        finally:
            cursor.execute("SET TIME ZONE 'UTC'")
    assert told == "2026-11-28 18:54:02+05:45", "it was told otherwise"
    assert (read, read.tzinfo) == (datetime(2026, 11, 28, 13, 9, 2, tzinfo=UTC), UTC)


@pytest.mark.parametrize("told", ["infinity", "0044-03-15 00:00:00+00 BC", "20260-11-28 13:09:02+00"])
def test_a_time_that_python_has_none_for_is_refused(told: str) -> None:
    with pytest.raises(DataError, match=r"timestamp too (small|large)"):
        of_the_server(f"'{told}'::timestamptz")


def test_psycopgs_own_reader_reads_it_and_not_djangos_which_is_slow() -> None:
    number = types["timestamptz"].oid
    with connection.cursor() as cursor:
        reader = cursor.cursor.adapters.get_loader(number, Format.TEXT)
    assert type(reader(number, None)) is adapters.get_loader(number, Format.TEXT)

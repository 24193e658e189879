"""How many nudges wait, by each kind of broker that there is here."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from config.celery import QUEUES, app
from config.watch import broker
from tests.config.own_rabbitmq import own_rabbitmq
from tests.config.own_servers import own_redis
from tests.processes import free_port, wait_for


@contextmanager
def at(url: str, options: dict[str, object] | None = None) -> Iterator[None]:
    before = app.conf.broker_url, app.conf.broker_transport_options
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = url
    app.conf.broker_transport_options = options or {}
    try:
        yield
    finally:
        app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = before[0]
        app.conf.broker_transport_options = before[1]


def _counts() -> None:
    assert broker.depths() == dict.fromkeys(QUEUES, 0)
    with app.connection_for_write() as line:
        for _ in range(3):
            app.send_task("inference.tasks.sweep_calls", queue="write", connection=line)
    assert broker.depths() == {**dict.fromkeys(QUEUES, 0), "write": 3}


def test_it_counts_in_a_redis_and_says_when_that_is_gone() -> None:
    with own_redis() as url, at(url):
        _counts()
    with at(url):
        assert broker.depths() is None


@pytest.mark.processes
def test_it_counts_in_a_rabbitmq_and_says_when_that_is_gone() -> None:
    with own_rabbitmq() as server, at(server.url):
        _counts()
        server.kill()
        assert broker.depths() is None


@pytest.mark.django_db(transaction=True)
def test_it_counts_in_the_database() -> None:
    from django.db import connection
    from pgmq.install import get_embedded_install_sql

    name = connection.settings_dict["NAME"]
    own = psycopg.conninfo.make_conninfo(os.environ["DATABASE_URL"], dbname=name)
    with psycopg.connect(own) as queue:
        if not queue.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'").fetchone():
            queue.execute(get_embedded_install_sql())
    with at("pgmq://localhost", {"init_extension": False, "polling_interval": 0.2, "conn_string": own}):
        _counts()
    with psycopg.connect(own) as queue:
        queue.execute("DROP SCHEMA pgmq CASCADE")


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes whoever comes and says nothing to them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def _looks_briefly() -> None:
    found: list[object] = []
    looks = threading.Thread(target=lambda: found.append(broker.depths()), daemon=True)
    looks.start()
    wait_for(lambda: not looks.is_alive(), 8, "the end of the look")
    assert found == [None]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_says_nothing_is_away_soon(scheme: str) -> None:
    with silent() as port, at(f"{scheme}://127.0.0.1:{port}/0"):
        _looks_briefly()


def test_a_database_that_is_away_holds_no_look_up_and_keeps_no_threads() -> None:
    def pools() -> set[str]:
        return {one.name for one in threading.enumerate() if one.name.startswith("pool-")}

    before, gone = pools(), f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    with at("pgmq://localhost", {"init_extension": False, "conn_string": gone}):
        _looks_briefly()
    wait_for(lambda: pools() <= before, 10, "the end of the pool's threads")

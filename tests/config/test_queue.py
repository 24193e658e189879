"""The queue's database is away when messages are to be acknowledged: their places are free all the same."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
from collections.abc import Iterator

import psycopg
import pytest
import redis
from kombu import Connection, Consumer, Message, Producer, Queue
from pgmq.install import get_embedded_install_sql
from psycopg.conninfo import make_conninfo

import config.celery  # noqa: F401 - it says what pgmq:// stands for
from tests.chaos.brokers import started
from tests.config.own_rabbitmq import RabbitMQ, own_rabbitmq

NAME = f"queue_{os.getpid()}"
PLACES = 2


def _admin() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


@pytest.fixture
def where() -> Iterator[str]:
    """The address of a database of its own with the queue's schema."""
    with _admin() as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=NAME)
    with psycopg.connect(url) as own:
        own.execute(get_embedded_install_sql())
    yield url
    with _admin() as admin:
        admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[RabbitMQ]:
    with own_rabbitmq() as server:
        yield server


@contextlib.contextmanager
def away() -> Iterator[None]:
    """Nobody reaches that database while the block lasts."""
    with _admin() as admin:
        admin.execute(f"ALTER DATABASE {NAME} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [NAME])
        yield
        admin.execute(f"ALTER DATABASE {NAME} ALLOW_CONNECTIONS true")


@pytest.mark.parametrize("ending", ["ack", "reject", "requeue"])
def test_a_worker_takes_more_messages_after_it_could_not_end_some(where: str, ending: str) -> None:
    options = {"init_extension": False, "conn_string": where, "pool_timeout": 1, "visibility_timeout": 600}
    options |= {"wait_time_seconds": 0, "polling_interval": 0.1}
    taken: list[Message] = []
    with Connection("pgmq://", transport_options=options) as broker:
        channel = broker.channel()
        queue = Queue("work", channel=channel)
        queue.declare()
        for number in range(2 * PLACES):
            Producer(channel).publish({"n": number}, routing_key="work", serializer="json")
        with Consumer(channel, [queue], on_message=taken.append, prefetch_count=PLACES):
            _take(broker)
            assert [message.payload["n"] for message in taken] == [0, 1], "no more at once than places"
            with away():
                for message in taken:
                    _end(message, ending, broker)
            _take(broker)
    assert [message.payload["n"] for message in taken] == [0, 1, 2, 3]


def test_the_whole_address_of_the_queue_counts(where: str) -> None:
    """Not only where it is: TLS, time-outs, and whatever else."""
    asked = make_conninfo(where, application_name="queue", options="-c statement_timeout=7s")
    with Connection("pgmq://", transport_options={"init_extension": False, "conn_string": asked}) as broker:
        channel = broker.channel()
        Queue("work", channel=channel).declare()
        with broker.connection._get_pgmq_client().pool.connection() as own:
            assert own.info.parameter_status("application_name") == "queue"
            assert own.execute("SHOW statement_timeout").fetchone() == ("7s",)


def test_a_message_whose_connection_was_lost_comes_again_and_troubles_nobody(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A task that was under way when the worker connected anew ends its message on a channel that is closed."""
    options = {
        "init_extension": False,
        "conn_string": where,
        "visibility_timeout": 600,
        "wait_time_seconds": 0,
    }
    taken: list[Message] = []
    with Connection("pgmq://", transport_options=options) as broker:
        channel = broker.channel()
        queue = Queue("work", channel=channel)
        queue.declare()
        Producer(channel).publish({"n": 0}, routing_key="work", serializer="json")
        with Consumer(channel, [queue], on_message=taken.append):
            _take(broker)
        channel.close()
        taken[0].ack()
    assert "its connection was lost" in caplog.text


@pytest.mark.processes
@pytest.mark.parametrize("ending", ["ack", "reject", "requeue"])
def test_a_worker_on_redis_notices_that_its_broker_went_away(ending: str) -> None:
    """Only by asking it: with every place taken it would never ask again."""
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server here; tests/system_packages.sh installs it where it can")
    server = started("redis")
    taken: list[Message] = []
    try:
        with Connection(server.url) as broker:
            channel = broker.channel()
            queue = Queue("work", channel=channel)
            queue.declare()
            for number in range(PLACES):
                Producer(channel).publish({"n": number}, routing_key="work", serializer="json")
            with Consumer(channel, [queue], on_message=taken.append, prefetch_count=PLACES):
                _take(broker)
                assert len(taken) == PLACES
                server.kill()
                for message in taken:
                    _end(message, ending, broker)
                server.start()
                with pytest.raises(redis.ConnectionError):
                    _ask(broker)
    finally:
        server.kill()


@pytest.mark.processes
@pytest.mark.parametrize("ending", ["ack", "requeue"])
def test_a_worker_on_rabbitmq_notices_that_its_broker_went_away(ending: str, rabbitmq: RabbitMQ) -> None:
    """And gets nothing back that it could not end: this broker forgot it."""
    taken: list[Message] = []
    with Connection(rabbitmq.url) as broker:
        channel = broker.channel()
        queue = Queue("work", channel=channel)
        queue.declare()
        for number in range(PLACES + 1):
            Producer(channel).publish({"n": number}, routing_key="work", serializer="json")
        Consumer(channel, [queue], on_message=taken.append, prefetch_count=PLACES).consume()
        _take(broker)
        assert len(taken) == PLACES, "no more at once than places"
        rabbitmq.kill()

        def end_and_ask() -> None:
            for message in taken:
                _end(message, ending, broker)
            _ask(broker)

        with pytest.raises(broker.connection_errors):
            end_and_ask()
    rabbitmq.start()


def _ask(broker: Connection) -> None:
    for _ in range(8):
        with contextlib.suppress(socket.timeout):
            broker.drain_events(timeout=0.5)


def _end(message: Message, ending: str, broker: Connection) -> None:
    """As Celery does: what goes wrong is logged."""
    log = logging.getLogger("test")
    if ending == "ack":
        message.ack_log_error(log, broker.connection_errors)
    else:
        message.reject_log_error(log, broker.connection_errors, requeue=ending == "requeue")


def _take(broker: Connection) -> None:
    """Everything that comes within a moment; the first tries after `away` may meet dead connections."""
    for _ in range(8):
        with contextlib.suppress(socket.timeout, *broker.connection_errors):
            broker.drain_events(timeout=0.5)

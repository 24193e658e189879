"""CELERY_BROKER_URL at a RabbitMQ of the user's own: the same journey, and what befalls workers and broker."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from config.celery import QUEUES
from tests.config.own_rabbitmq import RabbitMQ, own_rabbitmq
from tests.config.own_servers import PASSWORD
from tests.config.test_own_servers import INTRANET, journey
from tests.fakes.doors import Door
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import PROJECT, Instance, Running, state_directory, wait_for

pytestmark = pytest.mark.processes
TOLD = "SELECT count(*) FROM ingest_article WHERE title = %s AND stage = 'placed'"
LEASES = "UPDATE ingest_source SET lease_until = now() - interval '1 s' WHERE lease_until > now()"


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[RabbitMQ]:
    with own_rabbitmq() as server:
        yield server


@contextlib.contextmanager
def running_on(server: RabbitMQ, **more: str) -> Iterator[Running]:
    with state_directory() as var:
        instance = Instance(var, {"CELERY_BROKER_URL": server.url, **INTRANET, **more})
        with instance.up("--no-sample", "--no-catalogue") as running:
            yield running
        assert PASSWORD not in instance.said()


def queues(server: RabbitMQ, what: str) -> dict[str, str]:
    """That of each of our queues, as RabbitMQ tells it."""
    told = dict(line.split() for line in server.control("list_queues", "name", what).splitlines()[1:])
    return {name: told[name] for name in QUEUES}


def add(running: Running, url: str) -> None:
    added = running.instance.manage("sources", "add", url)
    assert added.returncode == 0, added.stderr


def placed(running: Running, title: str) -> bool:
    with running.instance.connect() as own:
        return own.execute(TOLD, [title]).fetchone() == (1,)


def test_it_runs_on_a_rabbitmq_of_your_own_whatever_befalls_it(rabbitmq: RabbitMQ) -> None:
    """One installation, as its start takes longest: a journey, a killed worker, a broker that comes back empty."""
    first, second = reports("labnotes")
    with WebServer() as web, running_on(rabbitmq) as running:
        journey(running, web.put("/feed.xml", whole(*reports("docket"))))
        assert queues(rabbitmq, "type") == dict.fromkeys(QUEUES, "classic")

        door = Door(lets=1)  # adding a source looks at it
        add(running, web.misbehave("/held.xml", door.before(whole(first))))
        door.await_somebody()
        for process in running.children(" worker "):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        door.open()
        with running.instance.connect() as own:
            own.execute(LEASES)
        wait_for(lambda: placed(running, first.title), 60, "the article that the dead worker was reading")
        assert web.seen["/held.xml"] == 3

        rabbitmq.kill()
        assert running.status("/") == 200
        assert running.status("/health/ready") == 200
        add(running, web.put("/later.xml", whole(second)))
        rabbitmq.start()
        wait_for(lambda: placed(running, second.title), 90, "the article that nobody was told of")
        # What was taken is acknowledged once it is done, and nothing piles up.
        wait_for(lambda: set(queues(rabbitmq, "messages").values()) == {"0"}, 60, "empty queues")


def test_its_queues_may_be_kept_on_several_nodes(rabbitmq: RabbitMQ) -> None:
    rabbitmq.kill()  # a queue's type is for its lifetime
    rabbitmq.start()
    with WebServer() as web, running_on(rabbitmq, NUTGRAF_QUEUE_TYPE="quorum") as running:
        journey(running, web.put("/feed.xml", whole(*reports("docket"))))
        assert queues(rabbitmq, "type") == dict.fromkeys(QUEUES, "quorum")


PUBLISH = """
import json, logging, time, django
django.setup()
from ingest import nudge
heard, took = [], []
nudge.log.addFilter(lambda record: heard.append(record.getMessage()) and False)
until = time.monotonic() + 60
while len(heard) < 5 and time.monotonic() < until:
    began = time.monotonic()
    nudge._tell("ingest.tasks.sweep_pages", "x" * 500_000, "fetch")  # what `nudge` does once the transaction commits
    took.append(time.monotonic() - began)
print(json.dumps([took, heard]))
"""


def test_nobody_waits_for_a_broker_that_takes_nothing_more(rabbitmq: RabbitMQ) -> None:
    """Short of memory RabbitMQ stops reading from publishers: what lies between fills up, and then they wait."""
    rabbitmq.kill()  # the queues of the test before are of another type
    rabbitmq.start()
    rabbitmq.control("set_vm_memory_high_watermark", "0")
    try:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
        done = subprocess.run(
            [sys.executable, "-c", PUBLISH],
            env={**environment, "CELERY_BROKER_URL": rabbitmq.url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=PROJECT,
        )
    finally:
        rabbitmq.control("set_vm_memory_high_watermark", "0.4")
    assert done.returncode == 0, done.stderr[-2000:]
    took, heard = json.loads(done.stdout)
    assert len(heard) >= 5, "each that it does not take is told of"
    assert any("takes its time" in line for line in heard)
    assert 0.9 < max(took) < 2, "and none is waited for longer than a second"

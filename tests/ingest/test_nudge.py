"""Nobody waits long for a broker: each nudge a second at most, and a silent broker holds four threads and no more."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

from tests.processes import PROJECT

TELL = """
import json, sys, threading, time, django
django.setup()
from celery import current_app
from ingest import nudge
current_app.conf.broker_connection_timeout = 60
silent, heard, took = sys.argv[1], [], []
nudge.log.addFilter(lambda record: heard.append(record.getMessage()) and False)

def tell():
    began = time.monotonic()
    nudge._tell("ingest.tasks.sweep_pages", "x", "fetch")  # what `nudge` does once the transaction commits
    took.append(time.monotonic() - began)

if silent == "silent":
    for _ in range(7):
        tell()
else:
    def none(self):
        raise RuntimeError("can't start new thread")
    threading.Thread.start, start = none, threading.Thread.start
    for _ in range(6):
        tell()
    threading.Thread.start = start
    free = [nudge._tellers.acquire(blocking=False) for _ in range(5)]
    took.append(free)
print(json.dumps([took, heard]))
"""


def told(how: str, port: int) -> tuple[list[float], list[str]]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "CELERY_BROKER_URL": f"amqp://127.0.0.1:{port}//",
    }
    command = [sys.executable, "-W", "ignore", "-c", TELL, how]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=PROJECT
    )
    assert done.returncode == 0, done.stderr[-2000:]
    took, heard = json.loads(done.stdout)
    return took, heard


def test_a_broker_that_takes_connections_and_says_nothing_holds_four_tellers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        took, heard = told("silent", silent.getsockname()[1])
    assert all(0.9 < seconds < 3 for seconds in took[:4]), "each waits its second"
    assert all(seconds < 0.5 for seconds in took[4:])
    assert ["the broker takes its time" in line for line in heard] == [True] * 4 + [False] * 3
    assert all("has not answered earlier ones" in line for line in heard[4:])


def test_where_there_are_no_more_threads_nothing_is_held() -> None:
    took, heard = told("no threads", 9)
    assert ["can't start new thread" in line for line in heard] == [True] * 6
    assert took[-1] == [True] * 4 + [False]

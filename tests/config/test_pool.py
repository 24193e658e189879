"""A worker's process dies while it waits for a task: the others and its successor go on."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from config.celery import app
from config.pool import TaskPool
from tests.processes import PROJECT

pytestmark = pytest.mark.processes

# In a process of its own: a pool forks, and one that is deaf never ends.
KILLED = """
import os, signal, sys, time
from config.pool import PacketPool

def work(number):
    return number * number

pool = PacketPool(2, threads=True)
assert [pool.apply_async(work, (n,)).get(20) for n in range(20)] == [n * n for n in range(20)]
for _ in range(3):
    time.sleep(0.3)  # all wait for a task
    for child in list(pool._pool):
        os.kill(child.pid, signal.SIGKILL)
    time.sleep(2)
    assert [pool.apply_async(work, (n,)).get(20) for n in range(20)] == [n * n for n in range(20)]
assert pool.apply_async(str.upper, ("long " * 20_000,)).get(20).startswith("LONG")
try:
    pool.apply_async(int, ("no number",)).get(20)
except ValueError:
    pass
else:
    sys.exit("an error was swallowed")
pool.close()
pool.join()
print("well")
"""


def _run() -> str:
    """What it says, with whatever it started gone at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=PROJECT,
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(timeout=90)[0]
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="packet sockets are Linux's")
def test_tasks_go_on_when_idle_processes_are_killed() -> None:
    assert _run().endswith("well\n")


def test_the_worker_uses_it() -> None:
    from celery.concurrency import get_implementation

    assert get_implementation(app.conf.worker_pool) is TaskPool

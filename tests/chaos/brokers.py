"""The brokers that a trial may run on. Killed, one that is a server of its own comes back empty."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import redis

from tests.config.own_rabbitmq import PROGRAM, RabbitMQ
from tests.processes import free_port, wait_for


class Broker:
    """The queue lies in the database: there is no server of its own, and no address."""

    url = ""

    @staticmethod
    def is_here() -> bool:
        return True

    def start(self) -> None: ...

    def kill(self) -> None:
        """With all that it held."""

    def stop(self) -> None:
        """For good."""
        self.kill()

    def hush(self) -> None:
        """It takes connections and says nothing, until it is to `speak`."""

    def speak(self) -> None: ...


class Redis(Broker):
    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_here() -> bool:
        return shutil.which("redis-server") is not None

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "no redis-server here; tests/system_packages.sh installs it where it can"
        where = ("--port", str(self.port), "--bind", "127.0.0.1")
        keeping = ("--save", "", "--appendonly", "no")
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([program, *where, *keeping], stdout=quiet, stderr=quiet, cwd="/tmp")  # noqa: S108 - it keeps nothing
        wait_for(self._answers, 20, "Redis")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def hush(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def speak(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        with contextlib.suppress(redis.ConnectionError):
            return bool(redis.Redis(port=self.port).ping())
        return False


class Rabbit(Broker):
    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="nutgraf-rabbit-"))
        self.server = RabbitMQ(self.folder)
        self.url = self.server.url

    @staticmethod
    def is_here() -> bool:
        return PROGRAM.exists()

    def start(self) -> None:
        self.server.start()

    def kill(self) -> None:
        self.server.kill()

    def stop(self) -> None:
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def hush(self) -> None:
        self._signal(signal.SIGSTOP)

    def speak(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self.server.process
        os.killpg(self.server.process.pid, number)


BROKERS: dict[str, type[Broker]] = {"pgmq": Broker, "redis": Redis, "rabbitmq": Rabbit}


def started(name: str) -> Broker:
    broker = BROKERS[name]()
    try:
        broker.start()
    except BaseException:
        broker.stop()
        raise
    return broker

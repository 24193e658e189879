"""A RabbitMQ as a user would run it: with a password, over TCP, not started by Nutgraf; killed, it comes back empty."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from kombu import Connection

from tests.config.own_servers import PASSWORD, nobody
from tests.processes import free_port, state_directory, wait_for

# Debian's command by this name runs as its own user with its own folders; this one runs as whoever starts it.
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
CONFIGURATION = """
default_user = ada
default_pass = {password}
listeners.tcp.default = 127.0.0.1:{port}
log.file.level = warning
vm_memory_high_watermark.absolute = 512MB
"""


class RabbitMQ:
    """One node on loopback, with everything it keeps in `folder`. `kill` takes what it kept along."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.distribution, self.epmd = free_port(), free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://ada:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/"

    def start(self) -> None:
        configuration = self.folder / "rabbitmq.conf"
        configuration.write_text(CONFIGURATION.format(password=PASSWORD, port=self.port))
        (self.folder / "plugins").write_text("[].")
        if user := nobody():
            shutil.chown(self.folder, user)
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            [str(PROGRAM)],
            env=self._environment(configuration),
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            user=user,
            cwd=self.folder,
            start_new_session=True,
        )
        wait_for(self._answers, 60, "RabbitMQ")

    def kill(self) -> None:
        """As the power does, and with another disk."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def stop(self) -> None:
        self.kill()
        # The daemon that knows nodes by name outlives them, and does not end while it believes in one.
        end = ["epmd", "-port", str(self.epmd), "-kill"]
        wait_for(
            lambda: subprocess.run(end, capture_output=True, check=False).returncode == 0, 5, "epmd's end"
        )

    def control(self, *words: str) -> str:
        """What `rabbitmqctl` prints."""
        done = subprocess.run(
            [str(PROGRAM.with_name("rabbitmqctl")), "--quiet", *words],
            env=self._environment(self.folder / "rabbitmq.conf"),
            capture_output=True,
            text=True,
            user=nobody(),
            cwd=self.folder,
            check=False,
        )
        assert done.returncode == 0, done.stderr or done.stdout
        return done.stdout

    def _environment(self, configuration: Path) -> dict[str, str]:
        own = {
            "HOME": self.folder,
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": configuration,
            "RABBITMQ_ADVANCED_CONFIG_FILE": self.folder / "none",
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.folder / "plugins",
            "RABBITMQ_MNESIA_BASE": self.folder / "data",
            "RABBITMQ_LOG_BASE": self.folder / "logs",
            "RABBITMQ_PID_FILE": self.folder / "pid",
            "RABBITMQ_NODENAME": f"nutgraf{self.port}@localhost",
            "RABBITMQ_DIST_PORT": self.distribution,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": self.epmd,
        }
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            **{name: str(value) for name, value in own.items()},
        }

    def _answers(self) -> bool:
        with contextlib.suppress(Exception), Connection(self.url, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1)
            return True
        return False


@contextlib.contextmanager
def own_rabbitmq() -> Iterator[RabbitMQ]:
    """It, started, while the block lasts. Skips where there is none."""
    if not PROGRAM.exists():
        pytest.skip("no RabbitMQ here; tests/system_packages.sh installs it where it can")
    with state_directory() as folder:
        server = RabbitMQ(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()

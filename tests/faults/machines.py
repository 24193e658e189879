"""Machines with a network cable each: namespaces of Linux, which this one serves at an address of its own."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.processes import PROJECT, Instance

# 198.18.0.0/15 is for trying networks (RFC 2544), so nothing else here has it; two runs of the tests do not meet in it.
LOT = os.getpid() % 128  # four networks of 256 addresses each
NET = f"198.{18 + LOT // 64}"
THIRD = LOT % 64 * 4
HERE = f"{NET}.{THIRD}.1"  # where this machine serves the others
NOBODY = "02:00:00:00:00:99"  # an address that no cable leads to


def ip(*words: str) -> None:
    """CalledProcessError where that fails."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


def forgotten(*words: str) -> None:
    """What may not be there."""
    subprocess.run(["ip", *words], check=False, capture_output=True)


@contextlib.contextmanager
def skipped_where_forbidden() -> Iterator[None]:
    """Skips where networks may not be made here; whatever else fails does so."""
    try:
        yield
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode().strip()
        if os.strerror(errno.EPERM) not in said:
            raise AssertionError(f"{' '.join(error.cmd)}: {said}") from error
        pytest.skip(f"no networks can be made here: {said}")


@dataclass
class Machine:
    """One that reaches nobody but HERE, with an installation's environment and disk of its own."""

    number: int
    instance: Instance
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"nutgraf{os.getpid() % 10000}x{self.number}"

    @property
    def cable(self) -> str:
        return f"ng{os.getpid() % 10000}x{self.number}"

    @property
    def address(self) -> str:
        return f"{NET}.{THIRD + self.number}.2"

    @property
    def other_end(self) -> str:
        return f"{NET}.{THIRD + self.number}.1"

    def plug_in(self) -> None:
        inside = f"{self.cable}i"
        self.take_away()  # what a run that was killed left under the same number
        ip("netns", "add", self.name)
        ip("link", "add", self.cable, "type", "veth", "peer", "name", inside)
        ip("link", "set", inside, "netns", self.name)
        ip("addr", "add", f"{self.other_end}/24", "dev", self.cable)
        ip("-n", self.name, "addr", "add", f"{self.address}/24", "dev", inside)
        for device in ("lo", inside):
            ip("-n", self.name, "link", "set", device, "up")
        ip("link", "set", self.cable, "up")
        ip("-n", self.name, "route", "add", "default", "via", self.other_end)

    def take_away(self) -> None:
        forgotten("netns", "del", self.name)
        forgotten("link", "del", self.cable)

    def swallow(self) -> None:
        """From now on whatever either side sends is lost without a word, as in a switch that died."""
        ip("neigh", "replace", self.address, "lladdr", NOBODY, "dev", self.cable, "nud", "permanent")
        inside = ("dev", f"{self.cable}i", "nud", "permanent")
        ip("-n", self.name, "neigh", "replace", self.other_end, "lladdr", NOBODY, *inside)

    def unplug(self) -> None:
        ip("link", "set", self.cable, "down")

    def heal(self) -> None:
        ip("link", "set", self.cable, "up")
        forgotten("neigh", "del", self.address, "dev", self.cable)
        forgotten("-n", self.name, "neigh", "del", self.other_end, "dev", f"{self.cable}i")

    def start_worker(self) -> None:
        command = (sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker", "-c", "2")
        options = ("-Q", "fetch,write,deliver,answer", "-n", f"{self.name}@%h", "--loglevel", "WARNING")
        alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        with (self.instance.var / "stderr").open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    ["ip", "netns", "exec", self.name, *command, *options, *alone],
                    env=self.instance.environment,
                    cwd=PROJECT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def switch_off(self) -> None:
        for process in self.processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                family = psutil.Process(process.pid)
                for one in (*family.children(recursive=True), family):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.kill()
            process.wait()
        self.processes.clear()


@contextlib.contextmanager
def served_here() -> Iterator[None]:
    """HERE is an address of this machine; skips where networks cannot be made."""
    if not shutil.which("ip") or os.geteuid() != 0:
        pytest.skip("no networks can be made here: not root, or no `ip` (iproute2)")
    with skipped_where_forbidden():
        ip("addr", "replace", f"{HERE}/32", "dev", "lo")
    try:
        yield
    finally:
        ip("addr", "del", f"{HERE}/32", "dev", "lo")


@contextlib.contextmanager
def machine(number: int, var: Path, environment: dict[str, str]) -> Iterator[Machine]:
    one = Machine(number, Instance(var, environment))
    try:
        with skipped_where_forbidden():
            one.plug_in()
        yield one
    finally:
        one.switch_off()
        one.take_away()

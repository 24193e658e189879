"""Keeps child processes running: restarts with back-off, and stops every one of them when asked to."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

log = logging.getLogger("config.supervise")

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
STEADY = 60.0  # seconds after which a child counts as healthy again
GRACE = 10.0  # seconds between asking a child to stop and killing it
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One command to keep running, or to run once; where the processor is short, `behind` those with a smaller number
    (0 to 19, as of nice). `restart_at` is set while it waits to be started again (monotonic seconds)."""

    name: str
    command: Sequence[str]
    once: bool = False
    behind: int = 0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    wait: float = FIRST_WAIT
    restart_at: float | None = None


@dataclass
class Supervisor:
    """Runs children until `stop` is called or a signal arrives; `environment` is what the children see."""

    environment: Mapping[str, str]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def start(self, name: str, *command: str, once: bool = False, behind: int = 0) -> None:
        child = Child(name, command, once, behind)
        self.children.append(child)
        self._launch(child)

    def run(self, each_second: Callable[[], None]) -> None:
        """Watch the children until told to stop. `each_second` must return quickly."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            while not self.stopping:
                for child in list(self.children):
                    self._watch(child, time.monotonic())
                each_second()
                time.sleep(0.25)
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask all children to stop, wait, and kill whatever is left of their process groups."""
        self.stopping = True
        # A second Ctrl-C while we wait must not leave half of them running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        alive = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
        self.kill()

    def kill(self) -> None:
        """End all children without asking."""
        self.stopping = True
        for child in self.children:
            if child.process:
                _kill_group(child.process)

    def _on_signal(self, number: int, frame: object) -> None:
        self.stopping = True

    def _launch(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if child.once else sys.stderr,
            start_new_session=True,  # Ctrl-C reaches us alone, so that we stop them in order
            preexec_fn=partial(_begin, child.behind),
        )
        child.started_at, child.restart_at = time.monotonic(), None

    def _watch(self, child: Child, now: float) -> None:
        if child.restart_at is not None:
            if now >= child.restart_at:
                self._launch(child)
            return
        if child.process is None or child.process.poll() is None:
            return
        _kill_group(child.process)
        if child.once:
            self.children.remove(child)
            return
        child.wait = FIRST_WAIT if now - child.started_at > STEADY else child.wait
        log.error(
            "%s ended with status %s; again in %.0f s", child.name, child.process.returncode, child.wait
        )
        child.restart_at = now + child.wait
        child.wait = min(child.wait * 2, LONGEST_WAIT)


def _begin(behind: int) -> None:
    """In the child: ask Linux for SIGTERM should the supervisor be killed outright (elsewhere nobody offers it), and
    step behind others."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if behind:
        os.nice(behind)
        # Where Linux shares the processor among sessions, and each of us has its own, these are what it weighs.
        with contextlib.suppress(OSError):
            fd = os.open("/proc/self/autogroup", os.O_WRONLY)
            os.write(fd, str(behind).encode())
            os.close(fd)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # The group outlives its leader when the leader was killed before its own children.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

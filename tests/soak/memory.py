"""What a running Nutgraf holds in memory and has spent of the processor, looked at from outside every few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil

EVERY = 5.0  # seconds


class Memory:
    """`samples`: (seconds on the monotonic clock, megabytes). Use as a context.

    Megabytes are the processes' proportional shares (PSS): what several of them share, as Postgres' buffers, counts
    once. `workers` are those whose seconds of processor are kept count of, beyond their end.
    """

    def __init__(
        self,
        processes: Callable[[], Iterable[psutil.Process]],
        workers: Callable[[], Iterable[psutil.Process]] = lambda: (),
        every: float = EVERY,
    ) -> None:
        self.processes, self.workers, self.every = processes, workers, every
        self.samples: list[tuple[float, float]] = []
        self._spent: dict[tuple[int, float], float] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(30)

    @property
    def worker_seconds(self) -> float:
        """Seconds of processor of all workers there were, their parsing children included."""
        return sum(self._spent.values())

    def _look(self) -> None:
        while not self._done.wait(self.every):
            held = 0.0
            for process in _alive(self.processes):
                with suppress(psutil.Error):
                    held += process.memory_full_info().pss / 2**20
            for process in _alive(self.workers):
                with suppress(psutil.Error):
                    times = process.cpu_times()
                    self._spent[process.pid, process.create_time()] = times.user + times.system
            if held:
                self.samples.append((time.monotonic(), round(held, 1)))


def _alive(which: Callable[[], Iterable[psutil.Process]]) -> list[psutil.Process]:
    with suppress(
        psutil.Error, OSError, ValueError, IndexError
    ):  # between the end of one and the start of the next
        return list(which())
    return []

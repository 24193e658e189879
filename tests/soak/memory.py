"""What a running Nutgraf holds in memory and has spent of the processor, looked at from outside every few seconds."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

import psutil

EVERY = 5.0  # seconds

Parts = Mapping[str, Iterable[psutil.Process]]  # the processes there are now, by what they are part of


class Memory:
    """`samples`: (seconds on the monotonic clock, megabytes). Use as a context.

    Megabytes are the processes' proportional shares (PSS): what several of them share, as Postgres' buffers, counts
    once. Seconds of processor are kept count of beyond the end of a process, but for what it spent after the last look.
    """

    def __init__(self, parts: Callable[[], Parts], every: float = EVERY) -> None:
        self.parts, self.every = parts, every
        self.samples: list[tuple[float, float]] = []
        self._spent: dict[tuple[str, int, float], float] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(30)

    @property
    def processor(self) -> Counter[str]:
        """Seconds of processor by part."""
        found: Counter[str] = Counter()
        for (part, _, _), seconds in list(self._spent.items()):
            found[part] += seconds  # type: ignore[assignment]
        return found

    def _look(self) -> None:
        while not self._done.wait(self.every):
            held = 0.0
            for part, processes in self._alive().items():
                for process in processes:
                    with suppress(psutil.Error):
                        held += process.memory_full_info().pss / 2**20
                        times = process.cpu_times()
                        self._spent[part, process.pid, process.create_time()] = times.user + times.system
            if held:
                self.samples.append((time.monotonic(), round(held, 1)))

    def _alive(self) -> Parts:
        with suppress(psutil.Error, OSError, ValueError, IndexError):  # between an end and the next start
            return self.parts()
        return {}

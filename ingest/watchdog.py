"""Shuts sockets at their deadlines, all from one thread: one for each would cost more than most answers do."""

from __future__ import annotations

import contextlib
import heapq
import os
import socket
import threading
import time
from itertools import count


class _Watchdog:
    def __init__(self) -> None:
        self.change = threading.Condition()
        self.number = count()
        self.heap: list[tuple[float, int]] = []
        self.guarded: dict[int, socket.socket] = {}
        self.thread: threading.Thread | None = None

    def guard(self, guarded: socket.socket, deadline: float) -> int:
        with self.change:
            number = next(self.number)
            self.guarded[number] = guarded
            heapq.heappush(self.heap, (deadline, number))
            if self.thread is None:
                self.thread = threading.Thread(target=self._watch, daemon=True, name="watchdog")
                self.thread.start()
            elif self.heap[0][1] == number:
                self.change.notify()
            return number

    def release(self, number: int) -> None:
        with self.change:
            self.guarded.pop(number, None)

    def _watch(self) -> None:
        with self.change:
            while True:
                self.change.wait(self._shut_what_is_over())

    def _shut_what_is_over(self) -> float | None:
        """Seconds until the next deadline; None when nothing is guarded."""
        while self.heap:
            deadline, number = self.heap[0]
            left = deadline - time.monotonic()
            if number in self.guarded and left > 0:
                return left
            heapq.heappop(self.heap)
            if (over := self.guarded.pop(number, None)) is not None:
                with contextlib.suppress(OSError):
                    over.shutdown(socket.SHUT_RDWR)
        return None


_watchdog = _Watchdog()


def _renew() -> None:
    global _watchdog
    _watchdog = _Watchdog()  # a forked process inherits no threads


os.register_at_fork(after_in_child=_renew)


def guard(guarded: socket.socket, deadline: float) -> int:
    """Shut the socket at `deadline` (of `time.monotonic`), whatever it is waiting for; a number for `release`."""
    return _watchdog.guard(guarded, deadline)


def release(number: int) -> None:
    """Leave the socket alone from now on. After a fork, numbers of the parent mean nothing."""
    _watchdog.release(number)

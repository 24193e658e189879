"""Remembers an answer for moments, a failure too: however often anybody asks, one process looks once in a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Lately(Generic[Found]):
    """What `look` returned or raised, at most `seconds` old. Who asks meanwhile waits for the one who looks."""

    def __init__(self, look: Callable[[], Found], seconds: float) -> None:
        self._look, self._seconds, self._lock = look, seconds, threading.Lock()
        self._until = 0.0
        self._found: tuple[Found] | None = None
        self._error: Exception | None = None

    def __call__(self) -> Found:
        with self._lock:
            if time.monotonic() >= self._until:
                self._look_again()
            if self._found is None:
                raise self._error or RuntimeError("nobody has looked")
            return self._found[0]

    def forget(self) -> None:
        """Look again next time."""
        with self._lock:
            self._until = 0.0

    def _look_again(self) -> None:
        self._found = self._error = None
        try:
            self._found = (self._look(),)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who ask next get the same
            self._error = error
        self._until = time.monotonic() + self._seconds

"""Remembers an answer for moments, a failure too: however often anybody asks, one process looks once in a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Found = TypeVar("Found")
OLD = 60.0  # seconds past its time: until then an answer is better than waiting for the next


@dataclass(frozen=True, slots=True)
class _Said(Generic[Found]):
    until: float
    found: Found | Exception


class Lately(Generic[Found]):
    """What `look` returned or raised, at most `seconds` old.

    Whoever asks while somebody looks gets what was found before: a slow look must not hold up all that serve.
    """

    def __init__(self, look: Callable[[], Found], seconds: float) -> None:
        self._look, self._seconds, self._lock = look, seconds, threading.Lock()
        self._said: _Said[Found] | None = None

    def __call__(self) -> Found:
        said = self._said
        if said is None or time.monotonic() >= said.until:
            said = self._newer(said)
        if isinstance(said.found, Exception):
            raise said.found
        return said.found

    def forget(self) -> None:
        """Look again next time."""
        with self._lock:
            self._said = None

    def _newer(self, before: _Said[Found] | None) -> _Said[Found]:
        if before is None or time.monotonic() >= before.until + OLD:
            self._lock.acquire()
        elif not self._lock.acquire(blocking=False):
            return before
        try:
            said = self._said
            if said is None or time.monotonic() >= said.until:
                found = self._looked()
                said = self._said = _Said(time.monotonic() + self._seconds, found)
            return said
        finally:
            self._lock.release()

    def _looked(self) -> Found | Exception:
        try:
            return self._look()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who ask next get the same
            return error

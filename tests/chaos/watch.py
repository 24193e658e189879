"""Looks at every budget many times a second, from outside: is more gone than its limit, at any instant?"""

from __future__ import annotations

import threading
from typing import Any

import psycopg

from tests.processes import Instance

EVERY = 0.02  # seconds


class Watch:
    """`passed` lists each budget found over its limit; use as a context."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.samples = 0
        self.fullest: dict[str, float] = {}
        self.passed: list[str] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(10)

    def said(self) -> dict[str, Any]:
        return {"samples": self.samples, "fullest": self.fullest}

    def _look(self) -> None:
        while not self._done.is_set():
            try:
                with self.instance.connect() as own:
                    while not self._done.wait(EVERY):
                        self._sample(own)
            except (psycopg.Error, OSError, IndexError):  # the database is away: nobody can spend either
                self._done.wait(EVERY)

    def _sample(self, own: psycopg.Connection[Any]) -> None:
        found = own.execute('SELECT scope, period, "limit", settled + held FROM inference_budget').fetchall()
        for scope, period, limit, gone in found:
            name = f"{scope} {period}"
            self.fullest[name] = max(self.fullest.get(name, 0.0), round(gone / max(limit, 1), 4))
            if gone > limit:
                self.passed.append(f"budget {name}: {gone} of {limit} nano-dollars")
        self.samples += len(found) > 0

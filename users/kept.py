"""Keeps in this process what was made once, under keys that hold, or change with, all that it was made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from hashlib import blake2b
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def digest(*values: object) -> bytes:
    """16 bytes that stand for values in a key, where these are large; they are told apart by their `repr`."""
    return blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Kept(Generic[Key, Value]):
    """Values that weigh up to `most` together, those asked for longest ago forgotten first. Safe among threads.

    Each weighs one, unless `weight` says otherwise. Threads may make the same at the same time.
    """

    def __init__(self, most: int, weight: Callable[[Value], int] = lambda _: 1) -> None:
        self.most, self.weight, self.weighs = most, weight, 0
        self.values: dict[Key, Value] = {}  # the one asked for longest ago first
        self.lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """What is kept by that key; else what `make` returns, from now on kept."""
        with self.lock:
            if key in self.values:
                return self._moved(key)
        value = make()
        self.put(key, value)
        return value

    def of(
        self, keys: Iterable[Key], make: Callable[[Collection[Key]], dict[Key, Value]]
    ) -> dict[Key, Value]:
        """The values of the keys; `make` is called at most once, with the keys whose values are not known.

        A key that it leaves out has no value. Where not all of this call can be kept, what was asked for before stays:
        one who asks for a week leaves the two days to all who ask for these.
        """
        wanted = dict.fromkeys(keys)
        with self.lock:
            found = {key: self.values[key] for key in wanted if key in self.values}
        unknown = wanted.keys() - found.keys()
        made = make(unknown) if unknown else {}
        with self.lock:
            for key, value in (*made.items(), *found.items()):
                self._add(key, value)
            self._fit()
        return found | made

    def find(self, key: Key) -> Value | None:
        with self.lock:
            return self._moved(key) if key in self.values else None

    def put(self, key: Key, value: Value) -> None:
        with self.lock:
            self._add(key, value)
            self._fit()

    def clear(self) -> None:
        with self.lock:
            self.values.clear()
            self.weighs = 0

    def _moved(self, key: Key) -> Value:
        value = self.values[key] = self.values.pop(key)
        return value

    def _add(self, key: Key, value: Value) -> None:
        self._drop(key)
        self.values[key] = value
        self.weighs += self.weight(value)

    def _fit(self) -> None:
        while self.weighs > self.most and self.values:
            self._drop(next(iter(self.values)))

    def _drop(self, key: Key) -> None:
        if key in self.values:
            self.weighs -= self.weight(self.values.pop(key))

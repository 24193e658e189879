"""Keeps in this process what was made of rows, under keys that change with what it was made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values that weigh up to `most` together, those asked for longest ago forgotten first. Safe among threads.

    Each weighs one, unless `weight` says otherwise.
    """

    def __init__(self, most: int, weight: Callable[[Value], int] = lambda _: 1) -> None:
        self.most, self.weight, self.weighs = most, weight, 0
        self.values: dict[Key, Value] = {}
        self.lock = Lock()

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
                self._drop(key)
                self.values[key] = value
                self.weighs += self.weight(value)
            while self.weighs > self.most and self.values:
                self._drop(next(iter(self.values)))
        return found | made

    def clear(self) -> None:
        with self.lock:
            self.values.clear()
            self.weighs = 0

    def _drop(self, key: Key) -> None:
        if key in self.values:
            self.weighs -= self.weight(self.values.pop(key))

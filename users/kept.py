"""What was made once and is kept for the next who asks: so many as were asked for last, by what they were made of."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import blake2b
from threading import Lock
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


def digest(*values: object) -> bytes:
    """16 bytes that stand for values in a key, where these are large; they are told apart by their `repr`."""
    return blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Kept(Generic[Thing]):
    """At most so many things, by keys that hold all they were made of. Threads may make the same at the same time."""

    def __init__(self, most: int) -> None:
        self._most, self._things, self._lock = most, OrderedDict[Hashable, Thing](), Lock()

    def get(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """What is kept by that key; else what `make` returns, from now on kept."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        thing = make()
        self.put(key, thing)
        return thing

    def find(self, key: Hashable) -> Thing | None:
        with self._lock:
            found = self._things.get(key)
            if found is not None:
                self._things.move_to_end(key)
            return found

    def put(self, key: Hashable, thing: Thing) -> None:
        with self._lock:
            self._things[key] = thing
            self._things.move_to_end(key)
            if len(self._things) > self._most:
                self._things.popitem(last=False)

    def __len__(self) -> int:
        return len(self._things)

    def clear(self) -> None:
        with self._lock:
            self._things.clear()

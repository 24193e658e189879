"""Keeps in this process what was made of rows, under keys that change with what it was made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Up to `most` values, those asked for longest ago forgotten first; safe to share among threads."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.values: dict[Hashable, Value] = {}
        self.lock = Lock()

    def of(
        self, keys: Iterable[Hashable], make: Callable[[Collection[Hashable]], dict[Hashable, Value]]
    ) -> dict[Hashable, Value]:
        """The values of the keys; `make` is called at most once, with the keys whose values are not known.

        A key that it leaves out has no value. Its values are kept, also where that forgets others of this call.
        """
        wanted = dict.fromkeys(keys)
        with self.lock:
            found = {key: self.values[key] for key in wanted if key in self.values}
        unknown = wanted.keys() - found.keys()
        made = make(unknown) if unknown else {}
        with self.lock:
            for key, value in (found | made).items():
                self.values.pop(key, None)
                self.values[key] = value
            for key in list(self.values)[: max(0, len(self.values) - self.most)]:
                del self.values[key]
        return found | made

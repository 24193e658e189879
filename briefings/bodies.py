"""What stored briefs and lenses say, read once: the same text gives the very same object while it is remembered.

So what is made of a body can be remembered by that object (`Very`), and nothing has to say when to forget it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from briefings.schemas import BriefBody, LensBody

BRIEFS, LENSES = (
    100,
    1000,
)  # remembered by a process; a long brief with its page takes about a quarter of a megabyte
Thing = TypeVar("Thing")


@lru_cache(BRIEFS)
def brief(text: str) -> BriefBody:
    """The shared part, from its JSON."""
    return BriefBody.model_validate_json(text)


@lru_cache(LENSES)
def lens(text: str) -> LensBody:
    """A lens's part, from its JSON."""
    return LensBody.model_validate_json(text)


@dataclass(frozen=True, eq=False, slots=True)
class Very(Generic[Thing]):
    """Equal to what holds the very same thing, which lives as long as this does."""

    thing: Thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Very) and other.thing is self.thing

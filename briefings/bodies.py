"""What stored briefs and lenses say, read once: the same text gives the very same object while it is remembered.

So what is made of a body can be remembered by its text (`Very`), and nothing has to say when to forget it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Generic, TypeVar

from briefings.schemas import BriefBody, LensBody

BRIEFS, LENSES = (
    100,
    1000,
)  # remembered by a process; a long brief with its page takes about a quarter of a megabyte
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Very(Generic[Thing]):
    """What a text says; equal to what the same text says, whenever that was read. `digest` is the text's."""

    digest: bytes
    thing: Thing = field(compare=False, repr=False)


@lru_cache(BRIEFS)
def brief(text: str) -> Very[BriefBody]:
    """The shared part, from its JSON."""
    return Very(_digest(text), BriefBody.model_validate_json(text))


@lru_cache(LENSES)
def lens(text: str) -> Very[LensBody]:
    """A lens's part, from its JSON."""
    return Very(_digest(text), LensBody.model_validate_json(text))


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()

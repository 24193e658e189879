"""What is followed over time: a company, a model or product, a person, a concern."""

from __future__ import annotations

from dataclasses import dataclass

from briefings.topics import spelling


@dataclass(frozen=True, slots=True)
class Topic:
    """`key` is equal for all spellings of its name; `slug` is its address."""

    key: str
    name: str
    kind: str

    @property
    def slug(self) -> str:
        return spelling.slug(self.name)

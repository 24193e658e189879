"""The roles, industries and interests a reader can have, from `taxonomy.toml`; knows nothing of accounts or stories."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from django.utils.translation import pgettext

FILE = Path(__file__).with_name("taxonomy.toml")


@dataclass(frozen=True, slots=True)
class Role:
    """`cares` says in a sentence or two what news such a reader wants."""

    slug: str
    title: str
    cares: str

    @property
    def label(self) -> str:
        """The title in the language that is spoken; never for ranking."""
        return pgettext("role", self.title)


@dataclass(frozen=True, slots=True)
class Industry:
    """`cares` says in a sentence or two what news matters in it."""

    slug: str
    title: str
    cares: str

    @property
    def label(self) -> str:
        """The title in the language that is spoken; never for ranking."""
        return pgettext("industry", self.title)


class Unknown(ValueError):
    """A name that is neither a slug nor a title; the message lists what is allowed."""

    what = "entry"

    def __init__(self, name: str, allowed: Mapping[str, Role] | Mapping[str, Industry]) -> None:
        super().__init__(f"unknown {self.what} {name!r}; one of: {', '.join(allowed)}")


class UnknownRole(Unknown):
    what = "role"


class UnknownIndustry(Unknown):
    what = "industry"


@cache
def roles() -> Mapping[str, Role]:
    """Every role by slug, in the file's order."""
    return MappingProxyType({slug: Role(slug, **entry) for slug, entry in _tables("roles").items()})


@cache
def industries() -> Mapping[str, Industry]:
    """Every industry by slug, in the file's order."""
    return MappingProxyType({slug: Industry(slug, **entry) for slug, entry in _tables("industries").items()})


@cache
def interests() -> tuple[str, ...]:
    """What is offered to be followed, in the words that stories use."""
    with FILE.open("rb") as file:
        return tuple(tomllib.load(file)["interests"])


def role(name: str) -> Role:
    """The role with this slug or title in any case ("Product Manager"); UnknownRole when there is none."""
    found = _find(name, roles())
    if found is None:
        raise UnknownRole(name, roles())
    return found


def industry(name: str) -> Industry:
    """The industry with this slug or title in any case; UnknownIndustry when there is none."""
    found = _find(name, industries())
    if found is None:
        raise UnknownIndustry(name, industries())
    return found


Entry = TypeVar("Entry", Role, Industry)


def _find(name: str, among: Mapping[str, Entry]) -> Entry | None:
    wanted = " ".join(name.casefold().replace("-", " ").replace("_", " ").split())
    for entry in among.values():
        if wanted in (entry.slug.replace("-", " "), entry.title.casefold().replace("-", " ")):
            return entry
    return None


def _tables(kind: str) -> dict[str, dict[str, str]]:
    with FILE.open("rb") as file:
        tables: dict[str, dict[str, str]] = tomllib.load(file)[kind]
    return tables

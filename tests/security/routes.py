"""Every address there is, read from the URLconf, so that a new one is tried without being named anywhere here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from config.watch.door import VIEWS

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# What is written as a regular expression, by hand.
ODD = {
    r"admin/^(?P<app_label>": ("admin/users/",),
    r"admin/(?P<url>.*)$": ("admin/no-such-page/",),
}


@dataclass(frozen=True, slots=True)
class Route:
    """An address with its parameters still in angle brackets."""

    pattern: str
    name: str

    def at(self, values: Mapping[str, object]) -> str:
        """The address with these values; KeyError for a parameter that nobody gave one."""
        for odd, (address,) in ODD.items():
            if self.pattern.startswith(odd):
                return f"/{address}"
        named = {
            **values,
            **{k.partition(" ")[2]: v for k, v in values.items() if k.startswith(f"{self.name} ")},
        }
        return "/" + PARAMETER.sub(lambda found: str(named[found[1]]), self.pattern)


def routes() -> list[Route]:
    """Pages, API and admin."""
    found = _walk(get_resolver().url_patterns, "")
    return list(dict.fromkeys(Route(pattern, name or "") for pattern, name in found))


def watched() -> list[str]:
    """What is answered before any routing."""
    return list(VIEWS)


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str | None]]:
    for one in patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, here)
        else:
            yield here, one.name

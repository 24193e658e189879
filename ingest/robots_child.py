"""Reads a robots.txt in the guarded child, where a file made to be slow or large does no harm. Imports no Django."""

from __future__ import annotations

from typing import Any

MOST_BYTES = 500 * 1024  # what RFC 9309 (2.5) demands to be read at least


def rules(body: bytes, url: str, agent: str, *urls: str) -> dict[str, Any]:
    """Which of `urls` the robots.txt in `body` lets `agent` read, and the seconds it asks between two requests."""
    from protego import Protego

    del url
    found = Protego.parse(body[:MOST_BYTES].decode("utf-8-sig", "replace"))
    return {
        "allowed": [one for one in urls if found.can_fetch(one, agent)],
        "delay": found.crawl_delay(agent) or 0.0,
    }

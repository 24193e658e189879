"""What a service answers beside documents: problems, and streams of events."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Iterator
from typing import Any


class Problem(Exception):
    """What the API says of a request that failed; `code` keeps its meaning, `retry_after` is in seconds."""

    def __init__(self, told: dict[str, Any], retry_after: float | None) -> None:
        self.status, self.code, self.detail = int(told["status"]), str(told["code"]), str(told["detail"])
        self.request_id, self.retry_after = str(told["request_id"]), retry_after
        super().__init__(f"{self.detail} ({self.code})")


def problem_of(error: urllib.error.HTTPError) -> Exception:
    """The error itself where something between us and the service answered."""
    wait = error.headers.get("Retry-After", "")
    try:
        return Problem(json.load(error), float(wait) if wait else None)
    except (ValueError, KeyError, TypeError):
        return error


def events(lines: Iterator[bytes]) -> Iterator[tuple[str, str, str]]:
    """(event, id, data) of each server-sent event that has data."""
    fields: dict[str, str] = {}
    for raw in lines:
        line = raw.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            if "data" in fields:
                yield fields.get("event", ""), fields.get("id", ""), fields["data"]
            fields = {}

"""Takes the oldest entries out of an enormous feed before it is parsed, which would take longer than allowed. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.times import standard

PARSED_WHOLE = 5_000  # entries up to which a feed is parsed as it is

_OPENING = re.compile(rb"<(item|entry)[\s>]")
_DATE = re.compile(
    rb"<(?:pubDate|published|updated|dc:date|issued|modified)>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,60})"
)


def newest(body: bytes, most: int) -> tuple[bytes, int]:
    """An XML feed with its `most` newest entries, and how many were taken out: none of up to PARSED_WHOLE.

    Entries without a date that a standard knows count as the oldest, and the earlier in the feed as the newer.
    """
    entries = _entries(body) if body.count(b"</item>") + body.count(b"</entry>") > PARSED_WHOLE else []
    if len(entries) <= PARSED_WHOLE:
        return body, 0
    ages = [_age(body[start:end]) for start, end in entries]
    kept = set(sorted(range(len(entries)), key=lambda n: (ages[n], n))[:most])
    parts, at = [], 0
    for number, (start, end) in enumerate(entries):
        if number not in kept:
            parts.append(body[at:start])
            at = end
    return b"".join([*parts, body[at:]]), len(entries) - len(kept)


def _entries(body: bytes) -> Sequence[tuple[int, int]]:
    """Where each entry begins and ends."""
    found, at = [], 0
    while opening := _OPENING.search(body, at):
        closing = b"</" + opening[1] + b">"
        end = body.find(closing, opening.end())
        if end < 0:
            break
        at = end + len(closing)
        found.append((opening.start(), at))
    return found


def _age(entry: bytes) -> float:
    date = _DATE.search(entry)
    when = standard(date[1].decode("ascii", "replace").strip()) if date else None
    return -when if when is not None else 0.0

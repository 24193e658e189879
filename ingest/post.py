"""Hands something over to an address that a stranger named, through the same door: judged, pinned, bounded, once.

Nothing is followed: where a server leads elsewhere, that is its answer.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from urllib3.exceptions import HTTPError

from ingest.addresses import Lookup, Target, Unreachable, among, resolve, system, target
from ingest.connection import Connection, FetchError, retry_after
from ingest.plain import line

MOST_SAID = 2000  # bytes of an answer that are read
WORDS = 200


@dataclass(frozen=True, slots=True)
class Posted:
    """What the server answered: any status, how long (seconds) it asks to be left alone, and its words on one line."""

    status: int
    retry_after: float | None
    words: str


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, lookup: Lookup = system
) -> Posted:
    """Give `body` to what lies at `url`, an https address, or an http one in a network of NUTGRAF_FETCH_ALLOW.

    All of it takes `seconds` at most. Raises FetchError: of code `lost` where the server may have taken it, with any
    other code where it certainly has not.
    """
    deadline = time.monotonic() + seconds
    try:
        where = target(url)
        address = resolve(where, settings.NUTGRAF_FETCH_ALLOW, seconds, lookup)
    except Unreachable as error:
        raise FetchError(error.code, error.words) from None
    if not where.secure and not among(address, settings.NUTGRAF_FETCH_ALLOW):
        raise FetchError("bad_url", "only https addresses are written to")
    with Connection(where, address, deadline) as connection:
        connection.connect()
        return _hand_over(where, connection, body, headers)


def _hand_over(where: Target, connection: Connection, body: bytes, headers: Mapping[str, str]) -> Posted:
    named = {"User-Agent": f"Nutgraf/0.1 (+{settings.NUTGRAF_URL})", "Connection": "close", **headers}
    try:
        response = connection.ask("POST", named, body)
    except FetchError as error:
        raise FetchError("lost", f"outcome unknown: {error.words}") from None
    try:
        said = response.read(MOST_SAID, decode_content=False)
    except (HTTPError, OSError, ValueError):
        said = b""  # the status has said it
    words = line(said.decode("utf-8", "replace"), WORDS)
    return Posted(response.status, retry_after(response.headers.get("Retry-After", "")), words)

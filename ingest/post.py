"""Hands something over to an address that a stranger named, through the same door: judged, pinned, bounded, once.

Nothing is followed: where a server leads elsewhere, that is its answer.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.conf import settings
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from ingest.addresses import Lookup, Network, Unreachable, among, permitted, resolve, system, target
from ingest.connection import Connection, FetchError, retry_after
from ingest.plain import line

MOST_SAID = 2000  # bytes of an answer that are read
WORDS = 200


@dataclass(frozen=True, slots=True)
class Posted:
    """What the server answered: any status, how long (seconds) it asks to be left alone, and its words on one line.

    The words are those of a refusal by a server of the public internet: what answers in a private network is shown to
    nobody, and success needs none.
    """

    status: int
    retry_after: float | None
    words: str


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    allowed: Collection[Network] = (),
    lookup: Lookup = system,
) -> Posted:
    """Give `body` to what lies at `url`: an https address of the public internet, or any in a network of `allowed`.

    All of it takes `seconds` at most. Raises FetchError: of code `lost` where the server may have taken it, with any
    other code where it certainly has not.
    """
    deadline = time.monotonic() + seconds
    try:
        where = target(url)
        address = resolve(where, allowed, seconds, lookup)
    except Unreachable as error:
        raise FetchError(error.code, error.words) from None
    if not where.secure and not among(address, allowed):
        raise FetchError("bad_url", "only https addresses are written to")
    with Connection(where, address, deadline) as connection:
        connection.connect()
        return _hand_over(connection, body, headers, heard=permitted(address))


def _hand_over(connection: Connection, body: bytes, headers: Mapping[str, str], *, heard: bool) -> Posted:
    named = {"User-Agent": f"Nutgraf/0.1 (+{settings.NUTGRAF_URL})", "Connection": "close", **headers}
    try:
        response = connection.ask("POST", named, body)
    except FetchError as error:
        raise FetchError("lost", f"outcome unknown: {error.words}") from None
    words = "" if 200 <= response.status < 300 or not heard else _words(response)
    return Posted(response.status, retry_after(response.headers.get("Retry-After", "")), words)


def _words(response: HTTPResponse) -> str:
    try:
        said = response.read(MOST_SAID, decode_content=False)
    except (HTTPError, OSError, ValueError):
        return ""  # the status has said it
    return line(said.decode("utf-8", "replace"), WORDS)

"""The door: the only code that opens connections for feeds and pages.

Every hop is resolved, judged and pinned anew; bytes are counted before and after decoding; one clock bounds the
whole, name lookup and dripping headers included (`ingest/connection.py`).
"""

from __future__ import annotations

import hashlib
import re
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import Literal

from django.conf import settings
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from ingest.addresses import (
    Address,
    Lookup,
    Target,
    Unreachable,
    permitted,
    refuse_inward,
    resolve,
    system,
    target,
)
from ingest.asks import fresh_for
from ingest.connection import Connection, left, retry_after
from ingest.connection import FetchError as FetchError

Kind = Literal["feed", "page", "robots"]

AGENT = "Nutgraf"  # the name by which a robots.txt may speak to us
DEADLINE: dict[Kind, float] = {"feed": 30.0, "page": 15.0, "robots": 10.0}  # seconds for everything together
MOST_DECODED = 5 * 1024 * 1024
MOST_COMPRESSED = (
    2 * 1024 * 1024
)  # on the wire; a body without compression may use the whole decoded allowance
MOST_HOPS = 5
CHUNK = 64 * 1024
SAMPLES = Path(__file__).resolve().parent / "sample"
ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9,"
    " */*;q=0.5",
    "page": "text/html, application/xhtml+xml, */*;q=0.1",
    "robots": "text/plain, */*;q=0.1",
}
REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Fetched:
    """An answer: 200 with its decoded body, or 304 without.

    `moved_to` is set when every redirect was permanent. `fresh_for` is how many seconds its server says it stays fresh.
    """

    status: int
    url: str
    body: bytes
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    fresh_for: float | None = None


Permit = Callable[[str], object]


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    kind: Kind = "feed",
    seconds: float | None = None,
    permit: Permit | None = None,
    found_at: str = "",
    lookup: Lookup = system,
) -> Fetched:
    """What lies at `url`, or FetchError.

    `etag` and `last_modified` are an earlier answer's, for a 304. All of it takes `seconds` at most, else what its
    kind is given. `permit` is called with the address that a redirect leads to, and may refuse it by a FetchError.
    `found_at` is the address whose contents named this one: like a redirect, a page of the internet leads into no
    private network. `lookup` tells the addresses of a host; what it answers is judged, and nothing else is connected
    to.
    """
    if url.startswith("sample:"):
        return _sample(url, etag)
    deadline = time.monotonic() + (DEADLINE[kind] if seconds is None else seconds)
    headers = {
        "User-Agent": f"{AGENT}/0.1 (news briefing reader; +{settings.NUTGRAF_URL})",
        "Accept": ACCEPT[kind],
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    try:
        return _follow(target(url), headers, _Visit(kind, deadline, permit, found_at, lookup))
    except Unreachable as error:
        raise FetchError(error.code, error.words) from None


@dataclass(frozen=True)
class _Visit:
    """What holds for every hop of one fetch."""

    kind: Kind
    deadline: float
    permit: Permit | None
    found_at: str
    lookup: Lookup

    @property
    def left(self) -> float:
        return left(self.deadline)

    def address(self, where: Target) -> Address:
        """Where to connect to, judged."""
        return resolve(where, settings.NUTGRAF_FETCH_ALLOW, self.left, self.lookup)

    def led_by(self, address: Address) -> Address | None:
        """Who names the first address of the fetch; looked up only where that lies in a network of the operator's."""
        asked = self.found_at and not self.found_at.startswith("sample:") and not permitted(address)
        return self.address(target(self.found_at)) if asked else None


def _follow(where: Target, headers: dict[str, str], visit: _Visit) -> Fetched:
    permanent = True
    address: Address | None = None
    for hop in range(MOST_HOPS + 1):
        before, address = address, visit.address(where)
        refuse_inward(before if hop else visit.led_by(address), address)
        with Connection(where, address, visit.deadline) as connection:
            response = connection.get(headers)
            if response.status not in REDIRECTS or not response.headers.get("Location"):
                fetched = _answer(where, response, visit.kind, visit.deadline)
                return replace(fetched, moved_to=where.url) if hop and permanent else fetched
            permanent = permanent and response.status in (301, 308)
            location = response.headers["Location"].encode("latin-1", "replace").decode("utf-8", "replace")
        where = target(location, where.url)
        if visit.permit is not None:
            visit.permit(where.url)
    raise FetchError("redirects", f"the address redirects more than {MOST_HOPS} times")


def _answer(where: Target, response: HTTPResponse, kind: Kind, deadline: float) -> Fetched:
    if response.status not in (200, 304):
        raise _refusal(response)
    declared = Message()
    declared["Content-Type"] = response.headers.get("Content-Type", "")
    mime = declared.get_content_type() if response.headers.get("Content-Type") else ""
    if kind == "page" and mime not in ("text/html", "application/xhtml+xml", ""):
        raise FetchError("not_html", f"the address holds {mime}, not a page")
    try:
        body = b"" if response.status == 304 else _body(response)
        left(deadline)  # a body without a length ends like a complete one when its socket is shut
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        left(deadline)
        raise FetchError("broken", "the answer broke off in the middle") from error
    return Fetched(
        status=response.status,
        url=where.url,
        body=body,
        content_type=_head(response, "Content-Type", 200),
        charset=declared.get_content_charset("") or "",
        etag=_head(response, "ETag", 500),
        last_modified=_head(response, "Last-Modified", 100),
        fresh_for=fresh_for(response.headers.get("Cache-Control", ""), response.headers.get("Age", "")),
    )


def _head(response: HTTPResponse, name: str, limit: int) -> str:
    """A header worth sending back later; one too long or with odd characters is not."""
    value = response.headers.get(name, "")
    return value if len(value) <= limit and value.isascii() and value.isprintable() else ""


def _refusal(response: HTTPResponse) -> FetchError:
    status = response.status
    code, words = {
        404: ("not_found", "there is nothing at this address (404)"),
        410: ("gone", "the publisher has withdrawn this address (410)"),
        429: ("rate_limited", "the server asks to be read less often (429)"),
        401: ("refused", "the server wants a sign-in (401)"),
        403: ("refused", "the server refuses to be read (403)"),
    }.get(
        status, ("server_error" if status >= 500 else "refused", f"the server answered with status {status}")
    )
    return FetchError(code, words, status, retry_after(response.headers.get("Retry-After", "")))


def _body(response: HTTPResponse) -> bytes:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return _gather(response, MOST_DECODED, None)
    if encoding in ("gzip", "x-gzip"):
        return _gather(response, MOST_COMPRESSED, zlib.decompressobj(16 + zlib.MAX_WBITS))
    if encoding == "deflate":
        return _gather(response, MOST_COMPRESSED, zlib.decompressobj())
    raise FetchError("encoding", "the answer is encoded in a way that was not asked for")


def _gather(response: HTTPResponse, most_wire: int, decoder: zlib._Decompress | None) -> bytes:
    """The body, never more of it in memory than the allowance and one chunk."""
    body = bytearray()
    wire = 0
    while chunk := response.read(CHUNK, decode_content=False):
        wire += len(chunk)
        if wire > most_wire:
            raise FetchError("too_large", f"the answer is larger than {most_wire // 1024 // 1024} MiB")
        body += chunk if decoder is None else _decode(decoder, chunk, MOST_DECODED + 1 - len(body))
        if len(body) > MOST_DECODED:
            raise FetchError(
                "too_large", f"the answer is larger than {MOST_DECODED // 1024 // 1024} MiB when unpacked"
            )
    if decoder is not None and wire and not decoder.eof:
        raise FetchError("broken", "the compressed answer is cut off")
    return bytes(body)


def _decode(decoder: zlib._Decompress, chunk: bytes, room: int) -> bytes:
    try:
        return decoder.decompress(chunk, max(1, room))
    except zlib.error:
        raise FetchError("encoding", "the answer is not encoded the way it says") from None


def _sample(url: str, etag: str) -> Fetched:
    """A feed bundled with Nutgraf, answered like any server would."""
    name = url.removeprefix("sample:")
    path = SAMPLES / f"{name}.xml"
    if not re.fullmatch(r"[a-z0-9-]{1,60}", name) or not path.is_file():
        raise FetchError("not_found", f"no sample named {name!r} is bundled")
    body = path.read_bytes()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if etag == tag:
        return Fetched(304, url, b"", etag=tag)
    return Fetched(200, url, body, content_type="application/xml", etag=tag)

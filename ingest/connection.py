"""One request to one checked address, with a clock that ends it: what fetching and handing over have in common.

urllib3's connections are used directly, because the deadline needs the socket and the pinned address needs the
resolution; requests offers neither.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPException
from types import TracebackType
from typing import Self

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util.ssl_ import create_urllib3_context

from ingest import watchdog
from ingest.addresses import Address, Target

CONNECT = 8.0


class FetchError(Exception):
    """Nothing usable came: `code` for programs, `words` for people, and what the server said, if it did.

    Codes: bad_url, blocked_address, dns, connect, timeout, broken, too_large, encoding, redirects, not_found, gone,
    rate_limited, refused, server_error, not_html; of `ingest/robots.py`: robots, robots_unreachable; of
    `ingest/post.py`: lost.
    """

    def __init__(self, code: str, words: str, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.code, self.words, self.status, self.retry_after = code, words, status, retry_after


def left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("timeout", "the server took too long")
    return left


class Connection:
    """One request to a pinned address; at the deadline its socket is shut, whatever it is waiting for."""

    def __init__(self, where: Target, address: Address, deadline: float) -> None:
        self.where, self.deadline = where, deadline
        self.inner = _open(where, address, min(CONNECT, left(deadline)))
        self.twin: socket.socket | None = None
        self.guard = -1

    def __enter__(self) -> Self:
        return self

    def connect(self) -> None:
        """Get through to the server, TLS included; FetchError where nothing of a request has left for it."""
        try:
            sock = self.inner._new_conn()
            # TLS takes the socket object over, so the watchdog gets a duplicate that reaches the same connection.
            self.twin = sock.dup()
            self.guard = watchdog.guard(self.twin, self.deadline)
            sock.settimeout(left(self.deadline))
            # It sets the socket's anew; a slow first byte is no dead host.
            self.inner.timeout = left(self.deadline)
            self.inner._new_conn = lambda: sock  # type: ignore[method-assign]  # hand over what is guarded
            self.inner.connect()
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            left(self.deadline)
            raise _no_answer(self.where, error) from None

    def get(self, headers: dict[str, str]) -> HTTPResponse:
        """The response's head, its body still unread; FetchError when there is none."""
        self.connect()
        return self.ask("GET", headers)

    def ask(self, method: str, headers: dict[str, str], body: bytes | None = None) -> HTTPResponse:
        """As `get`, over a connection that is there."""
        try:
            self.inner.request(
                method,
                self.where.path,
                body=body,
                headers={"Host": self.where.host_header, **headers},
                preload_content=False,
                decode_content=False,
                enforce_content_length=True,
            )
            return self.inner.getresponse()
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            left(self.deadline)
            raise _no_answer(self.where, error) from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        watchdog.release(self.guard)
        self.inner.close()
        if self.twin is not None:
            self.twin.close()


def _open(where: Target, address: Address, seconds: float) -> HTTPConnection:
    if not where.secure:
        return HTTPConnection(str(address), where.port, timeout=seconds)
    return HTTPSConnection(
        str(address),
        where.port,
        timeout=seconds,
        ssl_context=_trust(),
        server_hostname=where.host,
        assert_hostname=where.host,
    )


@cache
def _trust() -> ssl.SSLContext:
    context = create_urllib3_context()
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    return context


def _no_answer(where: Target, error: Exception) -> FetchError:
    if isinstance(error, ssl.SSLError) or "certificate" in str(error).lower():
        return FetchError(
            "connect", f"no secure connection to {where.host}: its certificate or TLS was refused"
        )
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return FetchError("connect", f"{where.host} does not answer")
    if isinstance(error, ConnectionRefusedError) or "refused" in str(error):
        return FetchError("connect", f"{where.host} refuses connections")
    return FetchError("broken", f"{where.host} broke off or does not speak proper HTTP")


def retry_after(value: str) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110, 10.2.3)."""
    if re.fullmatch(r"\d{1,9}", value.strip()):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):  # the last: years and zones of twenty digits
        return None

"""Servers that mean harm, and a resolver that changes its mind: for `WebServer.misbehave` and for the door.

Each sends what it sends piece by piece, so that the memory a test measures is the door's.
"""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from functools import cache

from tests.fakes import web_server
from tests.fakes.web_server import Misbehaviour, _send

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
PIECE = b"<item><title>x</title></item>" * 2000


def huge(connection: socket.socket) -> None:
    """100 MB, announced honestly."""
    pieces = 100_000_000 // len(PIECE)
    _pour(
        connection,
        HEAD + f"Content-Length: {pieces * len(PIECE)}\r\n\r\n".encode(),
        itertools.repeat(PIECE, pieces),
    )


def chunked(connection: socket.socket) -> None:
    """Chunk after chunk without end."""
    chunk = f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n"
    _pour(connection, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", itertools.repeat(chunk))


def chunk_without_end(connection: socket.socket) -> None:
    """One chunk said to be enormous, its length a line that does not end either."""
    _pour(connection, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", itertools.repeat(b"0" * 60_000))


def headers_without_end(connection: socket.socket) -> None:
    """Header after header."""
    _pour(connection, b"HTTP/1.1 200 OK\r\n", (b"X-%d: y\r\n" % number for number in itertools.count()))


def continues(connection: socket.socket) -> None:
    """Says for ever that it is about to answer."""
    _pour(connection, b"", itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"))


def deflate_bomb(connection: socket.socket) -> None:
    """300 MB of deflate in some hundred kilobytes."""
    _pour(connection, HEAD + b"Content-Encoding: deflate\r\n\r\n", [_packed(zlib.MAX_WBITS)])


def gzip_of_gzip(connection: socket.socket) -> None:
    """300 MB packed twice and declared once: about a kilobyte on the wire."""
    _pour(connection, HEAD + b"Content-Encoding: gzip\r\n\r\n", [gzip.compress(_packed(16 + zlib.MAX_WBITS))])


def two_gzips(connection: socket.socket) -> None:
    """The same, and declared so."""
    body = gzip.compress(_packed(16 + zlib.MAX_WBITS))
    _pour(connection, HEAD + b"Content-Encoding: gzip, gzip\r\n\r\n", [body])


def prepare() -> None:
    """Pack the bombs now, so that a test of time does not wait for it."""
    web_server._bomb()
    for window in (zlib.MAX_WBITS, 16 + zlib.MAX_WBITS):
        _packed(window)


@cache
def _packed(window: int) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, window)
    return b"".join(packer.compress(b"\n" * 1_000_000) for _ in range(300)) + packer.flush()


def _pour(connection: socket.socket, head: bytes, pieces: Iterable[bytes]) -> None:
    try:
        connection.sendall(head)
        for piece in pieces:
            connection.sendall(piece)
    except OSError:
        pass  # who was poured upon has left


# What ends by a limit on size or form, at once; and what only the clock ends.
QUICK: dict[str, Misbehaviour] = {
    "huge": huge,
    "endless": web_server.endless,
    "chunked": chunked,
    "chunk_without_end": chunk_without_end,
    "headers_without_end": headers_without_end,
    "bomb": web_server.bomb,
    "deflate_bomb": deflate_bomb,
    "gzip_of_gzip": gzip_of_gzip,
    "two_gzips": two_gzips,
    "brotli": web_server.encoded("br", b"\x1b" * 1000),
    "zstd": web_server.encoded("zstd", b"(\xb5/\xfd" * 300),
    "hang_up": web_server.hang_up,
    "gibberish": web_server.gibberish,
}
SLOW: dict[str, Misbehaviour] = {
    "drip": web_server.drip,
    "drip_headers": web_server.drip_headers,
    "silent": web_server.silent,
    "continues": continues,
}


class Crowd:
    """Answers slowly, and counts how many are being answered at once."""

    def __init__(self, body: str, seconds: float) -> None:
        self.body, self.seconds = body.encode(), seconds
        self.lock = threading.Lock()
        self.now = self.most = 0

    def answer(self, connection: socket.socket) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self.lock:
            self.now -= 1
        _send(connection, HEAD + f"Content-Length: {len(self.body)}\r\n\r\n".encode() + self.body)


class Resolver:
    """Answers each lookup with the next of the addresses it was given, and the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers: Iterator[list[str]] = itertools.chain(answers, itertools.repeat(answers[-1]))
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return next(self.answers)

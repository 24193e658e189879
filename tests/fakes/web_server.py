"""A web server on loopback that serves what a test gives it, and misbehaves on demand.

with WebServer() as web:
    web.put("/feed.xml", rss(...))            # ETag, 304 and gzip like a real publisher
    web.misbehave("/slow", drip)              # writes to the socket itself
    fetch(web.url("/feed.xml"))
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.server
import socket
import threading
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Self

Misbehaviour = Callable[[socket.socket], None]
FEED = "application/rss+xml"


class WebServer:
    """Counts requests by path in `seen`, with their times on the monotonic clock in `times`.

    Keeps the headers of the last one in `last_headers`.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self.pages: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.odd: dict[str, Misbehaviour] = {}
        self.seen: Counter[str] = Counter()
        self.times: dict[str, list[float]] = defaultdict(list)
        self.last_headers: Mapping[str, str] = {}
        self.server = _Server((host, port), _handler(self))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"

    def put(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> str:
        """Serve `body` at `path` from now on (headers: `content_type`, `retry_after`, ...); its address."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        named.setdefault("Content-Type", FEED)
        self.pages[path] = (status, body.encode() if isinstance(body, str) else body, named)
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        return self.put(path, b"", status, location=to)

    def misbehave(self, path: str, how: Misbehaviour) -> str:
        self.odd[path] = how
        return self.url(path)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that hangs up is what most tests are about


def _handler(web: WebServer) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def do_GET(self) -> None:
            web.seen[self.path] += 1
            web.times[self.path].append(time.monotonic())
            web.last_headers = dict(self.headers)
            if self.path in web.odd:
                web.odd[self.path](self.connection)
                self.close_connection = True
                return
            status, body, headers = web.pages.get(
                self.path, (404, b"nothing here", {"Content-Type": "text/plain"})
            )
            self.answer(status, body, dict(headers))

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            if status == 200 and "Etag" not in headers:
                headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if status == 200 and headers.get("ETag") == self.headers.get("If-None-Match", "-"):
                status, body = 304, b""
            if (
                body
                and "Content-Encoding" not in headers
                and "gzip" in self.headers.get("Accept-Encoding", "")
            ):
                body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    return Handler


def drip(connection: socket.socket) -> None:
    """A proper head, then one byte every tenth of a second for ever."""
    _send(connection, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
    _forever(connection, b"x", 0.1)


def drip_headers(connection: socket.socket) -> None:
    """A head that never ends."""
    _send(connection, b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _forever(connection, b"x", 0.1)


def silent(connection: socket.socket) -> None:
    """Takes the request and says nothing."""
    with contextlib.suppress(OSError):
        connection.settimeout(60)
        connection.recv(1)


def endless(connection: socket.socket) -> None:
    """A body without end, as fast as it goes."""
    _send(connection, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
    _forever(connection, b"<item>" * 10_000, 0)


def hang_up(connection: socket.socket) -> None:
    """Promises more than comes."""
    _send(connection, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5000\r\n\r\n<rss>")


def gibberish(connection: socket.socket) -> None:
    """No HTTP at all."""
    _send(connection, b"\x00\x01\x02 hello\r\n\r\n")


def bomb(connection: socket.socket) -> None:
    """A few hundred kilobytes of gzip that unpack to 300 megabytes."""
    _send(connection, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\n\r\n")
    _send(connection, _bomb())


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(
        6, zlib.DEFLATED, 16 + zlib.MAX_WBITS
    )  # piece by piece: the server needs no memory
    return b"".join(packer.compress(b"\n" * 1_000_000) for _ in range(300)) + packer.flush()


def encoded(encoding: str, body: bytes) -> Misbehaviour:
    """A body under a Content-Encoding of the test's choice."""

    def send(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
        _send(connection, head.encode() + body)

    return send


def _send(connection: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(data)


def _forever(connection: socket.socket, data: bytes, wait: float) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(data)
            time.sleep(wait)


def rss(*items: str, title: str = "Feed") -> str:
    """An RSS document of ready-made items."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>https://example.com/</link><description>d</description>{''.join(items)}</channel></rss>"
    )


def item(title: str, link: str = "", text: str = "", guid: str = "", date: str = "") -> str:
    """One RSS item; empty parts are left out."""
    parts = {"title": title, "link": link, "description": text, "guid": guid, "pubDate": date}
    inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in parts.items() if value)
    return f"<item>{inside}</item>"

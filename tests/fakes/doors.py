"""Doors that hold whoever comes until the test opens them: proof that a worker is in the middle of something."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field

from tests.fakes.web_server import FEED, Misbehaviour

LONGEST = 120.0  # seconds, so that a failed test ends


@dataclass
class Door:
    """`reached` is set when somebody stands before it; who comes after `open` walks through, as do the first `lets`."""

    lets: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        if self.lets:
            self.lets -= 1
            return
        self.reached.set()
        self.opened.wait(LONGEST)

    def open(self) -> None:
        self.opened.set()

    def await_somebody(self, seconds: float = 120) -> None:
        assert self.reached.wait(seconds), f"nobody came within {seconds:g} s"

    def before(self, body: str, content_type: str = FEED) -> Misbehaviour:
        """For `WebServer.misbehave`: this body, once the door is open."""
        content = body.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"

        def answer(connection: socket.socket) -> None:
            self.wait()
            with contextlib.suppress(OSError):  # who waited may be dead
                connection.sendall(head.encode() + content)

        return answer

"""An SMTP server on loopback that keeps what it accepted and misbehaves when told to."""

from __future__ import annotations

import asyncio
import email
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.processes import free_port


@dataclass
class MailServer:
    """`answers`: SMTP replies to give to the next messages instead of accepting them; "drop" accepts, then hangs up
    without a word; "hold" accepts, then answers only when `release` is set. `judge` says the answer to each message in
    their place. `at_greeting` is called when a client has
    connected, before it is greeted."""

    url: str = ""
    accepted: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    holding: threading.Event = field(default_factory=threading.Event)
    at_greeting: Callable[[], None] = lambda: None
    judge: Callable[[EmailMessage], str] | None = None
    greeted: int = 0
    peers: list[str] = field(default_factory=list)  # addresses that mails came from

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.peers.append(session.peer[0])
        said = self.judge(message) if self.judge else ""
        answer = said or (self.answers.pop(0) if self.answers else "250 OK")
        if answer.startswith(("4", "5")):
            return answer
        self.accepted.append(message)
        if answer == "drop":
            server.transport.close()
        if answer == "hold":
            self.holding.set()
            while not self.release.is_set():
                await asyncio.sleep(0.05)
        return "250 OK"


class _Greeting(Controller):
    def factory(self) -> Any:  # called for each connection
        self.handler.greeted += 1
        apart = threading.Thread(target=self.handler.at_greeting)  # the database is not for event loops
        apart.start()
        apart.join()
        return super().factory()


@contextmanager
def mail_server(host: str = "127.0.0.1") -> Iterator[MailServer]:
    """Runs while the block lasts."""
    handler, port = MailServer(), free_port()
    controller = _Greeting(handler, hostname=host, port=port)
    controller.start()
    handler.greeted = 0  # it has tried itself
    handler.url = f"smtp://{host}:{port}"
    try:
        yield handler
    finally:
        handler.release.set()
        controller.stop()

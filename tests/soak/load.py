"""Requests at planned moments, whether or not those before were answered, each timed from its plan.

An open loop: a server that stalls is asked on, and what waits behind the stall is counted as late as a reader would
find it. Runs in a process of its own, so that nothing but the machine is shared with what it measures.
"""

from __future__ import annotations

import asyncio
import random
import time
from array import array
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

PATIENCE = 10.0  # seconds until a request counts as failed
MOST = 400  # connections of one kind
RECENT = 1000  # requests by which it is told how it goes
TELL = 5.0  # seconds between two words on how it goes

Ask = tuple[str, str]  # a path, and the headers that go with it, each line ended


@dataclass
class Measured:
    """What requests of one kind took: `seconds` of those that were answered rightly, and why others were not."""

    planned: int = 0
    seconds: array[float] = field(default_factory=lambda: array("d"))
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        return len(self.seconds) + self.errors.total()

    def percentile(self, share: float) -> float:
        """Seconds within which that share was answered."""
        found = sorted(self.seconds)
        return found[min(len(found) - 1, int(len(found) * share))] if found else 0.0

    def so_far(self) -> str:
        recent = sorted(self.seconds[-RECENT:])
        p95 = f"{recent[int(len(recent) * 0.95)] * 1000:.0f} ms" if recent else "-"
        return f"{self.asked} asked, {self.errors.total()} failed, p95 {p95} of late"


class Closed(Exception):
    """The connection had ended before anything of the answer came."""


class Kind:
    """Requests of one kind, at a rate, over connections that are kept."""

    def __init__(self, port: int, asks: Sequence[Ask], rate: float, seed: int) -> None:
        self.port, self.asks, self.rate, self.random = port, asks, rate, random.Random(seed)
        self.measured = Measured()
        # In turn, as readers have connections of their own: the last one first would send most to one web process.
        self.kept: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()
        self.room = asyncio.Semaphore(MOST)

    async def go(self, seconds: float) -> None:
        began, under_way = time.monotonic(), set()
        for number in range(int(seconds * self.rate)):
            planned = began + number / self.rate
            await asyncio.sleep(max(0.0, planned - time.monotonic()))
            self.measured.planned += 1
            task = asyncio.create_task(self._one(self.random.choice(self.asks), planned))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
        for _, writer in self.kept:
            writer.close()

    async def _one(self, ask: Ask, planned: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, planned + PATIENCE - time.monotonic())), self.room:
                status = await self._asked(ask)
        except TimeoutError:
            self.measured.errors["no answer in time"] += 1
        except (OSError, EOFError, Closed, ValueError) as error:
            self.measured.errors[type(error).__name__] += 1
        else:
            if status in (200, 304):
                self.measured.seconds.append(time.monotonic() - planned)
            else:
                self.measured.errors[f"status {status}"] += 1

    async def _asked(self, ask: Ask) -> int:
        while self.kept:
            with suppress(Closed):  # as a browser does: a kept connection may have ended meanwhile
                return await self._exchange(ask, *self.kept.popleft())
        return await self._exchange(ask, *await asyncio.open_connection("127.0.0.1", self.port))

    async def _exchange(self, ask: Ask, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        path, headers = ask
        whole = False
        try:
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode())
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                if isinstance(error, asyncio.IncompleteReadError) and error.partial:
                    raise
                raise Closed from error
            status = int(head.split(None, 2)[1])
            length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            whole = b"connection: close" not in head and (bool(length) or status == 304)
            return status
        finally:
            if whole:
                self.kept.append((reader, writer))
            else:
                writer.close()


def run(
    pipe: Connection, kinds: dict[str, tuple[int, Sequence[Ask], float]], seconds: float, seed: int
) -> None:
    """Ask by `kinds` (port, what to ask, requests a second) for so long, and send what was measured, by its kind.

    Every few seconds a line on each goes to the pipe as well, and at last the whole.
    """

    async def together() -> None:
        running = {name: Kind(*one, seed=seed) for name, one in kinds.items()}
        measured = {name: one.measured for name, one in running.items()}

        async def tell() -> None:
            while True:
                await asyncio.sleep(TELL)
                pipe.send((False, {name: one.so_far() for name, one in measured.items()}))

        told = asyncio.create_task(tell())
        await asyncio.gather(*(one.go(seconds) for one in running.values()))
        told.cancel()
        pipe.send((True, measured))

    asyncio.run(together())

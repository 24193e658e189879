"""The worker's processes, behind pipes that none of them can block for the others by dying.

Celery's pool for brokers without an event loop (pgmq is one) hands tasks out through a pipe with a lock, and whoever
waits for a task waits inside that lock. Killed there (kill -9, no memory), a process takes it to its grave: neither its
siblings nor its successors ever get a task again, and the worker is deaf though it seems well. A packet socket gives
each message to one reader, whole, without any lock.
"""

from __future__ import annotations

import pickle
import select
import socket
import sys
from typing import Any

from billiard.pool import Pool
from celery.concurrency import prefork

LARGEST = 2**20  # bytes; a kernel takes less at once, and a task's message is some hundred


class End:
    """One end of a pipe of packets, with what the pool asks of a connection."""

    def __init__(self, packets: socket.socket) -> None:
        self._socket = packets
        self.fileno, self.close = packets.fileno, packets.close

    def send(self, message: object) -> None:
        self._socket.send(pickle.dumps(message))

    def recv_bytes(self) -> bytes:
        packet = self._socket.recv(LARGEST)
        if not packet:
            raise EOFError
        return packet

    def recv(self) -> Any:
        return pickle.loads(self.recv_bytes())  # noqa: S301 - written by our own processes

    def poll(self, timeout: float | None = 0.0) -> bool:
        waiting = select.poll()
        waiting.register(self._socket, select.POLLIN)
        return bool(waiting.poll(None if timeout is None else timeout * 1000))


class _NoLock:
    def acquire(self) -> None:
        """There is nothing to wait for."""


class Packets:
    """In place of `billiard.queues.SimpleQueue`."""

    def __init__(self) -> None:
        self._reader, self._writer = map(End, socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        self._rlock = _NoLock()  # the pool takes it when it ends
        self.get, self.get_payload, self.put = self._reader.recv, self._reader.recv_bytes, self._writer.send

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


class PacketPool(Pool):
    def _setup_queues(self) -> None:
        self._inqueue, self._outqueue = Packets(), Packets()
        self._quick_put, self._quick_get = self._inqueue.put, self._outqueue.get

        def poll_result(timeout: float) -> tuple[bool, Any]:
            return (True, self._quick_get()) if self._outqueue._reader.poll(timeout) else (False, None)

        self._poll_result = poll_result


class TaskPool(prefork.TaskPool):
    """`worker_pool` of `config/celery.py`. Where there are no packet sockets (macOS), the pool is Celery's."""

    BlockingPool = PacketPool if sys.platform == "linux" else prefork.TaskPool.BlockingPool

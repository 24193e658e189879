"""The queue in Postgres, mended: a message that cannot be acknowledged must not keep its place.

A worker takes no more messages at once than it has processes. kombu's transport frees a message's place after it has
deleted the message from its table: when the database is away just then, the place is taken for good, and with as many
as there are processes the worker is deaf though it seems well. The message itself is given out again later, which harms
nobody.
"""

from __future__ import annotations

from kombu.transport import pgmq


class Channel(pgmq.Channel):
    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        try:
            super().basic_ack(delivery_tag, multiple)  # type: ignore[no-untyped-call]
        except Exception:
            self.qos.ack(delivery_tag)
            raise

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().basic_reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]
        except Exception:
            self.qos.ack(delivery_tag)
            raise


class Transport(pgmq.Transport):
    """What `pgmq://` stands for, by `config/celery.py`."""

    Channel = Channel

"""The queue, mended: a message that cannot be acknowledged must not keep its place in the worker.

A worker takes no more messages at once than it has processes. kombu frees a message's place after it has told the
broker that the message is done with: when the broker is away just then, the place is taken for good, and with as many
as there are processes the worker is deaf though it seems well. It does not even ask the broker any more, and so never
learns that it has to connect anew. The message itself is given out again later, which harms nobody.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import pgmq, virtual


class Freeing:
    """A channel that frees the place whatever the broker says. Mixed into those of kombu."""

    qos: Any

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        try:
            super().basic_ack(delivery_tag, multiple)  # type: ignore[misc]
        except Exception:
            self._free(delivery_tag)
            raise

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().basic_reject(delivery_tag, requeue)  # type: ignore[misc]
        except Exception:
            self._free(delivery_tag)
            raise

    def _free(self, delivery_tag: str) -> None:
        virtual.QoS.ack(self.qos, delivery_tag)  # the broker's own would ask the broker again


class Channel(Freeing, pgmq.Channel):
    pass


class Transport(pgmq.Transport):
    """What `pgmq://` stands for, by `config/celery.py`."""

    Channel = Channel

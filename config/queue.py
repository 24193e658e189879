"""The queue, mended: a message that cannot be acknowledged must not keep its place in the worker.

A worker takes no more messages at once than it has processes. kombu frees a message's place after it has told the
broker that the message is done with: when the broker is away just then, the place is taken for good, and with as many
as there are processes the worker is deaf though it seems well. It does not even ask the broker any more, and so never
learns that it has to connect anew. The message itself is given out again later, which harms nobody.
"""

from __future__ import annotations

import logging
from typing import Any

from kombu.transport import pgmq, virtual
from pgmq import PGMQueue
from psycopg_pool import ConnectionPool

LONGEST = 30.0  # seconds that a worker waits for its turn at the database
log = logging.getLogger(__name__)


class Freeing:
    """A channel that frees the place whatever the broker says. Mixed into those of kombu."""

    qos: Any
    connection: Any

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        try:
            super().basic_ack(delivery_tag, multiple)  # type: ignore[misc]
        except Exception:
            if self._free(delivery_tag):
                raise

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().basic_reject(delivery_tag, requeue)  # type: ignore[misc]
        except Exception:
            if self._free(delivery_tag):
                raise

    def _free(self, delivery_tag: str) -> bool:
        """Whether the worker is still to learn that its broker is away: where its channel is closed it has."""
        virtual.QoS.ack(self.qos, delivery_tag)  # the broker's own would ask the broker again
        if self.connection is None:
            log.warning("a message that is done with comes again, as its connection was lost")
        return self.connection is not None


class Channel(Freeing, pgmq.Channel):
    pass


class Transport(pgmq.Transport):
    """What `pgmq://` stands for, by `config/celery.py`."""

    Channel = Channel

    def _create_pgmq_client(self) -> PGMQueue:
        """As kombu's, but that the whole address counts: TLS, time-outs and what else it says.

        The library takes host, database and password from it, unquoted, and drops the rest.
        """
        options: dict[str, Any] = self.client.transport_options  # type: ignore[assignment, union-attr]  # ours
        pool = ConnectionPool(
            options["conn_string"],
            min_size=1,
            max_size=int(options.get("pool_size") or Channel.default_pool_size),
            timeout=float(options.get("pool_timeout") or LONGEST),
            open=True,
        )
        seconds = int(options.get("visibility_timeout") or Channel.default_visibility_timeout)
        client = PGMQueue(conn_string=options["conn_string"], vt=seconds, init_extension=False, pool=pool)
        client._own_pool = True  # it goes with the client
        return client

    def establish_connection(self) -> Any:
        """As kombu's, which would leave a pool behind that could not connect, with its threads."""
        try:
            return super().establish_connection()  # type: ignore[no-untyped-call]
        except Exception:
            client, self._pgmq_client = self._pgmq_client, None
            if client is not None and client.pool is not None:
                client.pool.close(timeout=0.5)  # threads that still try to connect end when that does
            raise

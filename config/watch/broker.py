"""Whether the broker answers, and how many messages wait in each queue: nudges, for the work itself lies in rows."""

from __future__ import annotations

from config.celery import QUEUES, app
from config.watch.lately import Lately

PATIENCE = 2  # seconds, of each thing that a broker may be slow at
FRESH = 5.0
# By transport: a pool's turn in Postgres, connecting to Redis and its answers, and those of an AMQP broker.
BRIEFLY = dict.fromkeys(
    ("pool_timeout", "socket_connect_timeout", "socket_timeout", "read_timeout", "write_timeout"), PATIENCE
)


def depths() -> dict[str, int] | None:
    """Messages by queue; None while the broker is away."""
    try:
        with app.connection_for_read(connect_timeout=PATIENCE, transport_options=BRIEFLY) as broker:
            broker.ensure_connection(max_retries=0)
            return {queue: _depth(broker, queue) for queue in QUEUES}
    except Exception:  # noqa: BLE001 - each transport has errors of its own, and all say that it is away
        return None


def _depth(broker: object, queue: str) -> int:
    channel = broker.default_channel  # type: ignore[attr-defined]
    try:
        return int(channel.queue_declare(queue, passive=True).message_count)
    except broker.channel_errors:  # type: ignore[attr-defined]  # nobody has said anything there yet
        return 0


lately = Lately(depths, FRESH)

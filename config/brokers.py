"""What each kind of broker is told beside its address, so that one that is away or stuck holds nobody up."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from config import connections
from config.environment import stop

OURS = "pgmq://localhost"  # in the same Postgres
PATIENCE = 4  # seconds for what a page may wait for
DIRECT = (
    "nutgraf: NUTGRAF_POOLER: the queue in the database keeps sessions of its own; allowed with a CELERY_BROKER_URL "
    "that is redis://, amqp://, or pgmq:// at the database itself"
)


def options(address: str, database: str, pooler: bool) -> dict[str, Any]:
    """kombu's transport options; `database` is libpq's description of ours, where `pgmq://localhost` lies."""
    scheme, given = urlsplit(address).scheme, {"visibility_timeout": 900}
    if scheme == "pgmq":
        return {**given, **_in_postgres(address, database, pooler)}
    if scheme in ("redis", "rediss"):
        return {**given, "socket_connect_timeout": PATIENCE}
    if scheme in ("amqp", "amqps"):
        # One that is short of memory or disk stops reading from whoever publishes.
        return {"write_timeout": PATIENCE}
    return dict(given)


def _in_postgres(address: str, database: str, pooler: bool) -> dict[str, Any]:
    if address != OURS:
        database = connections.watched(address.replace("pgmq://", "postgresql://", 1))
    elif pooler:
        stop(DIRECT)
    return {"init_extension": False, "polling_interval": 0.2, "wait_time_seconds": 0, "conn_string": database}

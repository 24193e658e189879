"""The same mending for a queue in Redis; apart, so that nobody else loads its client."""

from __future__ import annotations

from kombu.transport import redis

from config.queue import Freeing


class Channel(Freeing, redis.Channel):
    pass


class Transport(redis.Transport):
    """What `redis://` and `rediss://` stand for, by `config/celery.py`."""

    Channel = Channel

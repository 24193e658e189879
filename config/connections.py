"""How we hold connections to Postgres: how many, for how long, and that a cut network is noticed at both ends.

Without a word a network that drops packets leaves a connection looking well: for two hours where nothing is sent, for a
quarter of an hour where something is. A worker would wait so long in the middle of its work, and the server would keep
for it the rows and hosts that it had locked, which no other worker could then take over.
"""

from __future__ import annotations

import select
from collections.abc import Mapping
from datetime import UTC
from typing import Any, cast

from psycopg import Connection, Cursor, adapters
from psycopg.abc import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Format

A_WEB_PROCESS = 8  # connections at most: one for each of its four threads, and as many for streams
KEPT = 60  # seconds that a worker's process keeps its connection from one task to the next
# A silent connection is asked after so many seconds, then three times; what was sent may stay unanswered as long.
IDLE, INTERVAL, TIMES = 15, 5, 3
CUT = IDLE + INTERVAL * TIMES
_OURS: dict[str, object] = {
    "connect_timeout": 10,
    "keepalives_idle": IDLE,
    "keepalives_interval": INTERVAL,
    "keepalives_count": TIMES,
    "tcp_user_timeout": CUT * 1000,
}
_THE_SERVERS = (
    f"-c tcp_keepalives_idle={IDLE} -c tcp_keepalives_interval={INTERVAL} -c tcp_keepalives_count={TIMES} "
    f"-c tcp_user_timeout={CUT * 1000}"
)


def options(given: Mapping[str, Any], pooler: bool) -> dict[str, Any]:
    """libpq's parameters: what the address itself says counts. A pooler is asked for nothing of the server's own."""
    found = {**_OURS, **given}
    if not pooler:
        found["options"] = f"{_THE_SERVERS} {given.get('options', '')}".strip()
    return found


def watched(address: str) -> str:
    """The same for an address of libpq."""
    given = {name: value for name, value in conninfo_to_dict(address).items() if value is not None}
    return make_conninfo(**options(given, pooler=False))


class Pooled(Connection[Any]):
    """A connection of the web process's pool, which asks it with an empty statement whether it is still there.

    It asks each time before it gives one out, once a page. Where its socket is silent, the answer is known without the
    server's: what the server or the network has ended makes it readable, and then the server is asked all the same. Of
    a network that was cut without a word keepalives tell, half a minute later (`CUT`).
    """

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Cursor[Any]:
        if query == "" and _silent(self.fileno()):
            return self.cursor()
        return super().execute(query, *args, **kwargs)


def _silent(fd: int) -> bool:
    poll = select.poll()  # as select.select takes no descriptor above 1023
    poll.register(fd, select.POLLIN)  # an error or the other end's leaving is told unasked
    return not poll.poll(0)


class Moments:
    """What reads a `timestamptz` of the server: psycopg's own reader, in C where it is there, of times in UTC.

    Django reads each by a class of its own, which has Python take the text apart: ten times as long, for hundreds of
    them a page. It asks a reader for its `timezone`; psycopg's has none, so this stands before it.
    """

    timezone = UTC
    format = Format.TEXT

    def __new__(cls, oid: int, connection: object = None) -> Loader:  # type: ignore[misc]
        theirs = cast("type[Loader]", adapters.get_loader(oid, cls.format))
        return theirs(oid, None)  # without a connection it takes UTC for the session's zone, as Django has it


def read_moments_fast() -> None:
    """Have Django's connections read times so, those that are made from here on."""
    from django.db.backends.postgresql.psycopg_any import get_adapters_template

    get_adapters_template(True, UTC).register_loader("timestamptz", Moments)

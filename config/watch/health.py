"""Whether this process lives, whether it can serve, and whether work goes on: for whoever restarts and routes.

No cookie, no reader's data, and however often somebody asks, the database is asked once in a few seconds.
"""

from __future__ import annotations

from functools import lru_cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.watch import broker, seen
from config.watch.lately import Lately

FRESH = 2.0


def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> HttpResponse:
    """503 while pages cannot be served: no database, or one without the tables that this release needs.

    The broker's state is told and decides nothing: pages need none, and work waits in rows until it is back.
    """
    found = checked()
    bad = {found["database"], found["migrations"]} != {"ok"}
    return JsonResponse({"status": "unready" if bad else "ok", **found}, status=503 if bad else 200)


def progress(request: HttpRequest) -> HttpResponse:
    """503 where the oldest due row of some kind waits longer than it may, with which; also without a database."""
    try:
        found = seen.lately()
    except DatabaseError:
        return JsonResponse({"status": "unknown", "database": "away"}, status=503)
    late = [one.kind.name for one in found.waiting if one.late] + (["digests"] if found.digests.count else [])
    kinds = {
        one.kind.name: {"oldest_seconds": round(one.oldest), "limit_seconds": one.kind.limit.total_seconds()}
        for one in found.waiting
    }
    said = {"status": "late" if late else "ok", "late": late, "kinds": kinds}
    return JsonResponse(said, status=503 if late else 200)


def _check() -> dict[str, str]:
    found = _database()  # first: it decides, and what the broker takes must not age it
    return {**found, "broker": "ok" if broker.lately() is not None else "away"}


def _database() -> dict[str, str]:
    try:
        with seen.briefly(), connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            missing = _needed() - set(cursor.fetchall())
    except DatabaseError as error:
        absent = getattr(error.__cause__, "sqlstate", None) == "42P01"  # an empty database has no such table
        return {
            "database": "ok" if absent else "away",
            "migrations": "missing" if absent else "unknown",
        }
    return {"database": "ok", "migrations": "missing" if missing else "ok"}


@lru_cache(1)
def _needed() -> frozenset[tuple[str, str]]:
    """The last migration of each app, as this release has them; a database may be ahead of it."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


checked = Lately(_check, FRESH)

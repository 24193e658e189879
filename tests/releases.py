"""What a release does to the database while others work on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections, models


def widen(model: type[models.Model], column: str, by: int = 0) -> None:
    """Let a column of text be longer than its field says, or as long again; on a connection of its own."""
    length = (model._meta.get_field(column).max_length or 0) + by

    def elsewhere() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"ALTER TABLE {model._meta.db_table} ALTER COLUMN {column} TYPE varchar({length})"
                )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(elsewhere).result()

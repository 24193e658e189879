"""What the database is asked. Django's own capture has no words for a statement that is prepared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def statements() -> Iterator[list[str]]:
    """Those of this thread from now on, without their values."""
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        asked.append(str(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield asked

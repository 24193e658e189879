"""What this process has found out about endpoints: how each takes requests, and whether its flex tier serves."""

from __future__ import annotations

import time

from inference.dialect import Dialect, without_schema

Key = tuple[str, str, str]  # path, address, model: a model is not asked for vectors as it is asked for words

FLEX_RESTS = 600.0  # seconds: so long a model is asked at the standard tier once its flex tier has failed us

_dialects: dict[Key, Dialect] = {}
_shaped: set[Key] = set()
_shapeless: set[Key] = set()
_flex_failed: dict[Key, float] = {}


def known(key: Key) -> Dialect | None:
    """How it took its last request."""
    return _dialects.get(key)


def learn(key: Key, way: Dialect) -> None:
    _dialects[key] = way


def shape_kept(key: Key) -> None:
    """An answer came in the shape that was asked for."""
    _shaped.add(key)


def shape_ignored(key: Key) -> None:
    """An answer was of another shape. Some servers take a schema and answer as they like: at the second such answer
    the schema is asked for in simpler words from then on, unless it was kept before."""
    if key in _shapeless and key not in _shaped and (simpler := without_schema(_dialects[key])):
        _dialects[key] = simpler
    _shapeless.add(key)


def flex_failed(key: Key) -> None:
    _flex_failed[key] = time.monotonic()


def flex_serves(key: Key) -> bool:
    failed = _flex_failed.get(key)
    return failed is None or time.monotonic() - failed >= FLEX_RESTS


def forget() -> None:
    """Everything, as after a restart: for tests, whose servers come and go at the same addresses."""
    for found in (_dialects, _shaped, _shapeless, _flex_failed):
        found.clear()

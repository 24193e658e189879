"""Lists by pages: an opaque cursor says where the next one begins, whatever is added or goes meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

from briefings.api.problems import FieldProblem, Problem

Item = TypeVar("Item")
Told = TypeVar("Told")
MOST = 100
LONGEST_CURSOR = 400


class Page(BaseModel, Generic[Told]):
    """`next` is the cursor of the page after this one; null on the last."""

    items: list[Told]
    next: str | None = None


class Paging(BaseModel):
    cursor: str = Field("", max_length=LONGEST_CURSOR, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=MOST, description="items on a page, at most")


def page(
    found: Iterable[Item],
    key: Callable[[Item], tuple[Any, ...]],
    tell: Callable[[Item], Told],
    paging: Paging,
) -> Page[Told]:
    """The page of what was found, in its order: by `key` descending, values that JSON can say."""
    rows = [(_plain(key(one)), one) for one in found]
    rest = (
        [one for own, one in rows if own < after]
        if (after := _after(paging, rows))
        else [one for _, one in rows]
    )
    shown = rest[: paging.limit]
    more = len(rest) > len(shown)
    return Page(items=[tell(one) for one in shown], next=write(_plain(key(shown[-1]))) if more else None)


def write(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def read(cursor: str) -> Any:
    """What `write` wrote; raises Problem for anything else."""
    try:
        return json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise bad_cursor() from None


def bad_cursor() -> Problem:
    return Problem("invalid", errors=[FieldProblem(field="query.cursor", message="no cursor of ours")])


def _after(paging: Paging, rows: Sequence[tuple[list[Any], Any]]) -> list[Any] | None:
    if not paging.cursor:
        return None
    after = read(paging.cursor)
    if not isinstance(after, list) or (
        rows and [type(one) for one in after] != [type(one) for one in rows[0][0]]
    ):
        raise bad_cursor()
    return after


def _plain(values: tuple[Any, ...]) -> list[Any]:
    return [value if isinstance(value, (int, str)) else value.isoformat() for value in values]

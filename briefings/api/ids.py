"""How things are named in addresses. What no id can look like is answered as what does not exist is."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from ninja import Path

from briefings.api.problems import not_found

LARGEST = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST)]
BriefId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,16}$", description="a brief's `id`")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Mark = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,100}$", description="`mark` of a piece of evidence")]
Day = Annotated[
    str,
    Path(pattern=r"^\d{4}-\d{2}-\d{2}$", description="a date where the reader is", examples=["2025-08-08"]),
]


def day_of(written: str) -> date:
    """The date; raises Problem for one that no calendar has."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise not_found() from None

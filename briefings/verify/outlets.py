"""Where a statement names the outlet it comes from, only as its source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# What is left of such a frame.
FRAME = re.compile(
    r"(?:according to|by the account of) the outlet,?|the outlet (?:reports|says) that", re.IGNORECASE
)
_SAYS = "reports?|reported|says?|said|states?|stated|writes?|wrote|notes?|noted|adds?|added|found|finds|quotes?|quoted"


def left_out(text: str, publishers: Iterable[str]) -> str:
    """`text` with "the outlet" for the name of a publisher who only reports it.

    Naming the outlet is then no claim, and its name no ground: "France 24" does not say that 24 were killed. Anywhere
    else the outlet is a name like any other.
    """
    for name in publishers:
        if name and name in text:
            text = _frames(name).sub("the outlet", text)
    return text


@lru_cache(maxsize=512)
def _frames(name: str) -> re.Pattern[str]:
    name = re.escape(name)
    return re.compile(
        rf"(?:(?<=[Aa]ccording to )|(?<=the account of )|(?<=[Rr]eported by )|(?<=\btold )){name}(?!\w)"
        rf"|(?<!\w){name}(?=(?:’s|'s)? (?:{_SAYS}|reporting)\b)"
    )

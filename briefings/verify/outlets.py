"""Where a statement names the outlet it comes from: as its source, or because the outlet speaks of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_SAYS = "reports?|reported|says?|said|states?|stated|writes?|wrote|notes?|noted|adds?|added|found|finds|quotes?|quoted"
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Uu]s|ours|I|[Mm]y)\b(?!\.)")


def left_out(text: str, publishers: Iterable[str], passages: Sequence[str]) -> str:
    """`text` with "the outlet" for the name of a publisher who only reports it, or who says "we" in its passages.

    Naming the outlet is then no claim, and its name no ground: "France 24" does not say that 24 were killed. Anywhere
    else the outlet is a name like any other.
    """
    publishers = [name for name in publishers if name and name in text]
    speaks = bool(publishers) and any(_FIRST_PERSON.search(_QUOTED.sub(" ", passage)) for passage in passages)
    for name in publishers:
        text = text.replace(name, "the outlet") if speaks else _frames(name).sub("the outlet", text)
    return text


@lru_cache(maxsize=512)
def _frames(name: str) -> re.Pattern[str]:
    name = re.escape(name)
    return re.compile(
        rf"(?:(?<=[Aa]ccording to )|(?<=the account of )|(?<=[Rr]eported by )|(?<=\btold )){name}(?!\w)"
        rf"|(?<!\w){name}(?=(?:’s|'s)? (?:{_SAYS}|reporting)\b)"
    )

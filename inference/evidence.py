"""What a provider let us know about a call, made fit to be stored whatever it sent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """`usage` is the provider's own object, as it came. Everything is foreign text except `flags`."""

    usage: Any = None
    model_reported: str = ""
    tier: str = ""
    finish_reason: str = ""
    request_id: str = ""
    flags: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        """Column values of a `Call`: only what is known, so that a later closing wipes nothing out."""
        texts = {
            "model_reported": storable(self.model_reported)[:200],
            "tier": storable(self.tier)[:20],
            "finish_reason": storable(self.finish_reason)[:40],
            "request_id": storable(self.request_id)[:200],
        }
        known: dict[str, Any] = {name: text for name, text in texts.items() if text}
        if self.usage is not None:
            known["usage"] = storable(self.usage)
        if self.flags:
            known["flags"] = [storable(flag)[:200] for flag in self.flags]
        return known


NOTHING = Evidence()


def storable(value: Any) -> Any:
    """The same JSON value without what Postgres refuses: NUL, lone surrogates, NaN and infinities."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(str(key)): storable(each) for key, each in value.items()}
    return value

"""A provider whose answers go wrong in every way of F12 to F18, at random, and who writes down what became of each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.fakes import model_server as fake
from tests.fakes.model_server import Variant

# What the ledger must make of a call that nobody cut off.
Fate = Literal["settled", "released", "unknown"]
DEADLINE = 2.0  # seconds that a model is waited for here
FOREVER = 30.0  # seconds, above any deadline

# Share in a thousand, the answer, what must become of the call.
KINDS: dict[str, tuple[int, Variant, Fate]] = {
    "honest": (640, fake.HONEST, "settled"),
    "reasoning": (30, Variant(reasoning=120), "settled"),
    "429 with seconds": (25, fake.rate_limited(2), "released"),
    "429 with a date": (15, fake.rate_limited("Wed, 21 Oct 2015 07:28:00 GMT"), "released"),
    "400": (5, fake.rejected(400, "Something is wrong with it"), "released"),
    "401": (10, fake.rejected(401, "Incorrect API key"), "released"),
    "500": (15, fake.SERVER_ERROR, "unknown"),
    "500 that was billed": (10, Variant(status=500, raw=b'{"error": {"message": "late"}}'), "unknown"),
    "502": (10, Variant(status=502, raw=b"<html>", content_type="text/html", billed=False), "unknown"),
    "503": (15, fake.OVERLOADED, "unknown"),
    "no bytes": (15, fake.RESET, "unknown"),
    "no bytes for ever": (8, Variant(delay=FOREVER), "unknown"),
    "slow stream": (7, Variant(drip=0.2), "unknown"),
    "cut stream": (20, fake.CUT, "unknown"),
    "no usage": (15, fake.NO_USAGE, "unknown"),
    "web page": (10, fake.HTML, "unknown"),
    "half a body": (15, fake.BROKEN_BODY, "unknown"),
    "malformed JSON": (25, fake.NOT_JSON, "settled"),
    "wrong schema": (25, Variant(content='{"why": "nothing"}'), "settled"),
    "empty": (15, fake.EMPTY, "settled"),
    "no choices": (10, fake.NO_CHOICES, "settled"),
    "refusal": (25, fake.REFUSAL, "settled"),
    "filtered": (15, fake.FILTERED, "settled"),
    "cut at the limit": (20, fake.TRUNCATED, "settled"),
}


@dataclass(frozen=True)
class Seen:
    """A request as the provider received it (`at`: seconds since 1970), and what it was answered with."""

    client_id: str
    at: float
    kind: str

    @property
    def fate(self) -> Fate:
        return KINDS[self.kind][2]


class Moods:
    """For `ModelServer.choose`: draws how to answer, by the seed and the order of arrival."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.seen: list[Seen] = []

    def __call__(self, client_id: str) -> Variant:
        (kind,) = self.random.choices(list(KINDS), [share for share, _, _ in KINDS.values()])
        self.seen.append(Seen(client_id, time.time(), kind))
        return KINDS[kind][1]

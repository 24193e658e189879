"""Hands one push to its push service, through the guarded door, and says what became of it. Knows no row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from django.conf import settings

from briefings.push import keys, seal
from ingest.addresses import Unreachable
from ingest.connection import FetchError
from ingest.post import Posted, post

SECONDS = 10.0  # for everything together
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(hours=1)  # waits that a service may ask for
OF_THE_ADDRESS = ("bad_url", "blocked_address")


class Verdict(Enum):
    """`AWAY`: the service itself does not answer. `REFUSED`: nothing is to be pushed there any more."""

    TAKEN = auto()
    GONE = auto()
    AGAIN = auto()
    AWAY = auto()
    REFUSED = auto()
    LOST = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a push: `words` for people, and the `wait` that the service asked for, if any."""

    verdict: Verdict
    words: str = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """What a subscription is to its push service; bytes are written in base64url."""

    endpoint: str
    p256dh: str
    auth: str


def push(where: Where, message: bytes, *, lasts: timedelta, topic: str, seconds: float = SECONDS) -> Outcome:
    """Seal the message and hand it over. The service keeps it for as long as it `lasts` while the device is off, and
    of several with one topic only the last."""
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(max(0, int(lasts.total_seconds()))),
        "Topic": topic,
        "Urgency": "normal",
    }
    try:
        headers["Authorization"] = keys.authorization(where.endpoint)
        body = seal.sealed(message, keys.unpacked(where.p256dh), keys.unpacked(where.auth))
        allowed = settings.NUTGRAF_PUSH_ALLOW
        return _judged(post(where.endpoint, body, headers, seconds=seconds, allowed=allowed))
    except Unreachable as error:
        return Outcome(Verdict.REFUSED, error.words)
    except ValueError as error:
        return Outcome(Verdict.REFUSED, f"it cannot be sealed: {error}")
    except FetchError as error:
        if error.code == "lost":
            return Outcome(Verdict.LOST, error.words)
        return Outcome(Verdict.REFUSED if error.code in OF_THE_ADDRESS else Verdict.AWAY, error.words)


def _judged(posted: Posted) -> Outcome:
    status = posted.status
    words = f"the push service answered {status}" + (f": {posted.words}" if posted.words else "")
    if 200 <= status < 300:
        return Outcome(Verdict.TAKEN)
    if status in (404, 410):
        return Outcome(Verdict.GONE, words)
    if status in (408, 429) or status >= 500:
        return Outcome(Verdict.AGAIN if status < 500 else Verdict.AWAY, words, _wait(posted.retry_after))
    if status in (401, 403):
        return Outcome(Verdict.REFUSED, f"turned on for an earlier key of ours, or refused; {words}")
    return Outcome(Verdict.REFUSED, words)


def _wait(seconds: float | None) -> timedelta | None:
    return None if seconds is None else max(SHORTEST, min(timedelta(seconds=min(seconds, 1e6)), LONGEST))

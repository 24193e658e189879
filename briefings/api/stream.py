"""An answer as server-sent events: each verified sentence once, then the end.

A stream takes a thread of the web process, of which there are few. So only some run at once and none runs long; where
one cannot go on it ends, and the device comes again by the protocol's own rules, where it left off.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore

from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from pydantic import BaseModel

from briefings.converse.models import Turn
from briefings.converse.shown import Asked

MEDIA_TYPE = "text/event-stream"
AT_ONCE = 2  # of a process's four threads
LONGEST = 20.0  # seconds
EACH = 0.25  # seconds between looks
RETRY = 1000  # milliseconds until the device comes again

_running = BoundedSemaphore(AT_ONCE)


def of(
    request: HttpRequest, look: Callable[[], Asked | None], tell: Callable[[Asked], BaseModel]
) -> StreamingHttpResponse:
    """The turn that `look` finds, from the sentence after Last-Event-ID on."""
    response = StreamingHttpResponse(_events(look, tell, _place(request)), content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _place(request: HttpRequest) -> int:
    last = request.headers.get("Last-Event-ID", "")
    return int(last) if last.isdecimal() and len(last) < 6 else 0


def _events(look: Callable[[], Asked | None], tell: Callable[[Asked], BaseModel], told: int) -> Iterator[str]:
    yield f"retry: {RETRY}\n\n"
    may_stay = _running.acquire(blocking=False)
    ends = time.monotonic() + (LONGEST if may_stay else 0)
    try:
        while (asked := look()) is not None:
            for number, sentence in enumerate(asked.sentences[told:], start=told + 1):
                yield f"id: {number}\nevent: sentence\ndata: {sentence.model_dump_json()}\n\n"
            told = max(told, len(asked.sentences))
            if asked.turn.state != Turn.State.QUEUED:
                yield f"event: end\ndata: {tell(asked).model_dump_json()}\n\n"
                return
            if time.monotonic() + EACH > ends:
                return
            connection.close()  # others need it meanwhile
            time.sleep(EACH)
    finally:
        if may_stay:
            _running.release()

"""How log lines look, and by which request or task each was written; none is broken or forged by what it tells.

Foreign text reaches logs inside errors, so what leaves here has no control characters, no secret of the settings, no
address of a person and no address that opens something.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from celery import signals
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
HEADER = "nutgraf_request"  # of a task's message: the request that it was begun for
LONGEST = 8000  # characters of a message; of a traceback three times as many

# Also what turns the direction of writing or is not seen: a terminal would show another line than there is.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
MAIL = re.compile(r"[^\s*<>()\[\]\"',;:=/]{1,64}@[\w-]+(?:\.[\w-]+)+")
OPENING = re.compile(r"(/(?:s|feed|mail|unsubscribe)/)[\w:.~%-]{16,}")  # shares, feeds, links of mails
KEYS = re.compile(r"(?i)(authorization\W{1,4}basic\s+|\bbearer\s+|\bsk-)[\w.~+/=-]{8,}")
PASSWORD = re.compile(r"(\w://)[^\s/@:]*:[^\s/]*@")

_whose: ContextVar[Mapping[str, str]] = ContextVar("whose", default=MappingProxyType({}))


def whose() -> Mapping[str, str]:
    """What the current request or task is known by: `request`, or `task`, `name`, `row` and where it came from."""
    return _whose.get()


@contextmanager
def by(**ids: str) -> Iterator[None]:
    """Lines logged meanwhile carry these ids."""
    token = _whose.set({name: value for name, value in ids.items() if value})
    try:
        yield
    finally:
        _whose.reset(token)


def clean(text: str) -> str:
    """One line that can be shown anywhere, without what is nobody's business."""
    for secret in _secrets():
        text = text.replace(secret, "***")
    text = PASSWORD.sub(r"\1***@", text)
    text = KEYS.sub(r"\1***", OPENING.sub(r"\1***", MAIL.sub("<mail address>", text)))
    return UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


@lru_cache(1)
def _secrets() -> tuple[str, ...]:
    """What of the settings must not be told, the longest first."""
    database = settings.DATABASES["default"]
    apps = [app for kind in settings.SOCIALACCOUNT_PROVIDERS.values() for app in kind.get("APPS", ())]
    known = [
        settings.SECRET_KEY,
        *settings.SECRET_KEY_FALLBACKS,
        settings.OPENAI_API_KEY,
        settings.OPENAI_ADMIN_KEY,
        settings.NUTGRAF_METRICS_TOKEN,
        settings.NUTGRAF_PUSH_KEY,
        settings.EMAIL_HOST_PASSWORD,
        *settings.NUTGRAF_MAIL_REPORTS.values(),
        *(app.get("secret", "") for app in apps),
        urlsplit(settings.CELERY_BROKER_URL).password or "",
        str(database.get("PASSWORD") or ""),
    ]
    # A password that is a name would blank out that word everywhere.
    plain = {str(database.get(name) or "") for name in ("USER", "NAME", "HOST")}
    return tuple(sorted({one for one in known if len(one) >= 6} - plain, key=len, reverse=True))


class Line(logging.Formatter):
    """For people: what happened, and in brackets whose it was. A traceback's lines are set apart by a bar."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC)
        ids = " ".join(f"{name} {value}" for name, value in whose().items())
        line = f"{when:%Y-%m-%d %H:%M:%S},{record.msecs:03.0f} {record.levelname} {record.name}: {_message(record)}"
        line += f" [{clean(ids)}]" if ids else ""
        return "\n  | ".join([line, *_traceback(self, record)])


class Json(logging.Formatter):
    """For machines: one JSON object a line, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "process": record.process,
            **{name: clean(value) for name, value in whose().items()},
            **getattr(record, "told", {}),
        }
        if trace := _traceback(self, record):
            said["error"] = "\n".join(trace)
        return json.dumps(said, ensure_ascii=True)


def _message(record: logging.LogRecord) -> str:
    try:
        message = record.getMessage()
    except (
        TypeError,
        ValueError,
    ) as error:  # a line with wrong arguments still tells that something happened
        message = f"{record.msg} {record.args!r} ({error})"
    return clean(message[:LONGEST])


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    if not record.exc_info:
        return []
    return [clean(line) for line in formatter.formatException(record.exc_info)[-3 * LONGEST :].split("\n")]


# ---------------------------------------------------------------- requests


class Requests:
    """Middleware, the outermost: gives each request an id, or keeps the one it came with, and says it in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "")
        known = sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        request.request_id = known  # type: ignore[attr-defined]
        began = time.perf_counter()
        with by(request=known):
            response = self._get_response(request)
            _told_request(request, response.status_code, time.perf_counter() - began)
        response.headers["X-Request-ID"] = known
        return response


def _told_request(request: HttpRequest, status: int, seconds: float) -> None:
    if not log.isEnabledFor(logging.DEBUG):
        return
    route = request.resolver_match.route if request.resolver_match else ""
    told = {"method": request.method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    log.debug("%s /%s %s in %s ms", request.method, route, status, told["ms"], extra={"told": told})


# ---------------------------------------------------------------- tasks


@signals.before_task_publish.connect
def _hand_on(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and (request := whose().get("request")):
        headers[HEADER] = request


@signals.task_prerun.connect
def _begin(task_id: str, task: Any, args: tuple[Any, ...] = (), **_: Any) -> None:
    request = str(task.request.get(HEADER) or "")
    root = str(task.request.get("root_id") or "")
    task.request.nutgraf_began = time.perf_counter()
    task.request.nutgraf_whose = _whose.set(
        {
            "task": task_id,
            "name": task.name,
            **({"row": row} if (row := _row(args)) else {}),
            **({"root": root} if root and root != task_id else {}),
            **({"request": request} if REQUEST_ID.fullmatch(request) else {}),
        }
    )


@signals.task_postrun.connect
def _end(task: Any, state: str | None = None, **_: Any) -> None:
    token = task.request.get("nutgraf_whose")
    if token is None:
        return
    ms = round((time.perf_counter() - task.request.nutgraf_began) * 1000, 1)
    log.debug("%s in %s ms", state or "ended", ms, extra={"told": {"state": state, "ms": ms}})
    _whose.reset(token)


def _row(args: tuple[Any, ...]) -> str:
    """Ids are all that a message carries: one, or how many."""
    first = args[0] if args else ""
    return f"{len(first)} rows" if isinstance(first, (list, tuple)) else str(first)[:64]

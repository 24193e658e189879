"""What a visitor gets while the database cannot be reached: a page that says so (503), and one line in the log."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error

log = logging.getLogger(__name__)
RETRY_SECONDS = 5  # the embedded server is started again within about that
# SQLSTATE classes of https://www.postgresql.org/docs/current/errcodes-appendix.html; none at all: no server answered.
GONE = ("08", "57P")


def unreachable(error: BaseException | None) -> bool:
    """Whether the error tells of a database that is away, and not of one that refused or gave up on a query."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(GONE)


class Outage:
    """Middleware: a view that cannot reach the database answers 503 with Retry-After."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not unreachable(error):
            return None
        log.warning("%s: %s", request.path, reason(error))
        return away()


def handler500(request: HttpRequest) -> HttpResponse:
    """Django's answer to what nobody caught, which may be another middleware that needs the database."""
    return away() if unreachable(sys.exc_info()[1]) else server_error(request)


def away() -> HttpResponse:
    # Without the request: the page must not ask for the reader, who lies in the database.
    page = loader.get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def reason(error: BaseException) -> str:
    return f"the database cannot be reached: {next(iter(str(error).strip().splitlines()), 'no answer')}"


class OneLine(logging.Filter):
    """Says in one line that the database is away: a traceback for each request would bury why."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and unreachable(error):
            record.msg, record.args = f"{record.getMessage()}: {reason(error)}", ()
            record.exc_info = record.exc_text = None
        return True

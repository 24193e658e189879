"""The API itself: who may ask, how bodies are read, and what becomes of every exception."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

from briefings.api import problems
from briefings.api.asked import Device
from briefings.api.problems import FieldProblem, Problem
from briefings.api.schema import Described

JSON = "application/json"
DESCRIPTION = """\
Nutgraf for apps. Sign in with a code that comes by mail (`/auth/code`, `/auth/code/confirm`); the token you get belongs
to this device and lasts for ninety days after its last use. Everything else asks for it: `Authorization: Bearer TOKEN`.

Times are ISO 8601 with offset, money is a decimal string of US dollars. Lists come by pages: send `next` as `cursor`.
An answer's `ETag`, sent as `If-None-Match`, is answered with 304 while nothing has changed. What fails is told as
problem details (RFC 9457) with a `code` that keeps its meaning.
"""


class JSONBodies(Parser):
    """JSON alone, and in UTF-8."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != JSON:
            raise Problem("unsupported_type", f"Send {JSON}.")
        try:
            return json.loads(request.body)
        except (ValueError, RecursionError):
            raise Problem("malformed", "The body is not JSON.") from None


class WholeTimes(BaseRenderer):
    """JSON as pydantic writes it everywhere else: Django's would cut times to milliseconds."""

    media_type = JSON

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return to_json(data)


def make() -> NinjaAPI:
    """The API without its routers."""
    api = Described(
        title="Nutgraf",
        version="1",
        description=DESCRIPTION,
        auth=Device(),
        parser=JSONBodies(),
        renderer=WholeTimes(),
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
        servers=[],
    )
    on: Any = api.add_exception_handler  # its type speaks of classes where instances are meant
    on(Problem, problems.answer)
    on(ValidationError, _invalid)
    on(HttpError, _refused)
    on(Http404, lambda request, _: problems.answer(request, problems.not_found()))
    on(RequestDataTooBig, lambda request, _: problems.answer(request, Problem("too_large")))
    on(Exception, _unforeseen)
    return api


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = [
        FieldProblem(field=".".join(map(str, _place(one["loc"]))), message=one["msg"]) for one in error.errors
    ]
    return problems.answer(request, Problem("invalid", errors=fields))


def _place(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Without the name that the view has for the body as a whole."""
    return (loc[0], *loc[2:]) if loc[0] == "body" and len(loc) > 1 else loc


def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__  # ninja says of all bodies that fail in the parser that they cannot be parsed
    if isinstance(cause, Problem):
        return problems.answer(request, cause)
    if isinstance(cause, RequestDataTooBig):
        return problems.answer(request, Problem("too_large"))
    return problems.answer(request, Problem(problems.BY_STATUS.get(error.status_code, "malformed")))


def _unforeseen(request: HttpRequest, error: Exception) -> HttpResponse:
    """Left to Django's log, and to what tells an unreachable database from a fault."""
    raise error

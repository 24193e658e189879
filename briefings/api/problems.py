"""Everything that can go wrong, as problem details (RFC 9457) with codes that stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"
PLACE = "/api/v1/docs#"  # where each code is explained


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` says what it is, for people; one kind has one status for ever."""

    status: int
    title: str


CODES: Mapping[str, Kind] = MappingProxyType(
    {
        "malformed": Kind(400, "The request cannot be read."),
        "unauthenticated": Kind(401, "A token of a signed-in device is needed."),
        "wrong_code": Kind(401, "That code is not right."),
        "wrong_passkey": Kind(401, "That passkey does not open anything here."),
        "sign_in_expired": Kind(401, "This sign-in is over. Ask for a new code."),
        "second_factor_needed": Kind(401, "The account asks for a second factor: POST /api/v1/auth/second."),
        "not_found": Kind(404, "There is no such thing, or it is not yours."),
        "edition_preparing": Kind(404, "The edition is being prepared."),
        "edition_failed": Kind(404, "The edition could not be prepared."),
        "edition_not_asked": Kind(404, "No edition was asked for on that date."),
        "method_not_allowed": Kind(405, "The method is not known here."),
        "no_profile": Kind(409, "Say first who you are: PATCH /api/v1/profile."),
        "cannot_ask": Kind(409, "The question cannot be taken now."),
        "id_in_use": Kind(409, "The Idempotency-Key belongs to another request."),
        "already_struck": Kind(409, "The sentence has been struck before."),
        "no_room": Kind(409, "The interests are as long as they may be."),
        "no_push": Kind(409, "Nothing is pushed here."),
        "private_brief": Kind(409, "A brief of your own sources cannot be shared."),
        "too_many_sources": Kind(409, "There is no room for more sources."),
        "too_large": Kind(413, "The request is too large."),
        "unsupported_type": Kind(415, "The body is of a type that is not read here."),
        "invalid": Kind(422, "A value is not allowed."),
        "too_many": Kind(429, "Too many requests."),
        "error": Kind(500, "Something went wrong on our side."),
        "unavailable": Kind(503, "The service is not available just now."),
        "mail_unavailable": Kind(503, "Mail cannot be sent just now."),
    }
)
BY_STATUS = {kind.status: code for code, kind in reversed(list(CODES.items()))}  # the first of each status


class FieldProblem(BaseModel):
    """`field` is the place in the request, such as "body.email"."""

    field: str
    message: str


class ProblemDetails(BaseModel):
    """What answers every request that fails; `code` never changes its meaning, `detail` may change its words."""

    type: str = Field(description="where the code is explained")
    title: str
    status: int
    detail: str
    code: str = Field(json_schema_extra={"enum": list(CODES)})
    request_id: str = Field(description="the answer's X-Request-ID, by which we find it in our logs")
    errors: list[FieldProblem] = []


class Problem(Exception):
    """Ends a request with that code of `CODES`; `retry_after` in seconds."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        errors: Sequence[FieldProblem] = (),
        retry_after: int | None = None,
    ) -> None:
        self.code, self.detail, self.errors, self.retry_after = code, detail, errors, retry_after
        super().__init__(code)


def not_found() -> Problem:
    """A stranger's object and one that does not exist answer alike."""
    return Problem("not_found")


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a response."""
    kind = CODES[problem.code]
    told: dict[str, Any] = {
        "type": PLACE + problem.code,
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail or kind.title,
        "code": problem.code,
        "request_id": getattr(request, "request_id", ""),
    }
    if problem.errors:
        told["errors"] = [one.model_dump() for one in problem.errors]
    response = JsonResponse(told, status=kind.status, content_type=MEDIA_TYPE)
    if kind.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="nutgraf"'
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response

"""Signing a device in by a code that comes by mail: allauth's flow for apps, in the API's words."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse
from ninja import Router, Status
from pydantic import Field

from briefings.api import devices
from briefings.api.asked import limit
from briefings.api.problems import FieldProblem, Problem
from briefings.api.schema import may_answer
from briefings.schemas import Shape
from users import headless
from users.forms import LONGEST_ADDRESS
from users.models import DeviceToken
from users.tokens import LONGEST_NAME

router = Router(tags=["sign-in"], auth=None)
log = logging.getLogger("briefings.api")
TOO_MANY = ("too_many_login_attempts", "rate_limited")


class Address(Shape):
    email: str = Field(min_length=3, max_length=LONGEST_ADDRESS, examples=["ada@bank.example"])


class SignIn(Shape):
    """`session` names this sign-in when its code comes; it opens nothing by itself."""

    session: str


class Code(Shape):
    session: str = Field(min_length=1, max_length=100)
    code: str = Field(min_length=1, max_length=20, examples=["1234-5678"])
    device: str = Field("", max_length=LONGEST_NAME, description="what the reader calls this device")


class SignedIn(Shape):
    """The `token` is told this once."""

    token: str
    device: devices.DeviceDocument


@dataclass(frozen=True, slots=True)
class Reply:
    """What allauth's view for apps answered."""

    status: int
    meta: dict[str, Any]
    errors: list[dict[str, Any]]
    pending: str
    data: dict[str, Any]


@router.post(
    "/code", response={202: SignIn}, auth=None, operation_id="request_code", openapi_extra=may_answer(422)
)
def request_code(request: HttpRequest, address: Address) -> Status[SignIn]:
    """Send a code to the address. Whoever has it or not, has an account or not: the answer is the same."""
    reply = through(request, headless.request_code)
    if reply.errors:
        refuse(reply)
    return Status(202, SignIn(session=reply.meta["session_token"]))


@router.post(
    "/code/confirm", response=SignedIn, auth=None, operation_id="confirm_code", openapi_extra=may_answer(401)
)
def confirm_code(request: HttpRequest, code: Code) -> SignedIn:
    """Trade the code for the token of this device. Three wrong codes end the sign-in.

    An account with an authenticator app answers `second_factor_needed`: go on with the same session at `/auth/second`.
    """
    limit(request, "api-code")
    request.device_name = code.device  # type: ignore[attr-defined]
    reply = through(request, headless.confirm_code, code.session)
    if reply.status in (409, 410):
        raise Problem("sign_in_expired")
    if reply.errors:
        refuse(reply)
    if "access_token" not in reply.meta:
        raise Problem("second_factor_needed", f"Pending: {reply.pending or 'unknown'}.")
    return signed_in(reply)


def signed_in(reply: Reply) -> SignedIn:
    """The device and its token, of a reply that has one."""
    device = DeviceToken.objects.get(pk=reply.meta["device"])
    return SignedIn(token=reply.meta["access_token"], device=devices.told(device, device))


def through(request: HttpRequest, view: Callable[[HttpRequest], HttpResponse], session: str = "") -> Reply:
    """One step of a sign-in by allauth's view, which reads the same body. Raises Problem when mail is down."""
    request.sign_in = session or None  # type: ignore[attr-defined]
    try:
        answered = view(request)
    except ImmediateHttpResponse as stopped:
        answered = stopped.response
    if answered.status_code == 429:
        raise Problem("too_many", retry_after=60)
    if answered.status_code == 503:
        raise Problem("mail_unavailable", retry_after=60)
    try:
        told = json.loads(answered.content)
    except ValueError:
        log.error("allauth answered %s without JSON", answered.status_code)
        raise Problem("malformed") from None
    data, meta, errors = told.get("data", {}), told.get("meta", {}), told.get("errors", [])
    waiting = [one["id"] for one in data.get("flows", ()) if one.get("is_pending")]
    return Reply(answered.status_code, meta, errors, waiting[0] if waiting else "", data)


def refuse(reply: Reply) -> NoReturn:
    """Raises what the errors of the reply come to."""
    codes = {one.get("code") for one in reply.errors}
    if not codes.isdisjoint(TOO_MANY):
        raise Problem("too_many", retry_after=60)
    if "incorrect_code" in codes:
        raise Problem("wrong_code")
    fields = [
        FieldProblem(field=f"body.{one.get('param', '')}", message=one["message"]) for one in reply.errors
    ]
    raise Problem("invalid", errors=fields)

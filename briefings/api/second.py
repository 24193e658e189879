"""The other doors for apps: an authenticator app's code after the mailed one, and passkeys before or instead of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from briefings.api.asked import limit
from briefings.api.problems import Problem
from briefings.api.schema import may_answer
from briefings.api.sign_in import TOO_MANY, Reply, SignedIn, refuse, signed_in, through
from briefings.schemas import Shape
from users import headless
from users.tokens import LONGEST_NAME

router = Router(tags=["sign-in"], auth=None)


class Session(Shape):
    session: str = Field(min_length=1, max_length=100)


class SecondCode(Session):
    """`code`: of the authenticator app, or a recovery code."""

    code: str = Field(min_length=1, max_length=20, examples=["123456"])
    device: str = Field("", max_length=LONGEST_NAME, description="what the reader calls this device")


class Challenge(Shape):
    """`options` are for the platform's own call that asks for a passkey (WebAuthn's PublicKeyCredentialRequestOptions,
    as JSON); `session` names this sign-in when its answer comes.
    """

    session: str
    options: dict[str, Any]


class Assertion(Session):
    """`credential`: what the platform answered, as JSON (WebAuthn's AuthenticationResponseJSON)."""

    credential: dict[str, Any]
    device: str = Field("", max_length=LONGEST_NAME, description="what the reader calls this device")


@router.post(
    "/second", response=SignedIn, auth=None, operation_id="confirm_second", openapi_extra=may_answer(401)
)
def confirm_second(request: HttpRequest, code: SecondCode) -> SignedIn:
    """After `second_factor_needed`: trade a code of the authenticator app, or a recovery code, for the token."""
    reply = _step(request, headless.confirm_second, code.session, code.device)
    return _ended(reply, "wrong_code")


@router.post(
    "/second/passkey",
    response=Challenge,
    auth=None,
    operation_id="begin_second_passkey",
    openapi_extra=may_answer(401),
)
def begin_second_passkey(request: HttpRequest, sign_in: Session) -> Challenge:
    """After `second_factor_needed`: what to ask the reader's passkey, for accounts that have one."""
    reply = _step(request, headless.begin_second_passkey, sign_in.session)
    return _challenge(reply, sign_in.session)


@router.post(
    "/second/passkey/confirm",
    response=SignedIn,
    auth=None,
    operation_id="confirm_second_passkey",
    openapi_extra=may_answer(401),
)
def confirm_second_passkey(request: HttpRequest, assertion: Assertion) -> SignedIn:
    """Trade the passkey's answer for the token of this device."""
    reply = _step(request, headless.confirm_second_passkey, assertion.session, assertion.device)
    return _ended(reply, "wrong_passkey")


@router.post("/passkey", response=Challenge, auth=None, operation_id="begin_passkey")
def begin_passkey(request: HttpRequest) -> Challenge:
    """Sign in by a passkey, without an address or a code: what to ask it."""
    reply = _step(request, headless.begin_passkey)
    return _challenge(reply, reply.meta.get("session_token", ""))


@router.post(
    "/passkey/confirm",
    response=SignedIn,
    auth=None,
    operation_id="confirm_passkey",
    openapi_extra=may_answer(401),
)
def confirm_passkey(request: HttpRequest, assertion: Assertion) -> SignedIn:
    """Trade the passkey's answer for the token of this device."""
    reply = _step(request, headless.confirm_passkey, assertion.session, assertion.device)
    return _ended(reply, "wrong_passkey")


def _step(
    request: HttpRequest, view: Callable[[HttpRequest], HttpResponse], session: str = "", device: str = ""
) -> Reply:
    """Counted by address, wrong or not; allauth counts by account what its codes are tried with."""
    limit(request, "api-code")
    request.device_name = device  # type: ignore[attr-defined]
    return through(request, view, session)


def _challenge(reply: Reply, session: str) -> Challenge:
    options = reply.data.get("request_options")
    if options is None:
        raise Problem("sign_in_expired")
    return Challenge(session=session, options=options)


def _ended(reply: Reply, wrong: str) -> SignedIn:
    if "access_token" in reply.meta:
        return signed_in(reply)
    if not reply.errors:
        raise Problem("sign_in_expired")
    if any(one.get("code") in TOO_MANY for one in reply.errors):
        refuse(reply)
    raise Problem(wrong)

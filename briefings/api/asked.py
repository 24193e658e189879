"""Who asks: a device with its token, never a cookie; how often it may; and how often an address may guess."""

from __future__ import annotations

from typing import cast

from allauth.core.internal import ratelimit  # the public door lets every GET pass
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase

from briefings.api.problems import Problem
from users import tokens
from users.models import DeviceToken, User

A_MINUTE = 60
LONGEST_TOKEN = 200


class Device(AuthBase):
    """`Authorization: Bearer TOKEN`, with the token that signing in gave to the device."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> DeviceToken:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Problem("unauthenticated")
        now = timezone.now()
        found = tokens.opened(token.strip(), now) if len(token) <= LONGEST_TOKEN else None
        if found is None:
            limit(request, "api-token")
            raise Problem("unauthenticated")
        device, times = found
        if times > settings.API_REQUESTS_A_MINUTE:
            raise Problem("too_many", retry_after=A_MINUTE - now.second)
        request.user = device.reader
        return device


def limit(request: HttpRequest, action: str) -> None:
    """Counts one more of what ACCOUNT_RATE_LIMITS limits by that name; raises Problem when it is one too many."""
    if not ratelimit.consume(request, app="allauth.account", action=action, limit_get=True):
        raise Problem("too_many", retry_after=A_MINUTE)


def device_of(request: HttpRequest) -> DeviceToken:
    """The device that asks; only behind `Device`."""
    return cast(DeviceToken, request.auth)  # type: ignore[attr-defined]


def reader_of(request: HttpRequest) -> User:
    """The reader whose device asks; only behind `Device`."""
    return device_of(request).reader

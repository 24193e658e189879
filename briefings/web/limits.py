"""Refuses readers who ask more often than ACCOUNT_RATE_LIMITS allow, before anything is done."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit  # the public door lets every GET pass
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

View = Callable[..., HttpResponseBase]


def limited(action: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not allowed(request, action):
                return render(request, "429.html", status=429)
            return view(request, *args, **kwargs)

        return limited

    return decorate


def limited_by_address(view: View) -> View:
    """For what strangers may ask for: the refusal, like the page, reads no cookie."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request, "public"):
            words = gettext("Too many tries. Wait a minute, then try again.")
            return HttpResponse(words, "text/plain", 429, headers={"Retry-After": "60"})
        return view(request, *args, **kwargs)

    return inner


def allowed(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Whether the reader, their address, or all for this `key` may do this once more; that counts as once."""
    return bool(ratelimit.consume(request, app="allauth.account", action=action, key=key, limit_get=True))

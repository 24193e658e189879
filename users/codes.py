"""How often a code is sent to an address: slower for strangers, never so that its reader's own browser is shut out.

Everybody may ask for a code to any address. Were they counted by address alone, a stranger could use up a reader's
codes; so each network has its own count for an address, all strangers together one of minutes and one of a day, and a
browser that the reader once signed in with is none of them.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.views import ConfirmLoginCodeView
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

KNOWN = "known"  # the cookie of a browser that an address has signed in with
REMEMBERED = 31_536_000  # seconds


def may_be_sent(request: HttpRequest, address: str) -> bool:
    """Whether one more code may go to the address (lower case), which is counted; alike for known and unknown ones."""
    if not ratelimit.consume(request, action="request_login_code", key=address):
        return False
    if _knows(request, address):
        return bool(ratelimit.consume(request, action="code-known", key=address))
    # Who has to wait for others uses up nothing of their own by trying.
    return bool(
        ratelimit.consume(request, action="code-anywhere", key=address, dry_run=True)
        and ratelimit.consume(request, action="code-here", key=f"{address} {get_ip(request)}")
        and ratelimit.consume(request, action="code-anywhere", key=address)
    )


def recognise(response: HttpResponse, address: str) -> None:
    """Have the browser remember that the address signed in with it; nobody can read from it which one."""
    response.set_cookie(
        KNOWN,
        _mark(address),
        max_age=REMEMBERED,
        path=_path(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """For a browser whose reader leaves."""
    response.delete_cookie(KNOWN, path=_path())


def _path() -> str:
    return str(reverse("account_login")).removesuffix("login/")


def _knows(request: HttpRequest, address: str) -> bool:
    """Whether the browser remembers the address, by the present SECRET_KEY or an earlier one."""
    given = request.COOKIES.get(KNOWN, "")
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(given, _mark(address, key)) for key in keys)


def _mark(address: str, key: str | None = None) -> str:
    return salted_hmac("users.codes", address, secret=key, algorithm="sha256").hexdigest()


class ConfirmCode(ConfirmLoginCodeView):  # type: ignore[misc]  # allauth ships no types
    """As allauth's; a new code asked for here counts like any other."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._action == "resend" and not may_be_sent(request, self._process.state["email"]):
            return cast(HttpResponse, ratelimit.respond_429(request))
        return cast(HttpResponse, super().post(request, *args, **kwargs))

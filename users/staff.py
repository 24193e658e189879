"""Who may see the pages of those who run the service: staff, by two factors where the service demands them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from users import enrolment, second
from users.second import View


class SecondFactor:
    """Middleware: no page of Django's admin, its password form included, without two factors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or "admin" not in match.app_names or not settings.NUTGRAF_STAFF_SECOND_FACTOR:
            return None
        return led_elsewhere(request)


def staff_only(view: View) -> View:
    """For pages that do not exist for anybody else."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_staff:
            raise Http404
        return led_elsewhere(request) or view(request, *args, **kwargs)

    return inner


def led_elsewhere(request: HttpRequest) -> HttpResponseBase | None:
    """Where to go first: to sign in, enter a code, set up a factor, show it; None for who has. Raises Http404."""
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not user.is_staff:
        raise Http404
    if not second.demanded_of(user):
        return None
    if not enrolment.is_enrolled(user):
        return redirect("enrol")
    if second.given(request):
        return None
    if not second.kinds_of(user) & {second.APP, second.PASSKEY}:
        return redirect("security" if enrolment.may_add(request) else "enrol")
    proof = second.proofs_of(user)[0]["url"]
    return redirect(f"{proof}?{urlencode({'next': request.get_full_path()})}")

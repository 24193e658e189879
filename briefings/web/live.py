"""Forms that work as plain posts and that htmx sends for parts of a page."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url

from briefings.web.limits import View


def is_live(request: HttpRequest) -> bool:
    """Whether htmx asks, for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def signed_in(view: View) -> View:
    """As `login_required`; where htmx asks, the whole page goes to sign in, and from there to today's edition."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_live(request) and not request.user.is_authenticated:
            return HttpResponse(status=204, headers={"HX-Redirect": resolve_url("today")})
        return login_required(view)(request, *args, **kwargs)

    return inner

"""Refuses forms in an encoding that no browser sends them in, which Django cannot read and fails on."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

KNOWN = ("", "utf-8", "us-ascii")


class PlainForms:
    """Middleware: 415 for a body whose charset is another than UTF-8."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "").lower()
        if request.method != "GET" and charset not in KNOWN:
            return HttpResponse("Forms are read in UTF-8 only.", "text/plain", 415)
        return self._get_response(request)

"""Sends text compressed, but for answers that a view marks by `as_it_is = True`.

Pictures, archives and what whitenoise has compressed already go as they are.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

from briefings.web.again import Page

KINDS = ("text/", "application/json", "application/manifest+json", "application/atom+xml", "image/svg+xml")
OWN_WAY = "/api/"  # compresses what holds no secret by itself, and streams


class Compress(GZipMiddleware):
    """Django's, which pads what it sends by a random length, so that no secret can be guessed from the size."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.headers.get("Content-Type", "").startswith(KINDS)
        if request.path_info.startswith(OWN_WAY) or not is_text or getattr(response, "as_it_is", False):
            return response
        if isinstance(response, Page):
            return _ready(request, response)
        return super().process_response(request, response)


def _ready(request: HttpRequest, page: Page) -> Page:
    """What was compressed when it was rendered, which it is sent as where that is taken."""
    patch_vary_headers(page, ("Accept-Encoding",))
    if not re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        return page
    page.content = page.gzipped()
    page.headers["Content-Length"] = str(len(page.content))
    page.headers["Content-Encoding"] = "gzip"
    return page

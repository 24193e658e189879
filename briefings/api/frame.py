"""What every answer of the API has: problem details where it failed, a tag to ask again with, gzip."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

from briefings.api import problems

PREFIX = "/api/"
SMALL = 1000  # bytes that are not worth compressing
RANDOM = 100  # bytes by which the length of a compressed answer varies, so that it tells nothing (BREACH)
HANDED_ON = ("Retry-After", "Allow", "WWW-Authenticate")


class Frame:
    """Middleware for addresses under /api/: also what never reached the API answers in its words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self._get_response(request)
        response = self._get_response(request)
        if response.status_code >= 400 and response.get("Content-Type") != problems.MEDIA_TYPE:
            response = _in_our_words(request, response)
        may_be_kept = request.method in ("GET", "HEAD") and response.status_code < 400
        response.headers.setdefault("Cache-Control", "private, no-cache" if may_be_kept else "no-store")
        patch_vary_headers(response, ["Authorization", "Accept-Encoding"])
        if isinstance(response, HttpResponse) and request.method == "GET" and response.status_code == 200:
            response = _economical(request, response)
        return response


class Packed(HttpResponse):
    """JSON that was made and compressed before, with its tag."""

    def __init__(self, packed: bytes, etag: str) -> None:
        super().__init__(b"", content_type="application/json", headers={"ETag": etag})
        self.packed = packed


def pack(body: bytes) -> tuple[bytes, str]:
    """What `Packed` takes."""
    return gzip.compress(body, 6, mtime=0), _etag(body)


def _in_our_words(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    status = response.status_code
    code = problems.BY_STATUS.get(status, "malformed" if status < 500 else "error")
    told = problems.answer(request, problems.Problem(code))
    for name in HANDED_ON:
        if name in response.headers:
            told.headers[name] = response.headers[name]
    if status == 429:
        told.headers.setdefault("Retry-After", "60")
    return told


def _economical(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """304 where the device has it already; else compressed where it takes that and nothing in it is secret."""
    kept = "no-store" not in response.headers["Cache-Control"]
    if kept:
        etag = response.headers.get("ETag") or _etag(response.content)
        response.headers["ETag"] = etag
        if _has(request, etag):
            same = HttpResponseNotModified()
            for name in ("ETag", "Cache-Control", "Vary"):
                same.headers[name] = response.headers[name]
            return same
    takes = "gzip" in request.headers.get("Accept-Encoding", "")
    if isinstance(response, Packed):
        response.content = response.packed if takes else gzip.decompress(response.packed)
    elif takes and kept and len(response.content) > SMALL:
        response.content = compress_string(response.content, max_random_bytes=RANDOM)
    else:
        return response
    if takes:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.content))
    return response


def _has(request: HttpRequest, etag: str) -> bool:
    asked = request.headers.get("If-None-Match", "")
    return etag in (tag.strip() for tag in asked.split(",")) or asked.strip() == "*"


def _etag(body: bytes) -> str:
    """Weak: compressed or not, it is the same."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'

"""Who may ask what: health is for everybody, measures for whoever holds the token or sits at this machine."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from config.watch import health, metrics

# What a proxy adds: then the neighbour is not who asks.
FORWARDED = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-Ip",
)
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Watched:
    """Middleware before all that knows hosts, sessions and readers: probes ask by bare addresses, without https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = VIEWS.get(request.path_info.rstrip("/"))
        if view is None:
            return self._get_response(request)
        response = (
            view(request) if request.method in ("GET", "HEAD") else HttpResponseNotAllowed(["GET", "HEAD"])
        )
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def measures(request: HttpRequest) -> HttpResponse:
    """Without a token: 404 for all but this machine. With one: 401 for all without it, this machine too."""
    if settings.NUTGRAF_METRICS_TOKEN:
        if not _holds_the_token(request):
            return HttpResponse("", "text/plain", 401, headers={"WWW-Authenticate": "Bearer"})
    elif not _from_here(request):
        return HttpResponse("", "text/plain", 404)
    return metrics.exposition()


def _holds_the_token(request: HttpRequest) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.NUTGRAF_METRICS_TOKEN.encode()
    # Latin-1 is how WSGI hands headers on; whatever they hold, both sides are bytes.
    same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), wanted)
    return kind.lower() == "bearer" and same


def _from_here(request: HttpRequest) -> bool:
    """A connection from this machine that no proxy made, under a name of this machine (no page's script elsewhere)."""
    if settings.NUTGRAF_PROXIES or any(name in request.headers for name in FORWARDED):
        return False
    if not _is_loopback(request.META.get("REMOTE_ADDR", "")):
        return False
    try:
        name = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:  # of brackets that hold no address
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/health/live": health.live,
    "/health/ready": health.ready,
    "/health/progress": health.progress,
    "/metrics": measures,
}

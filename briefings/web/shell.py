"""What makes the web app installable and readable offline: manifest, service worker, and what a browser may keep.

A browser keeps pages of its reader alone: whenever that changes, by signing in or out or by leaving, it is told to
throw away what it holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from users import language, social

READER, KEEP = "X-Nutgraf-Reader", "X-Nutgraf-Keep"
VISITOR = "none"
PAPER = "#fbf9f4"  # the token of static/nutgraf.css
FILES = (
    "nutgraf.css",
    "fonts/newsreader.woff2",
    "favicon.svg",
    "joined.js",
    "shell.js",
    "keys.js",
    "listen.js",
    "talk.js",
    "copy.js",
    "django_htmx/htmx-2.min.js",
)


def keep(response: HttpResponse, path: str, also: Iterable[str] = ()) -> HttpResponse:
    """Let the reader's browser keep the page at `path` for reading offline, and look up the other addresses for it."""
    response.headers[KEEP] = " ".join((path, *also))
    return response


class Reader:
    """Middleware: says on each page that knows a reader whose it is, and clears the browser when that changes.

    No cache keeps such a page, whoever made it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No other GET changes the reader, and public pages must not read the cookie.
        may_change = request.method == "POST" or request.path_info.startswith(social.BACK)
        before = request.session.get(SESSION_KEY) if may_change else None
        response = self._get_response(request)
        if request.session.accessed:
            now = request.session.get(SESSION_KEY)
            if (
                response.status_code < 500
            ):  # which may tell of a database that is away, and so of no reader's language
                response.headers[READER] = mark(now, language.of(request)) if now else VISITOR
            if now and "Cache-Control" not in response.headers:
                add_never_cache_headers(response)  # pages that are not ours to mark, such as signing out
            if may_change and now != before:
                response.headers["Clear-Site-Data"] = '"cache", "storage"' if before else '"storage"'
        return response


def mark(reader: str, spoken: str) -> str:
    """Tells one reader's pages in one language from all others, and nothing about the reader.

    So who changes the language has no copies in the old one, and keeps the browser's worker and what is pushed to it,
    which clearing its storage would end.
    """
    return salted_hmac("briefings.web.shell", f"{reader} {spoken}", algorithm="sha256").hexdigest()[:16]


@require_safe
@language.for_anybody
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")


@cache
def _worker() -> str:
    found = finders.find("sw.js") or settings.STATIC_ROOT / "sw.js"
    code = Path(str(found)).read_text(encoding="utf-8")
    goodbye = [reverse("account_logout"), reverse("admin:logout")]
    shell = {
        "files": [static(name) for name in FILES],
        "static": settings.STATIC_URL,
        "offline": reverse("offline"),
        "today": reverse("today"),
        "icon": static("icons/icon-192.png"),
        "plain": {code: _plainly(code) for code in dict(settings.LANGUAGES)},
        "leaving": [*goodbye, reverse("leave")],
        "goodbye": goodbye,
    }
    parts = json.dumps(shell) + code + "".join(map(_offline_in, dict(settings.LANGUAGES)))
    shell["version"] = hashlib.sha256(parts.encode()).hexdigest()[:12]
    return f"const SHELL = {json.dumps(shell)};\n{code}"


def _plainly(code: str) -> str:
    """What the worker shows of a push that says nothing readable."""
    with translation.override(code):
        return gettext("Your edition is there.")


def _offline_in(code: str) -> str:
    with translation.override(code):
        return get_template("briefings/offline.html").render()


@require_safe
@language.for_anybody
@cache_control(no_cache=True)
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker shows in place of a page that it has not kept; without the request, as it is nobody's."""
    return HttpResponse(get_template("briefings/offline.html").render())


@require_safe
@language.for_anybody
@cache_control(max_age=86400)
def manifest(request: HttpRequest) -> JsonResponse:
    shortcuts = ((gettext("Today"), "today"), (gettext("Search"), "search"), (gettext("Saved"), "saved"))
    told = {
        "id": "/",
        "name": "Nutgraf",
        "short_name": "Nutgraf",
        "description": gettext(
            "What happened in AI today and why it matters to you, with the source of every sentence."
        ),
        "lang": language.current(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "categories": ["news", "business"],
        "icons": [
            _icon("icon-192", 192, "any"),
            _icon("icon-512", 512, "any"),
            _icon("maskable-512", 512, "maskable"),
        ],
        "shortcuts": [{"name": name, "url": reverse(page)} for name, page in shortcuts],
    }
    return JsonResponse(told, content_type="application/manifest+json")


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    address = static(f"icons/{name}.png")
    return {"src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}

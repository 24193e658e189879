"""In which language somebody is spoken to: their own choice, else what their browser asks for.

Briefs, lenses, answers and what sources say stay in the language they are written in.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.csrf import csrf_failure
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.defaults import page_not_found
from django.views.i18n import set_language

from users.models import User

WRITTEN = "en"  # what briefs are written in, and every text of ours before it is translated
# Pages of those who run the service, and answers to programs, which read codes and not words.
ENGLISH = ("/api/", "/admin/", "/status/", "/spending/", "/outbox", "/metrics")
View = TypeVar("View", bound=Callable[..., Any])


def current() -> str:
    """The code of the language that is spoken just now: "en", "de"."""
    return translation.get_language() or WRITTEN


def spoken_to(user: User) -> AbstractContextManager[None]:
    """For what is made for a reader without a request of theirs: mails, pushes, and the reasons of an edition."""
    return translation.override(user.language or WRITTEN)


def speak_to(user: User) -> None:
    """Until the end of this request, where the reader has chosen a language."""
    if user.language:
        translation.activate(user.language)


def choose_for(user: User, code: str) -> None:
    """From now on the reader is spoken to so, wherever they are; nothing where `code` is no language of ours."""
    if code != user.language and code in dict(settings.LANGUAGES):
        user.language = code
        user.save(update_fields=["language"])


def for_anybody(view: View) -> View:
    """Marks a view that knows no reader and reads no cookie: its language is what the browser asks for."""
    view.for_anybody = True  # type: ignore[attr-defined]
    return view


# A stranger's page may come from a cache without a token of ours; all that it does is set this browser's language.
choose = csrf_exempt(require_POST(set_language))


class Spoken:
    """Middleware: each request is answered in its reader's language, and says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(ENGLISH):
            with translation.override(WRITTEN):
                return self._get_response(request)
        with translation.override(_asked_for(request)):
            response = self._get_response(request)
            if response.headers.get("Content-Type", "").startswith(
                ("text/html", "application/manifest+json")
            ):
                by_cookie = ("Cookie",) if getattr(request, "spoken_by_cookie", False) else ()
                patch_vary_headers(response, ("Accept-Language", *by_cookie))
                response.headers.setdefault("Content-Language", current())
        return response

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> None:
        """Once it is known that the page may know its reader, the reader's own choice counts."""
        _as_chosen(request, view)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer to an address that nothing is at: no view was found that could have said whose page it is."""
    if request.resolver_match is None:
        _as_chosen(request)
    return page_not_found(request, exception)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a form without its token, which is given before any middleware hears of the view."""
    _as_chosen(request, request.resolver_match and request.resolver_match.func)
    return csrf_failure(request, reason)


def of(request: HttpRequest) -> str:
    """What a page for this request's reader is written in, whatever is spoken on the page that they ask for."""
    return _chosen(request) or _asked_for(request)


def _as_chosen(request: HttpRequest, view: Any = None) -> None:
    if request.path_info.startswith(ENGLISH) or getattr(view, "for_anybody", False):
        return
    request.spoken_by_cookie = True  # type: ignore[attr-defined]  # also where there is none: with one it would differ
    if chosen := _chosen(request):
        translation.activate(chosen)


def _chosen(request: HttpRequest) -> str:
    """By the reader, else in this browser; empty where neither is."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        user = request.user
        if isinstance(user, User) and user.language:
            return user.language
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def _asked_for(request: HttpRequest) -> str:
    """By Accept-Language alone."""
    for code, _ in translation.trans_real.parse_accept_lang_header(
        request.headers.get("Accept-Language", "")
    ):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return WRITTEN

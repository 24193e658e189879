"""Follow-up questions under a brief: plain forms that htmx makes live, each about one of the reader's own briefs."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefings import read
from briefings.converse import ask as asking
from briefings.converse.shown import question
from briefings.tasks import answer_soon
from briefings.web.limits import View, allowed
from briefings.web.talk import turn_page
from briefings.web.views import talk_of, turns_of, whole_page
from users.models import User

NO_MORE = 286  # ends htmx's asking
TOO_OFTEN = gettext_noop("That were many questions in a short time. Wait a minute, then ask again.")


def signed_in(view: View) -> View:
    """As `login_required`; a part of a page that is asked for by htmx has the whole page go to sign in."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _live(request) and not request.user.is_authenticated:
            return HttpResponse(
                status=204, headers={"HX-Redirect": reverse("ask", args=[kwargs["brief_id"]])}
            )
        return login_required(view)(request, *args, **kwargs)

    return inner


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, brief_id: str) -> HttpResponse:
    if request.method == "GET":  # back from signing in again: the form is on that page
        return redirect(_place(brief_id))
    typed = next((each for each in reversed(request.POST.getlist("question")) if each.strip()), "")
    if not allowed(request, "converse"):
        return _shown(request, brief_id, 429, refusal=gettext(TOO_OFTEN), draft=typed)
    try:
        turn = asking.ask(_reader(request), brief_id, typed)
    except asking.CannotAsk as error:
        return _shown(request, brief_id, 422, refusal=str(error), draft=typed)
    if turn is None:
        raise Http404
    answer_soon(turn.pk)
    return _shown(request, brief_id) if _live(request) else redirect(_place(brief_id))


@never_cache
@signed_in
@require_safe
def turn(request: HttpRequest, brief_id: str, number: int) -> HttpResponse:
    """The question as it stands now, for a page that shows it; 204 while that is what was `seen` last.

    One that was forgotten in another window goes from the page, which asks for it no more.
    """
    asked = question(_reader(request), brief_id, number)
    if not _live(request):
        if asked is None:
            raise Http404
        return redirect(_place(brief_id))
    if asked is None:
        return HttpResponse(status=NO_MORE)
    # Asked once a second: the brief is read only when there is something to show.
    if turn_page(asked, {}, timezone.now()).seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    reading = _own(request, brief_id)
    turns = turns_of(_reader(request), reading)
    found = next((one for one in turns if one.number == number), None)
    if found is None:  # forgotten within this moment
        return HttpResponse(status=NO_MORE)
    context = {"reading": reading, "turn": found, "live": True, **talk_of(_reader(request), reading, turns)}
    return render(request, "briefings/_turn.html", context)


@never_cache
@signed_in
@require_POST
def stop(request: HttpRequest, brief_id: str, number: int) -> HttpResponse:
    _own(request, brief_id)
    asking.stop(_reader(request), brief_id, number)  # where it has just been answered, that is what is shown
    return _shown(request, brief_id) if _live(request) else redirect(_place(brief_id))


@never_cache
@signed_in
@require_POST
def again(request: HttpRequest, brief_id: str, number: int) -> HttpResponse:
    _own(request, brief_id)
    if not allowed(request, "converse"):
        return _shown(request, brief_id, 429, refusal=gettext(TOO_OFTEN))
    if row := asking.again(_reader(request), brief_id, number):
        answer_soon(row.pk)
    return _shown(request, brief_id) if _live(request) else redirect(_place(brief_id))


@never_cache
@signed_in
@require_POST
def forget(request: HttpRequest, brief_id: str) -> HttpResponse:
    _own(request, brief_id)
    asking.forget(_reader(request), brief_id)
    return _shown(request, brief_id) if _live(request) else redirect(_place(brief_id))


def _shown(request: HttpRequest, brief_id: str, status: int = 200, **more: str) -> HttpResponse:
    """The conversation alone where htmx puts it into the page, with status 200 for that; else the whole page."""
    if not _live(request):
        return whole_page(request, brief_id, status, None, **more)
    reading = _own(request, brief_id)
    turns = turns_of(_reader(request), reading)
    context = {"reading": reading, "live": True, **talk_of(_reader(request), reading, turns), **more}
    return render(request, "briefings/_conversation.html", context)


def _own(request: HttpRequest, brief_id: str) -> read.Reading:
    reading = read.reading_for(_reader(request), brief_id)
    if reading is None:
        raise Http404
    return reading


def _place(brief_id: str) -> str:
    return reverse("brief", args=[brief_id]) + "#conversation"


def _live(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)

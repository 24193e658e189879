"""What a reader says of what they read, and what was learned of it: plain forms that htmx makes live."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefings import read as reading
from briefings.edition import local_date_of
from briefings.feedback import learn, opened
from briefings.models import Edition, State
from briefings.topics.pages import with_topics
from briefings.web.limits import allowed
from briefings.web.live import is_live, signed_in
from briefings.web.views import stance_of, stories_of
from users.models import User

TAKE_BACK = "take-back"
NOTHING_TO_GO_BY = gettext_noop(
    "Nothing was learned from that: the story has no name in its headline and no plain topic to go by. "
    "You can still say that it is not relevant, or mute a source."
)


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, brief_id: str) -> HttpResponse:
    """Mark a brief as read, or as unread again."""
    if request.method == "GET":  # back from signing in again: the button is on that page
        return redirect("brief", brief_id)
    act = opened.unmark if request.POST.get("read") == "0" else opened.mark
    if not act(_reader(request), brief_id):
        raise Http404
    return _shown(request, brief_id, "briefings/_read.html")


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, brief_id: str) -> HttpResponse:
    """More like this, less, not relevant, or something of it muted."""
    if request.method == "GET":
        return redirect(reverse("brief", args=[brief_id]) + "#feedback")
    if not allowed(request, "feedback"):
        return render(request, "429.html", status=429)
    user, about = _reader(request), request.POST.get("mute", "")
    act = "mute" if about else request.POST.get("act", "")
    if act == TAKE_BACK:
        done = learn.take_back(user, brief_id) or reading.reading_for(user, brief_id) is not None
    else:
        taught = learn.learn(user, brief_id, act, about)
        done = taught is not None
        if taught == ():
            return _taught_nothing(request, brief_id)
    if not done:
        raise Http404
    return _shown(request, brief_id, "briefings/_feedback.html")


def _taught_nothing(request: HttpRequest, brief_id: str) -> HttpResponse:
    if not is_live(request):
        messages.info(request, gettext(NOTHING_TO_GO_BY))
    return _shown(request, brief_id, "briefings/_feedback.html", aside=gettext(NOTHING_TO_GO_BY))


@never_cache
@signed_in
@require_safe
def learned(request: HttpRequest) -> HttpResponse:
    return render(request, "briefings/learned.html", {"signals": learn.signals_of(_reader(request).pk)})


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, signal: int) -> HttpResponse:
    """Undo one thing that was learned, on the page where it is shown."""
    if request.method == "GET":
        return redirect("learned")
    if not learn.forget(_reader(request), signal):
        raise Http404
    brief_id = request.POST.get("brief", "")
    if request.POST.get("at") and brief_id.isalnum():
        return _shown(request, brief_id, "briefings/_feedback.html")
    messages.success(request, gettext("Forgotten. Your next edition is chosen as if you had never said it."))
    return redirect("learned")


@never_cache
@signed_in
@require_POST
def forget_all(request: HttpRequest) -> HttpResponse:
    learn.forget_all(_reader(request))
    messages.success(
        request, gettext("Everything is forgotten. Your next edition is chosen by your profile alone.")
    )
    return redirect("learned")


def _shown(request: HttpRequest, brief_id: str, part: str, aside: str = "") -> HttpResponse:
    """Back to where the form was, an edition's day or else the brief; for htmx the part of it that has changed.

    `aside` is said there, once.
    """
    user, at = _reader(request), request.POST.get("at", "")
    found = _edition(user, at) if at else None
    if found is None:
        return _brief(request, user, brief_id, part, aside)
    if not is_live(request):
        today = found.local_date == local_date_of(user, timezone.now())
        page = reverse("today") if today else reverse("edition", args=[at])
        return redirect(f"{page}#story-{brief_id}")
    stories = stories_of(user, with_topics(user, reading.edition_readings(found)))
    context = {"stories": stories, "at": at, "acted": brief_id, "aside": aside}
    return render(request, "briefings/_stories.html", context)


def _brief(request: HttpRequest, user: User, brief_id: str, part: str, aside: str) -> HttpResponse:
    shown = reading.reading_for(user, brief_id)
    if shown is None:
        raise Http404
    if not is_live(request):
        return redirect(reverse("brief", args=[brief_id]) + "#feedback" * ("feedback" in part))
    context = {"reading": shown, "stance": stance_of(user, shown), "acted": brief_id, "aside": aside}
    return render(request, part, context)


def _edition(user: User, at: str) -> Edition | None:
    """The reader's edition of that day; None where `at` names no day. Raises Http404 where they have none."""
    try:
        day = date.fromisoformat(at)
    except ValueError:
        return None
    found = reading.edition_for(user, day)
    if found is None or found.state != State.READY:
        raise Http404
    return found


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)

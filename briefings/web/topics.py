"""Topic pages: what was told of a company, model, person or concern over time, and following it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from briefings.topics import follow as following
from briefings.topics import pages
from briefings.topics.topic import Topic
from users.models import Profile, User
from users.zones import zone_of


@never_cache
@login_required
@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    told = pages.lately(user, timezone.now(), zone_of(user))
    return render(request, "briefings/topics.html", {"shelf": "topics", "told": told})


@never_cache
@login_required
@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = _topic(request, slug)
    if slug != found.slug:  # one topic has one address
        return redirect("topic", found.slug)
    return _shown(request, found)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    found = _topic(request, slug)
    if request.method == "POST":  # on GET back from signing in again: the button is on that page
        try:
            following.follow(_reader(request), found.name)
        except following.NoRoom as error:
            messages.error(request, str(error))
    return redirect("topic", found.slug)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def unfollow(request: HttpRequest, slug: str) -> HttpResponse:
    found = _topic(request, slug)
    if request.method == "POST":
        following.unfollow(_reader(request), found.key)
    return redirect("topic", found.slug)


def _shown(request: HttpRequest, found: Topic) -> HttpResponse:
    user = _reader(request)
    after = request.GET.get("after", "")[:80]
    page = pages.page(user, found, zone_of(user), after)
    profile: Profile | None = getattr(user, "profile", None)
    context = {
        "topic": found,
        "page": page,
        "after": after,
        "profile": profile,
        "follows": profile is not None and following.follows(profile.interests, found.key),
    }
    return render(request, "briefings/topic.html", context)


def _topic(request: HttpRequest, slug: str) -> Topic:
    found = pages.topic(_reader(request), slug)
    if found is None:
        raise Http404
    return found


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)

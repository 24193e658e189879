"""What a reader has had: their editions, what they saved, and the search over all of it."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefings import archive as archives
from briefings import feed, read
from briefings import saved as keeping
from briefings import search as searching
from briefings.web.limits import limited
from ingest.plain import visible
from users.models import User


@never_cache
@login_required
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    page = _page(request)
    issues, older = archives.page(user, page)
    context = {
        "shelf": "archive",
        "issues": issues,
        "older": older,
        "page": page,
        "feed_url": feed.address(user),
    }
    return render(request, "briefings/archive.html", context)


@never_cache
@login_required
@require_safe
@limited("search")
def search(request: HttpRequest) -> HttpResponse:
    question = visible(request.GET.get("q", "")).strip()[: searching.LONGEST]
    hits = searching.search(_reader(request), question)
    context = {"shelf": "search", "question": question, "hits": hits, "most": searching.MOST}
    return render(request, "briefings/search.html", context)


@never_cache
@login_required
@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    kept = keeping.mine(_reader(request))
    fallen = read.fallen_headlines([one.brief for one in kept])
    context = {"shelf": "saved", "kept": kept, "fallen": fallen}
    return render(request, "briefings/saved.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def save(request: HttpRequest, brief_id: str) -> HttpResponse:
    if request.method == "POST" and not keeping.save(_reader(request), brief_id):
        raise Http404
    return redirect("brief", brief_id)  # on GET back from signing in again: the button is on that page


@never_cache
@login_required
@require_POST
def drop(request: HttpRequest, brief_id: str) -> HttpResponse:
    if not keeping.drop(_reader(request), brief_id):
        raise Http404
    return redirect("saved") if request.POST.get("from") == "saved" else redirect("brief", brief_id)


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")[:5]
    return max(int(asked), 1) if asked.isdecimal() else 1


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)

"""Sharing a brief: the reader's side, which makes, lists and revokes, and the public page with its picture.

The public side knows no reader: it reads no cookie and sets none, and no copy of it is used unasked.
"""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefings import card as cards
from briefings import share as sharing
from briefings.web.kept import page_of
from briefings.web.limits import limited, limited_by_address
from briefings.web.unlisted import unlisted
from users.language import for_anybody
from users.models import User


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
@limited("share")
def share(request: HttpRequest, brief_id: str) -> HttpResponse:
    if request.method == "GET":  # back from signing in again: the button is on that page
        return redirect("brief", brief_id)
    try:
        if not sharing.make(cast(User, request.user), brief_id):
            raise Http404
    except sharing.Private:
        return render(request, "briefings/unshareable.html", {"brief_id": brief_id}, status=403)
    return redirect(reverse("brief", args=[brief_id]) + "#share")


@never_cache
@login_required
@require_safe
def shares(request: HttpRequest) -> HttpResponse:
    context = {"shelf": "shares", "shares": sharing.mine(cast(User, request.user))}
    return render(request, "briefings/shares.html", context)


@never_cache
@login_required
@require_POST
def revoke(request: HttpRequest, share_id: int) -> HttpResponse:
    if sharing.revoke(cast(User, request.user), share_id):
        messages.success(request, gettext("Revoked. The address leads nowhere any more."))
    else:  # pressed twice, or revoked elsewhere; of what is somebody else's it says the same
        messages.info(request, gettext("There was nothing left to revoke: you have no such page."))
    return redirect("shares")


@require_safe
@for_anybody
@unlisted
@limited_by_address
def shared(request: HttpRequest, token: str) -> HttpResponse:
    reading = sharing.opened(token)
    if reading is None:
        return _gone(token)
    document = reading.document
    standing = (line.text for line in (*document.takeaways, *document.lead) if not line.struck)
    described = next(standing, document.headline.plain)
    context = {
        "reading": reading,
        "page": page_of(reading),
        "url": sharing.url_of(token),
        "described": described,
    }
    return render(request, "briefings/shared.html", context)


@require_safe
@for_anybody
@unlisted
@limited_by_address
def card(request: HttpRequest, token: str) -> HttpResponse:
    reading = sharing.opened(token)
    if reading is None:
        return _gone(token)
    return HttpResponse(cards.of(reading.document), content_type="image/png")


# Sent by a script of the page without cookies; there is nothing to forge but a count of one.
@csrf_exempt
@for_anybody
@require_POST
@limited_by_address
def seen(request: HttpRequest, token: str) -> HttpResponse:
    if not sharing.count(token, request.headers.get("User-Agent", "")):
        raise Http404
    return HttpResponse(status=204)


def _gone(token: str) -> HttpResponse:
    """410 for what went with its reader or its brief, which tells search engines to forget it; else 404."""
    if not sharing.is_gone(token):
        raise Http404
    return HttpResponse(get_template("briefings/gone.html").render(), status=410)

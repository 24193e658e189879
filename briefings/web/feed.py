"""The reader's private feed: its address shown, renewed and revoked, and the feed itself, which knows no cookies."""

from __future__ import annotations

import hashlib
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from briefings import feed as feeds
from briefings.models import PrivateFeed
from briefings.web.limits import limited, limited_by_address
from briefings.web.unlisted import unlisted
from users.language import for_anybody
from users.models import User


@never_cache
@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    has = PrivateFeed.objects.filter(reader=user).exists()
    context = {"shelf": "feed", "has": has, "feed_url": feeds.address(user)}
    return render(request, "briefings/feed.html", context)


@never_cache
@login_required
@require_POST
@limited("share")
def renew(request: HttpRequest) -> HttpResponse:
    if feeds.renew(cast(User, request.user)):
        messages.success(request, gettext("Here is the new address. The old one leads nowhere any more."))
    return redirect("feed-page")


@never_cache
@login_required
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    feeds.revoke(cast(User, request.user))
    messages.success(request, gettext("Closed. The address leads nowhere any more."))
    return redirect("feed-page")


@require_safe
@for_anybody
@unlisted
@limited_by_address
def feed(request: HttpRequest, token: str) -> HttpResponse:
    document = feeds.opened(token)
    if document is None:
        raise Http404
    etag = quote_etag(hashlib.sha256(document).hexdigest())
    answer = HttpResponse(
        document, content_type="application/atom+xml; charset=utf-8", headers={"ETag": etag}
    )
    return cast(HttpResponse, get_conditional_response(request, etag=etag, response=answer))

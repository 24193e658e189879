"""The page where a reader turns pushes on and off: for the browser that asks, and for each other device."""

from __future__ import annotations

import json
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from briefings.models import PushSubscription
from briefings.push import keys, subscribe, trial
from briefings.web.limits import allowed, limited
from users import devices
from users.browsers import named
from users.models import User
from users.zones import zone_of

MALFORMED = gettext_noop("What the browser sent could not be read.")


@never_cache
@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    context = {
        "key": keys.public_key(),
        "subscriptions": subscribe.mine(user),
        "this": subscribe.of_session(user, request.session.session_key),
        "zone": zone_of(user),
        "paused": user.profile.paused_until if hasattr(user, "profile") else None,
    }
    return render(request, "briefings/push.html", context)


@never_cache
@login_required
@require_POST
@limited("push")
def turn_on(request: HttpRequest) -> HttpResponse:
    """Takes what the browser's PushSubscription says of itself, as JSON."""
    user = cast(User, request.user)
    if not keys.public_key():
        raise Http404
    told = _told(request)
    if told is None:
        return JsonResponse({"problem": gettext(MALFORMED)}, status=400)
    label = named(request.headers.get("User-Agent", ""))
    try:
        subscribe.add(user, *told, label, session=devices.this(request))
    except subscribe.Unusable as error:
        return JsonResponse({"problem": f"{error}."}, status=422)
    messages.success(request, gettext("Notifications are on in this browser ({label}).").format(label=label))
    return HttpResponse(status=204)


@never_cache
@login_required
@require_POST
def turn_off(request: HttpRequest, subscription_id: int) -> HttpResponse:
    if not subscribe.remove(cast(User, request.user), subscription_id):
        raise Http404
    messages.success(request, gettext("That device gets no notifications any more."))
    return redirect("push")


@never_cache
@login_required
@require_POST
@limited("test-push")
def test(request: HttpRequest, subscription_id: int) -> HttpResponse:
    user = cast(User, request.user)
    found = PushSubscription.objects.filter(reader=user, pk=subscription_id).first()
    if found is None:
        raise Http404
    if not allowed(request, "test-push-service", found.service):
        return render(request, "429.html", status=429)
    if problem := trial.send(found):
        messages.error(request, problem)
    else:
        messages.success(request, gettext("A test is on its way to {label}.").format(label=found.label))
    return redirect("push")


def _told(request: HttpRequest) -> tuple[str, str, str] | None:
    """Endpoint, key and secret; None where they are not all there."""
    try:
        said: Any = json.loads(request.body)
        found = (said["endpoint"], said["keys"]["p256dh"], said["keys"]["auth"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return found if all(isinstance(one, str) for one in found) else None

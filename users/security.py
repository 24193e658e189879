"""The page "Sign-in and devices" of a reader's settings, and what is done on it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from users import devices
from users.models import Profile, User


@never_cache
@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    profile = Profile.objects.filter(user=user).first()
    context = {
        "devices": devices.devices(user, request.session.session_key),
        "zone": profile.time_zone if profile else None,
    }
    return render(request, "users/security.html", context)


@never_cache
@login_required
@require_POST
def end_device(request: HttpRequest, device_id: int) -> HttpResponse:
    if not devices.end(cast(User, request.user), device_id):
        raise Http404
    messages.success(request, "That device is signed out.")
    return redirect("security")


@never_cache
@login_required
@require_POST
def end_other_devices(request: HttpRequest) -> HttpResponse:
    devices.end_others(cast(User, request.user), request.session.session_key)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("security")

"""The pages about mail: its habits without signing in, the digest turned on again, and what providers report."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from users import reports, suppressed
from users.forms import HabitsForm
from users.language import for_anybody, speak_to
from users.models import Profile, User
from users.unsubscribe import HABITS_FOR, Expired, read_token, unsubscribe

PAUSES = {"week": 7, "fortnight": 14, "month": 30}


# The signed address is who the reader is, and all it can do is change when mail comes.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    try:
        reader = read_token(token, HABITS_FOR)
    except Expired:
        return render(request, "users/mail_expired.html", {"token": token}, status=410)
    profile = Profile.objects.filter(user=reader, user__is_active=True).select_related("user").first()
    if profile is None:
        raise Http404
    speak_to(profile.user)
    form = HabitsForm(request.POST if "save" in request.POST else None, instance=profile)
    done = _act(request, profile, form) if request.method == "POST" else ""
    today = timezone.now().astimezone(profile.time_zone).date()
    paused = profile.paused_until if profile.paused_until and profile.paused_until > today else None
    context = {"form": form, "done": done, "profile": profile, "paused": paused}
    return render(request, "users/mail_preferences.html", context)


def _act(request: HttpRequest, profile: Profile, form: HabitsForm) -> str:
    """What was done, by name; empty where the form says what is wrong."""
    if "stop" in request.POST:
        unsubscribe(profile.user_id)
        profile.digest = False
        return "stopped"
    if "save" in request.POST:
        if not form.is_valid():
            return ""
        form.save()
        return "saved"
    days = PAUSES.get(request.POST.get("pause", ""), 0)
    today = timezone.now().astimezone(profile.time_zone).date()
    profile.paused_until = today + timedelta(days=days) if days else None
    profile.digest = True
    profile.save(update_fields=["paused_until", "digest"])
    return "paused" if days else "resumed"


@never_cache
@login_required
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    suppressed.lift(user.email)
    # Planned anew, as after any change of habits: an edition that was held back today goes today.
    Profile.objects.filter(user=user).update(digest=True, slot_at=None)
    messages.success(
        request,
        gettext("Your digest is on again. If mail comes back once more, we will hold it and say so here."),
    )
    return redirect("settings")


# Providers have no token of ours: each report is proved by its signature or password instead.
@csrf_exempt
@never_cache
@for_anybody
@require_http_methods(["HEAD", "POST"])
def report(request: HttpRequest, provider: str) -> HttpResponse:
    if not reports.is_expected(provider):
        raise Http404
    if request.method == "HEAD":  # some look whether there is somebody, when they are told of the address
        return HttpResponse()
    try:
        reports.take(provider, request)
    except reports.Forged:
        suppressed.count(provider, "forged")
        return HttpResponse("not proved to be a report", "text/plain", 403)
    except reports.Unreadable:
        suppressed.count(provider, "unreadable")
        return HttpResponse("not understood", "text/plain", 400)
    suppressed.count(provider, "taken")
    return HttpResponse()

"""Onboarding: one short page, and the first edition is on its way."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from briefings import edition
from users.forms import ProfileForm
from users.models import Profile, User


@never_cache
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if Profile.objects.filter(user=user).exists():
        return redirect("settings" if request.method != "POST" else "today")
    form = ProfileForm(request.POST or None, instance=Profile(user=user))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user.profile = form.save()
        except IntegrityError:  # the button pressed twice, or another tab: the first answer counts
            return redirect("today")
        edition.request(user, edition.local_date_of(user, timezone.now()))
        return redirect("today")
    return render(request, "briefings/welcome.html", {"form": form})

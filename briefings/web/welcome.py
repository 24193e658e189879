"""Onboarding: one short page, and the first edition is on its way."""

from __future__ import annotations

from functools import reduce
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from briefings import edition
from briefings.preview import Preview, previewed
from briefings.topics import follow
from briefings.web.limits import limited
from users import taxonomy
from users.forms import DaysField, ProfileForm
from users.language import choose_for, current
from users.models import Profile, User


class WelcomeForm(ProfileForm):
    """What is asked later as well, interests to be tapped beside those in own words, and the days."""

    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Tap what you follow"),
        choices=lambda: [(one, pgettext("interest", one)) for one in taxonomy.interests()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    days = DaysField(error_messages={"required": gettext_lazy("Choose at least one day.")})

    class Meta(ProfileForm.Meta):
        fields = (*ProfileForm.Meta.fields, "days")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        found["interests"] = reduce(follow.with_topic, found.get("topics", []), found.get("interests", ""))
        if len(found["interests"]) > follow.LONGEST:
            self.add_error("interests", gettext("That is too much to follow: please shorten it."))
        return found


@never_cache
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if Profile.objects.filter(user=user).exists():
        return redirect("settings" if request.method != "POST" else "today")
    if "preview" in request.POST:  # with scripts off: the same page again, and nothing saved
        lists = {name: request.POST.getlist(name) for name in ("topics", "days")}
        form = WelcomeForm(initial=request.POST.dict() | lists, instance=Profile(user=user))
        return render(request, "briefings/welcome.html", {"form": form, "preview": _preview(request)})
    form = WelcomeForm(request.POST or None, instance=Profile(user=user))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user.profile = form.save()
                choose_for(user, user.language or current())
        except IntegrityError:  # the button pressed twice, or another tab: the first answer counts
            return redirect("today")
        edition.request(user, edition.local_date_of(user, timezone.now()))
        return redirect("today")
    return render(request, "briefings/welcome.html", {"form": form})


@never_cache
@login_required
@require_POST
@limited("preview")
def preview(request: HttpRequest) -> HttpResponse:
    """The fragment that follows what is chosen."""
    return render(request, "briefings/_preview.html", {"preview": _preview(request)})


def _preview(request: HttpRequest) -> Preview | None:
    """None before both a role and an industry are chosen."""
    role, industry, interests = (request.POST.get(name, "") for name in ("role", "industry", "interests"))
    tapped = set(request.POST.getlist("topics"))
    offered = [one for one in taxonomy.interests() if one in tapped]
    interests = reduce(follow.with_topic, offered, interests[: follow.LONGEST])
    try:
        return previewed(role, industry, interests, timezone.now(), cast(User, request.user).pk)
    except taxonomy.Unknown:
        return None

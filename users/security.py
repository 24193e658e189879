"""The page "Sign-in and devices" of a reader's settings, and what is done on it."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from users import devices, enrolment, events, qr, second, social, tokens
from users.models import Profile, User
from users.second import fresh


@never_cache
@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    profile = Profile.objects.filter(user=user).first()
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    kinds = {factor.type for factor in factors}
    context = {
        "devices": devices.devices(user, request.session.session_key),
        "apps": tokens.mine(user, timezone.now()),
        "passkeys": [factor for factor in factors if factor.type == second.PASSKEY],
        "app": next((factor for factor in factors if factor.type == second.APP), None),
        "codes": second.CODES in kinds,
        **_elsewhere(user),
        "demanded": second.demanded_of(user) and not kinds & {second.APP, second.PASSKEY},
        "may_add": enrolment.may_add(request),
        "zone": profile.time_zone if profile else None,
    }
    return render(request, "users/security.html", context)


def _elsewhere(user: User) -> dict[str, Any]:
    offered = social.providers()
    names = {each.key: each.name for each in offered}
    held = social.accounts(user)
    connected = [
        {"id": one.pk, "name": names.get(one.provider, one.provider), "since": one.date_joined}
        for one in held
    ]
    taken = {one.provider for one in held}
    return {"accounts": connected, "providers": [each for each in offered if each.key not in taken]}


@fresh
@require_POST
def disconnect(request: HttpRequest, account_id: int) -> HttpResponse:
    if not social.disconnect(cast(User, request.user), account_id):
        raise Http404
    messages.success(request, gettext("That account is disconnected. An emailed code still lets you in."))
    return redirect("security")


class TurnOnApp(ActivateTOTPView):  # type: ignore[misc]  # allauth ships no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"qr": qr.draw(context["totp_url"])}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with events.untold():  # a code that does not turn it on is no sign-in
            return cast(HttpResponse, super().post(request, *args, **kwargs))

    def form_valid(self, form: Any) -> HttpResponse:
        answer = cast(HttpResponse, super().form_valid(form))
        enrolment.added(self.request)
        return answer


@never_cache
@login_required
@require_POST
def end_device(request: HttpRequest, device_id: int) -> HttpResponse:
    if not devices.end(cast(User, request.user), device_id):
        raise Http404
    messages.success(request, gettext("That device is signed out."))
    return redirect("security")


@never_cache
@login_required
@require_POST
def end_app(request: HttpRequest, device_id: int) -> HttpResponse:
    """Sign out an app on one of the reader's devices."""
    if not tokens.revoke(cast(User, request.user), device_id):
        raise Http404
    messages.success(request, gettext("That app is signed out."))
    return redirect("security")


@never_cache
@login_required
@require_POST
def end_other_devices(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    devices.end_others(user, request.session.session_key)
    tokens.revoke_all(user)
    messages.success(request, gettext("You are signed out everywhere else."))
    return redirect("security")

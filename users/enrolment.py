"""How those who run the service come by a second factor: with a code that no mail brings.

Whoever reads a staff member's mail could else set one up before them. The code is printed where the service runs, or
told by another of the staff, and counts once, for the browser it is entered in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from users import devices, second
from users.models import Enrolment, User

View = Callable[..., HttpResponseBase]
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without what looks alike in a terminal
GROUPS, GROUP = 4, 4  # 80 bits
VALID = timedelta(days=1)
ENTERED = "enrolled"  # in a session: which enrolment it was proved by
WRONG = gettext_noop("That is not the code, or it was used, or is older than a day. Make a new one.")


def new_code(user: User) -> str:
    """A code for the staff member, valid once, for a day, in place of any before. It is told this once."""
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS)]
    made = {"digest": _digest("".join(groups)), "made_at": timezone.now()}
    Enrolment.objects.update_or_create(user=user, defaults=made)
    return "-".join(groups)


def is_enrolled(user: User) -> bool:
    """Whether a code was entered since the user is staff: only then are their factors known to be theirs."""
    return Enrolment.objects.filter(user=user, entered_at__isnull=False).exists()


def may_add(request: HttpRequest) -> bool:
    """Whether a factor may be added in this session: by readers, and by staff who proved more than their mail."""
    user = cast(User, request.user)
    if not second.demanded_of(user):
        return True
    row = Enrolment.objects.filter(user=user, entered_at__isnull=False).first()
    if row is None:
        return False
    return second.given(request) or request.session.get(ENTERED) == cast(Any, row.entered_at).isoformat()


def proved(view: View) -> View:
    """For what adds, shows or removes a second factor; staff who have not entered their code are led there first."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if may_add(request) else redirect("enrol")

    return inner


def added(request: HttpRequest) -> None:
    """A factor was added. Staff are signed out elsewhere: who signed in there by mail alone would go on without it."""
    user = cast(User, request.user)
    if second.demanded_of(user):
        devices.end_others(user, request.session.session_key)


def start_anew(user: User) -> None:
    """Every factor of the user's goes, and every device is signed out, this one included."""
    Authenticator.objects.filter(user=user).delete()
    devices.end_others(user)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if not second.demanded_of(user):
        raise Http404
    wrong = ""
    if request.method == "POST":
        if not ratelimit.consume(request, action="enrol"):
            return cast(HttpResponse, ratelimit.respond_429(request))
        if _enter(request, user, request.POST.get("code", "")):
            messages.success(
                request, gettext("That is you. Now add a passkey or turn on an authenticator app.")
            )
            return redirect("security")
        wrong = gettext(WRONG)
    return render(request, "users/enrol.html", {"wrong": wrong}, status=400 if wrong else 200)


def _enter(request: HttpRequest, user: User, code: str) -> bool:
    """Whether it was the code. What was set up before it came is not known to be theirs, and goes."""
    now = timezone.now()
    with transaction.atomic():
        fitting = Enrolment.objects.filter(user=user, digest=_digest(code), made_at__gt=now - VALID)
        if not fitting.update(digest="", entered_at=now):
            return False
        Authenticator.objects.filter(user=user).delete()
        devices.end_others(user, request.session.session_key)
    request.session[ENTERED] = now.isoformat()
    return True


def _digest(code: str) -> str:
    typed = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return hashlib.sha256(f"users.enrolment:{typed}".encode()).hexdigest()

"""The second step of signing in: who is asked for one, and what proves that it is still them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from users.models import User

View = Callable[..., HttpResponseBase]
APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES


class SecondStep(AuthenticateStage):  # type: ignore[misc]  # allauth ships no types
    """Asks after the emailed code, but only those whose account asks for it."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return asked_of(self.login.user) and bool(super()._should_handle(request))


def asked_of(user: User) -> bool:
    """Whether a code by mail is not enough to sign the user in.

    An authenticator app is turned on for that. A passkey is one more door and no second lock, so that whoever lost it
    still gets in by mail, except for staff where the service demands two factors of them.
    """
    kinds = kinds_of(user)
    return APP in kinds or (PASSKEY in kinds and demanded_of(user))


def demanded_of(user: User) -> bool:
    """Whether the user must have a second factor to see the pages of those who run the service."""
    return user.is_staff and bool(settings.NUTGRAF_STAFF_SECOND_FACTOR)


def kinds_of(user: User) -> set[str]:
    """The kinds of factors the user has."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def held(user: User) -> list[dict[str, Any]]:
    """What is kept of the user's factors, for them to take along, without anything secret."""
    factors = Authenticator.objects.filter(user=user).order_by("created_at")
    return [
        {
            "kind": factor.type,
            "name": factor.data.get("name", ""),
            "added_at": factor.created_at,
            "last_used_at": factor.last_used_at,
        }
        for factor in factors
    ]


def proofs_of(user: User) -> list[dict[str, str]]:
    """The pages where the user proves that it is still them, the easiest first."""
    kinds, found = kinds_of(user), []
    if PASSKEY in kinds:
        found.append(("mfa_reauthenticate_webauthn", gettext("Use a passkey")))
    if kinds & {APP, CODES}:
        found.append(("mfa_reauthenticate", gettext("Use your authenticator app or a recovery code")))
    if not asked_of(user):
        found.append(("prove-by-code", gettext("Send me a code by mail")))
    return [{"id": name, "description": words, "url": reverse(name)} for name, words in found]


def given(request: HttpRequest) -> bool:
    """Whether this session has been proved by a passkey, an authenticator app or a recovery code."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def fresh(view: View) -> View:
    """For what adds or removes a way to sign in: who signed in a while ago proves first that it is still them."""

    @never_cache
    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not lately_proved(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return cast(View, inner)


def lately_proved(request: HttpRequest) -> bool:
    """Whether the reader signed in, or proved that it is still them, within the last minutes."""
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)

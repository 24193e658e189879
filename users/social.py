"""Sign-in by an account elsewhere, for the providers that the operator named: none by default, and then no trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any, NoReturn
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_noop

from users.accounts import reader_for
from users.models import User
from users.second import View

BACK = "/accounts/with/"  # where the addresses begin to which providers send readers back
NAMES = {"google": "Google", "github": "GitHub", "microsoft": "Microsoft"}
UNVERIFIED = gettext_noop(
    "That account told us no address it has verified. Sign in by an emailed code; then you can connect it under "
    "Sign-in and devices."
)
FAILED = gettext_noop("Signing in there did not work. Try again, or take an emailed code.")


@dataclass(frozen=True, slots=True)
class Provider:
    """One the operator named. `key` is what accounts of it are stored under, `start` where a form begins."""

    key: str
    name: str
    start: str


def providers() -> list[Provider]:
    """Those the operator named, in their order; from the settings, without a query."""
    found = []
    for kind, provider in settings.SOCIALACCOUNT_PROVIDERS.items():
        if kind == "openid_connect":
            app = provider["APPS"][0]
            start = reverse("openid_connect_login", args=[app["provider_id"]])
            found.append(Provider(app["provider_id"], app["name"], start))
        else:
            found.append(Provider(kind, NAMES[kind], reverse(f"{kind}_login")))
    return found


def accounts(user: User) -> list[SocialAccount]:
    """The user's connected accounts; without a query where no provider is named."""
    if not settings.SOCIALACCOUNT_PROVIDERS:
        return []
    return list(SocialAccount.objects.filter(user=user).order_by("date_joined"))


def disconnect(user: User, account_id: int) -> bool:
    """Whether there was such an account of the user's; it opens nothing any more."""
    found = SocialAccount.objects.filter(user=user, pk=account_id)
    if not found.exists():
        return False
    found.delete()
    get_account_adapter().send_notification_mail("socialaccount/email/account_disconnected", user)
    return True


def held(user: User) -> list[dict[str, Any]]:
    """What is kept of the user's accounts elsewhere, for them to take along; no token of theirs is kept."""
    fields = ("provider", "uid", "extra_data", "date_joined", "last_login")
    return list(SocialAccount.objects.filter(user=user).order_by("date_joined").values(*fields))


def urls(named: Mapping[str, Any]) -> list[URLPattern]:
    """The addresses of these providers, as allauth calls them."""
    found = []
    for kind in named:
        views = import_module(f"allauth.socialaccount.providers.{kind}.views")
        where, name = (kind, kind) if kind != "openid_connect" else ("oidc/<slug:provider_id>", kind)
        begin = getattr(views, "login", None) or views.oauth2_login
        end = getattr(views, "callback", None) or views.oauth2_callback
        found.append(path(f"{BACK[1:]}{where}/", _begun(begin), name=f"{name}_login"))
        found.append(path(f"{BACK[1:]}{where}/callback/", end, name=f"{name}_callback"))
    return found


def _begun(view: View) -> View:
    """By a form alone. Browsers hold the target of a form's redirect against our policy: the way leads over a page."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return redirect("account_request_login_code")
        answer = view(request, *args, **kwargs)
        there = answer.headers.get("Location", "")
        host = urlsplit(there).hostname
        return render(request, "users/away.html", {"there": there, "host": host}) if host else answer

    return inner


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """An address that a provider has verified opens the account that a code sent there would, and nothing else does."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        address = next((each.email for each in sociallogin.email_addresses if each.verified), None)
        user = reader_for(address) if address else None
        if user is None:
            _refuse(request, UNVERIFIED)
        EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)
        sociallogin.connect(request, user)

    def on_authentication_error(self, request: HttpRequest, provider: Any, *args: Any, **kwargs: Any) -> None:
        _refuse(request, FAILED)

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("security")


def _refuse(request: HttpRequest, words: str) -> NoReturn:
    messages.error(request, gettext(words))
    raise ImmediateHttpResponse(
        redirect("security" if request.user.is_authenticated else "account_request_login_code")
    )

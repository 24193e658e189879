"""Passkeys: added, named and removed by allauth's own views with pages of ours; where they can work at all."""

from __future__ import annotations

import ipaddress
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.mfa.webauthn import views
from allauth.mfa.webauthn.internal import auth, flows
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext, gettext_noop

from users import enrolment, second
from users.browsers import named

LONGEST = 60  # characters of a passkey's name
NO_NAME = gettext_noop(
    "Passkeys need a name in the address, and here it is a number. Open this site by its name to use them."
)
LOCALHOST = gettext_noop(
    "Passkeys need a name in the address, and here it is a number. Open this site at {address} to use them."
)
NO_HTTPS = gettext_noop("Passkeys work over https only, and this site is open without it.")


class AddPasskey(views.AddWebAuthnView):  # type: ignore[misc]  # allauth ships no types
    """As allauth's, for passkeys that sign in by themselves; recovery codes only for whom a second step is asked of."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, True)
        name = named(self.request.headers.get("User-Agent", ""))
        return {**context, "options": options, "why_not": why_not(self.request), "name": name, **kwargs}

    def form_valid(self, form: Any) -> HttpResponse:
        name, credential = form.cleaned_data["name"][:LONGEST], form.cleaned_data["credential"]
        if second.demanded_of(self.request.user):
            _, codes = flows.add_authenticator(self.request, name, credential)
            enrolment.added(self.request)
            return redirect("mfa_view_recovery_codes" if codes else "security")
        flows.signup_authenticator(self.request, self.request.user, name, credential)
        get_adapter().send_notification_mail("mfa/email/webauthn_added", self.request.user)
        return redirect("security")


class ProveByPasskey(views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """As allauth's; one that does not fit is told on the same page."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return cast(HttpResponse, self.render_to_response(self.get_context_data(form=form)))


class NamePasskey(views.EditWebAuthnView):  # type: ignore[misc]
    success_url = reverse_lazy("security")


class RemovePasskey(views.RemoveWebAuthnView):  # type: ignore[misc]
    success_url = reverse_lazy("security")


def why_not(request: HttpRequest) -> str:
    """Why no passkey can be used at the address that the page was asked for; empty where one can."""
    address = urlsplit(f"{request.scheme}://{request.get_host()}")
    host = address.hostname or ""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
        return "" if local or request.is_secure() else gettext(NO_HTTPS)
    if not number.is_loopback:
        return gettext(NO_NAME)
    port = f":{address.port}" if address.port else ""
    return gettext(LOCALHOST).format(address=f"{request.scheme}://localhost{port}")

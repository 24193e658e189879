"""Sign-in for apps: allauth's own flow for them ends in a token of the device (`users.tokens`) and keeps no session."""

from __future__ import annotations

from typing import Any

from allauth.headless.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.headless.constants import Client
from allauth.headless.internal.restkit.inputs import Input
from allauth.headless.mfa.views import AuthenticateView
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.http import HttpRequest

from users import tokens
from users.forms import SignInForm


class DeviceTokens(SessionTokenStrategy):  # type: ignore[misc]  # allauth ships no types
    """A session carries a sign-in from the code's request to its end. Then the token takes its place."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        return getattr(request, "sign_in", None)

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        name = getattr(request, "device_name", "")
        device, token = tokens.issue(request.user, name)  # type: ignore[arg-type]  # signed in by now
        request.session.flush()
        return {"access_token": token, "device": device.pk}


class SignInInput(SignInForm, Input):  # type: ignore[misc]  # allauth ships no types
    """The address as the page takes it: each gets an account, and so the same answer."""


class RequestCode(RequestLoginCodeView):  # type: ignore[misc]  # allauth ships no types
    input_class = SignInInput


request_code = RequestCode.as_api_view(client=Client.APP)
confirm_code = ConfirmLoginCodeView.as_api_view(client=Client.APP)
second_code = AuthenticateView.as_api_view(client=Client.APP)

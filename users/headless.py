"""Sign-in for apps: allauth's own flow for them ends in a token of the device (`users.tokens`) and keeps no session."""

from __future__ import annotations

from typing import Any

from allauth.headless.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.headless.constants import Client
from allauth.headless.internal.restkit.inputs import Input
from allauth.headless.mfa.views import AuthenticateView, AuthenticateWebAuthnView, LoginWebAuthnView
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.http import HttpRequest, HttpResponse

from users import devices, tokens
from users.forms import SignInForm
from users.mfa import AuthenticateForm, LoginForm


class DeviceTokens(SessionTokenStrategy):  # type: ignore[misc]  # allauth ships no types
    """A session carries a sign-in from the code's request to its end. Then the token takes its place."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        return getattr(request, "sign_in", None)

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        name = getattr(request, "device_name", "")
        device, token = tokens.issue(request.user, name)  # type: ignore[arg-type]  # signed in by now
        return {"access_token": token, "device": device.pk}


class SignInInput(SignInForm, Input):  # type: ignore[misc]  # allauth ships no types
    """The address as the page takes it: each gets an account, and so the same answer."""


class RequestCode(RequestLoginCodeView):  # type: ignore[misc]  # allauth ships no types
    input_class = SignInInput


class Ending:
    """Mixed into a view that may end a sign-in: once the token is out nothing is left of its session.

    Not before, since allauth notes the session as a browser's after it has asked for the token.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if response.status_code == 200:  # what was a browser's session before ends in 409, and goes on
            devices.end_this(request.session)
        return response


class ConfirmCode(Ending, ConfirmLoginCodeView):  # type: ignore[misc]
    pass


class ConfirmSecond(Ending, AuthenticateView):  # type: ignore[misc]
    pass


class PasskeyInput(LoginForm, Input):  # type: ignore[misc]
    """A passkey alone; nonsense is told as on the page."""


class SecondPasskeyInput(AuthenticateForm, Input):  # type: ignore[misc]
    """A passkey after the code, of the reader whom the code was sent to."""


class Passkey(Ending, LoginWebAuthnView):  # type: ignore[misc]
    input_class = PasskeyInput


class SecondPasskey(Ending, AuthenticateWebAuthnView):  # type: ignore[misc]
    input_class = SecondPasskeyInput


class Challenge:
    """Mixed into a view of a passkey: posting to it begins, since what begins a sign-in is kept by no cache."""

    input_class = None

    def post(self, request: HttpRequest) -> HttpResponse:
        answer: HttpResponse = self.get(request)  # type: ignore[attr-defined]  # of the view it is mixed into
        return answer


class PasskeyChallenge(Challenge, LoginWebAuthnView):  # type: ignore[misc]
    pass


class SecondPasskeyChallenge(Challenge, AuthenticateWebAuthnView):  # type: ignore[misc]
    pass


request_code = RequestCode.as_api_view(client=Client.APP)
confirm_code = ConfirmCode.as_api_view(client=Client.APP)
confirm_second = ConfirmSecond.as_api_view(client=Client.APP)
begin_second_passkey = SecondPasskeyChallenge.as_api_view(client=Client.APP)
confirm_second_passkey = SecondPasskey.as_api_view(client=Client.APP)
begin_passkey = PasskeyChallenge.as_api_view(client=Client.APP)
confirm_passkey = Passkey.as_api_view(client=Client.APP)

"""A reader proves that it is still them by a code sent to their address, where no second step is asked of them."""

from __future__ import annotations

import time
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import BaseReauthenticateView
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django import forms
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from users.models import User

SENT = "proof"  # in a session: the code that was sent, when, and how often something else was entered


class CodeForm(forms.Form):
    code = forms.CharField(max_length=12)

    def __init__(self, *args: Any, session: SessionBase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._session = session

    def clean_code(self) -> str:
        sent = pending(self._session)
        if sent is None:
            raise forms.ValidationError(gettext("That code works no longer. Ask for a new one."))
        if compare_user_code(actual=self.cleaned_data["code"], expected=sent["code"]):
            del self._session[SENT]
            return str(self.cleaned_data["code"])
        self._session[SENT] = sent | {"wrong": sent["wrong"] + 1}
        raise get_adapter().validation_error("incorrect_code")


class ProveByCode(BaseReauthenticateView):  # type: ignore[misc]  # allauth ships no types
    form_class = CodeForm
    template_name = "account/reauthenticate_code.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "session": self.request.session}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "sent": pending(self.request.session) is not None}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "send" not in request.POST:
            return cast(HttpResponse, super().post(request, *args, **kwargs))
        _send(request, cast(User, request.user))
        return redirect(self.passthrough_next_url(request.path))

    def form_valid(self, form: CodeForm) -> HttpResponse:
        record_authentication(self.request, self.request.user, method="code", reauthenticated=True)
        return cast(HttpResponse, super().form_valid(form))


def pending(session: SessionBase) -> dict[str, Any] | None:
    """The code that was sent and still works, or None."""
    sent: dict[str, Any] | None = session.get(SENT)
    if sent is None or time.time() - sent["at"] > settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT:
        return None
    return sent if sent["wrong"] < settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS else None


def _send(request: HttpRequest, user: User) -> None:
    adapter = get_adapter()
    if not ratelimit.consume(request, action="proof"):
        adapter.add_message(request, 40, message=adapter.error_messages["rate_limited"])
        return
    code = adapter.generate_login_code()
    adapter.send_mail("account/email/login_code", user.email, {"request": request, "code": code})
    request.session[SENT] = {"code": code, "at": time.time(), "wrong": 0}

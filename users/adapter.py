"""What differs from allauth's own ways: its words, who may open an account, and what happens when mail is down."""

from __future__ import annotations

import logging
import smtplib
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from users import events, second
from users.models import User

log = logging.getLogger("users.adapter")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages: dict[str, Any] = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That is not the code we sent. Look again, or ask for a new one."),
        "too_many_login_attempts": gettext_lazy(
            "Too many tries. Wait a few minutes, then ask for a new code."
        ),
        "rate_limited": gettext_lazy("Too many tries. Wait a few minutes, then ask for a new code."),
    }

    def validation_error(self, code: str, *args: Any) -> Any:
        events.refused_by_allauth(code)
        return super().validation_error(code, *args)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never by allauth's own form: accounts are opened by the sign-in form alone (`users.accounts`)."""
        return False

    def get_login_stages(self) -> list[str]:
        own = {"allauth.mfa.stages.AuthenticateStage": "users.second.SecondStep"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not second.lately_proved(self.request)

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, str]]:
        """How a reader proves that it is still them, the easiest first."""
        return second.proofs_of(user) if isinstance(user, User) else []

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        kwargs["context"] = {
            "devices_url": f"{settings.NUTGRAF_URL}{reverse('security')}",
            **(kwargs.get("context") or {}),
        }
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As allauth does, in the language that its reader has chosen, wherever the request came from.

        While the mail server is away the reader is told so, whoever they are.
        """
        try:
            with _of_the_address(email):
                super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as error:
            log.error("EMAIL_URL: sign-in mail cannot be sent: %s", error)
            raise ImmediateHttpResponse(render(self.request, "users/mail_down.html", status=503)) from error


def _of_the_address(email: str) -> AbstractContextManager[Any]:
    """In the language that the account of the address has chosen; asked for alike whoever has it."""
    chosen = User.objects.filter(email=email.lower()).values_list("language", flat=True).first()
    return override(chosen) if chosen else nullcontext()

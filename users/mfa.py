"""What differs from allauth's own second factors: its words, and secrets that a copy of the database does not tell."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from users import events
from users.models import User


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages: dict[str, Any] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "That code is not right. Codes of an app change every half minute: try the next one."
        ),
        "unverified_email": gettext_lazy(
            "Confirm your address first: sign out, and sign in by an emailed code."
        ),
    }

    def validation_error(self, code: str, *args: Any) -> Any:
        events.refused_by_allauth(code)
        return super().validation_error(code, *args)

    def encrypt(self, text: str) -> str:
        return keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that nobody knows where SECRET_KEY is another, so that no code fits it."""
        try:
            return keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return str(generate_totp_secret())

    def generate_authenticator_name(self, user: User, type: str) -> str:
        return "Passkey"

    def _get_site_name(self) -> str:
        return "Nutgraf"


def keys() -> MultiFernet:
    """By the present SECRET_KEY; what earlier ones encrypted is read too."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"users.mfa:{secret}".encode()).digest()))


UNKNOWN = gettext_lazy("That passkey does not open anything here. Use another, or a code.")
UNFIT = gettext_lazy("Your device's answer does not fit. Try again.")
# allauth lets these through where an answer is not what a browser sends.
NONSENSE = (forms.ValidationError, AttributeError, KeyError, TypeError, ValueError)


class _Plain:
    """Says of a passkey that does not fit, and of nonsense, what it says of one that is unknown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages |= {"required": UNKNOWN, "invalid": UNKNOWN}  # type: ignore[attr-defined]

    def clean_credential(self) -> Any:
        try:
            with events.untold():
                return super().clean_credential()  # type: ignore[misc]  # of the form it is mixed into
        except NONSENSE:
            events.refused("passkey")
            raise forms.ValidationError(UNKNOWN) from None


class AddForm(AddWebAuthnForm):  # type: ignore[misc]
    def clean(self) -> Any:
        try:
            with events.untold():
                return super().clean()
        except NONSENSE:
            raise forms.ValidationError(UNFIT) from None


class LoginForm(_Plain, LoginWebAuthnForm):  # type: ignore[misc]
    pass


class AuthenticateForm(_Plain, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(_Plain, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass

"""What differs from allauth's own ways: where a reader lands after signing in, and whose address a request has."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages: dict[str, Any] = DefaultAccountAdapter.error_messages | {
        "incorrect_code": "That is not the code we sent. Look again, or ask for a new one.",
        "too_many_login_attempts": "Too many tries. Wait a minute, then ask for a new code.",
        "rate_limited": "Too many tries. Wait a minute, then ask for a new code.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never by allauth's own form: accounts are opened by the sign-in form alone (`users.accounts`)."""
        return False

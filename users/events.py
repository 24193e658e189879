"""What the log says of signing in: who, by what, and what was refused. Readers by their number, never by address."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from users.models import User

METHODS = "account_authentication_methods"  # where allauth keeps by what a session was signed in
log = logging.getLogger("users.events")


# Of allauth's words for what it refuses, those that are said of a sign-in or of its proof anew.
_OF_SIGN_IN = frozenset(
    {"incorrect_code", "incorrect_password", "invalid_login", "too_many_login_attempts", "rate_limited"}
)
_untold: ContextVar[bool] = ContextVar("users.events.untold", default=False)


def refused(what: str) -> None:
    """A code, passkey or try was turned down: `what` in allauth's word for it, such as `incorrect_code`."""
    log.warning("sign-in refused: %s", what)


def refused_by_allauth(what: str) -> None:
    """The same for whatever allauth refuses: what is said of no sign-in is not told."""
    if what in _OF_SIGN_IN and not _untold.get():
        refused(what)


@contextmanager
def untold() -> Iterator[None]:
    """For what is no sign-in, though allauth refuses it in the same words, and for what its caller tells itself."""
    before = _untold.set(True)
    try:
        yield
    finally:
        _untold.reset(before)


@receiver(user_logged_in)
def _signed_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    methods = [str(one.get("method")) for one in request.session.get(METHODS, ())]
    log.info("sign-in of reader %s by %s", user.pk, " and ".join(methods) or "a session")


@receiver(user_logged_out)
def _signed_out(sender: Any, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        log.info("sign-out of reader %s", user.pk)


@receiver(user_login_failed)
def _failed(sender: Any, **_: Any) -> None:
    refused("password")


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def _changed(sender: Any, user: User, authenticator: Any, signal: Any, **_: Any) -> None:
    what = {authenticator_added: "added", authenticator_removed: "removed"}.get(signal, "made anew")
    log.warning("second factor of reader %s %s: %s", user.pk, what, authenticator.type)

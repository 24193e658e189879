"""Accounts behind the one email field: found or opened there, forgotten when their code is never entered."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from users.models import User


def reader_for(email: str) -> User | None:
    """The account that a code sent to `email` opens; a new one for a new address, None for a disabled one.

    Every address gets an account and so the same answer, the same mail and the same work: nobody can learn from
    the sign-in page who reads Nutgraf.
    """
    address = email.strip().lower()
    with transaction.atomic():
        user, _ = User.objects.get_or_create(email=address, defaults={"password": "!"})
        if not user.is_active:
            return None
        EmailAddress.objects.get_or_create(user=user, email=address, defaults={"primary": True})
    return user


def forget_unconfirmed(before: datetime) -> int:
    """Delete accounts opened before `before` (aware) whose code was never entered; the number deleted."""
    never = User.objects.filter(last_login=None, profile=None, is_staff=False, date_joined__lt=before)
    count = never.count()
    never.delete()
    return count

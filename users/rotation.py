"""Second factors under a new SECRET_KEY, so that the earlier one can be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction

from users.mfa import keys

ENCRYPTED = ("secret", "seed", "migrated_codes")


@dataclass
class Rotated:
    """`unreadable` are of a key that is neither the present one nor a fall-back: their readers cannot use them."""

    renewed: int = 0
    unreadable: int = 0


def renew() -> Rotated:
    """Encrypt the secrets of all apps and recovery codes by the present key. Safe to repeat, while readers sign in."""
    told = Rotated()
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    for pk in Authenticator.objects.filter(type__in=kinds).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            try:
                row.data |= {name: _renewed(row.data[name]) for name in ENCRYPTED if name in row.data}
            except InvalidToken:
                told.unreadable += 1
                continue
            row.save(update_fields=["data"])
            told.renewed += 1
    return told


def _renewed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renewed(one) for one in value]
    return keys().rotate(value.encode()).decode()

"""Addresses that only those know who were told: made, found by their hash, told again to their owner.

What is stored is a hash to find the address by and a nonce; the address itself is made of the nonce and SECRET_KEY.
So a copy of the database opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.conf import settings

BYTES = 24  # 192 bits, 32 characters of an address


@dataclass(frozen=True, slots=True)
class Secret:
    """`token` goes into the address, `nonce` and `digest` into the database."""

    token: str
    nonce: str
    digest: str


def new() -> Secret:
    nonce = secrets.token_hex(BYTES)
    token = _token(nonce, settings.SECRET_KEY)
    return Secret(token, nonce, digest(token))


def digest(token: str) -> str:
    """What a token is stored as. A plain hash is enough: nobody guesses 192 bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def again(nonce: str, kept: str) -> str | None:
    """The token that was stored as these two; None when SECRET_KEY has changed and the old one is forgotten.

    Whoever has the address can still use it then: it is found by its hash.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return next((_token(nonce, key) for key in keys if is_of(nonce, kept, key)), None)


def is_of(nonce: str, kept: str, key: str) -> bool:
    """Whether what is stored as these two was made by that key."""
    return digest(_token(nonce, key)) == kept


def _token(nonce: str, key: str) -> str:
    made = hmac.new(key.encode(), f"briefings.secret:{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made[:BYTES]).decode()

"""The service's own key at push services (VAPID, RFC 8292): who subscribes does so for this key alone."""

from __future__ import annotations

import base64
import time
from email.utils import parseaddr
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from ingest.addresses import target

CURVE = ec.SECP256R1()
LASTS = 12 * 3600  # seconds; a day is the most that services take


def public_key() -> str:
    """What browsers call `applicationServerKey`, in base64url; empty where there is no key and nothing is pushed."""
    return _public(settings.NUTGRAF_PUSH_KEY) if settings.NUTGRAF_PUSH_KEY else ""


def authorization(endpoint: str) -> str:
    """The header by which the push service of an endpoint knows who pushes. Raises Unreachable where it is none."""
    secret = settings.NUTGRAF_PUSH_KEY
    where = target(endpoint)
    claims = {
        # An origin as RFC 6454 writes it: small letters, and no port that goes without saying.
        "aud": f"{'https' if where.secure else 'http'}://{where.host_header}",
        "exp": int(time.time()) + LASTS,
        "sub": _contact(),
    }
    return f"vapid t={jwt.encode(claims, _private(secret), algorithm='ES256')}, k={_public(secret)}"


def _contact() -> str:
    """Whom a push service may write to."""
    url: str = settings.NUTGRAF_URL
    return url if url.startswith("https://") else f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


@lru_cache(4)
def _private(secret: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unpacked(secret)), CURVE)


@lru_cache(4)
def _public(secret: str) -> str:
    point = _private(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return packed(point)


def packed(raw: bytes) -> str:
    """Base64url without padding, as all of web push writes bytes."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """Raises ValueError for what is no base64url. Padding may be there or not."""
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)

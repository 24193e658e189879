"""Seals a push so that the browser alone can read it, not its push service (RFC 8291 and 8188); pure."""

from __future__ import annotations

import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from briefings.push.keys import CURVE

MOST = 3000  # bytes of a message: services take 4096 of the sealed one
RECORD = 4096
POINT, SECRET = 65, 16  # bytes of the browser's key and of what it shares with us alone
LAST = b"\x02"  # ends the only record


def sealed(
    message: bytes,
    p256dh: bytes,
    auth: bytes,
    salt: bytes | None = None,
    once: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of the request, in the coding aes128gcm.

    `p256dh` and `auth` are the subscription's. `salt` and the key used `once` are random unless given, which is for
    tests alone. Raises ValueError for a key that is no point of the curve, or a message of over MOST bytes.
    """
    if len(message) > MOST:
        raise ValueError(f"a push of {len(message)} bytes is too long")
    theirs = point(p256dh)
    salt, once = salt or os.urandom(16), once or ec.generate_private_key(CURVE)
    ours = once.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = once.exchange(ec.ECDH(), theirs)
    key = _derived(shared, auth, b"WebPush: info\x00" + p256dh + ours, 32)
    content = _derived(key, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(key, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + struct.pack("!IB", RECORD, len(ours)) + ours
    return head + AESGCM(content).encrypt(nonce, message + LAST, None)


def point(p256dh: bytes) -> ec.EllipticCurvePublicKey:
    """The browser's key; ValueError where it is none."""
    if len(p256dh) != POINT:
        raise ValueError("not a key")
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)

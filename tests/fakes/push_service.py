"""A push service on loopback with its devices: it checks who pushes, and they open what is sealed to them.

Written by the RFCs (8030, 8188, 8291, 8292) and apart from our own code, so that the two can only agree by being right.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Push:
    """What came for a device: the headers by their small names, and what was sealed."""

    headers: dict[str, str]
    sealed: bytes
    claims: dict[str, Any]


@dataclass
class Phone:
    """A browser or an app with its subscription; `off`, its service keeps what comes, one of each topic."""

    path: str
    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    pushes: list[Push] = field(default_factory=list)

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": packed(self.point), "auth": packed(self.secret)}

    @property
    def told(self) -> list[dict[str, Any]]:
        """What it shows, in the order it came."""
        return [json.loads(self.open(push.sealed)) for push in self.pushes]

    @property
    def told_when_on_again(self) -> list[dict[str, Any]]:
        """What it gets after it was off: of those with one topic the last."""
        last = {push.headers.get("topic", str(place)): push for place, push in enumerate(self.pushes)}
        return [json.loads(self.open(push.sealed)) for push in last.values()]

    def open(self, sealed: bytes) -> bytes:
        """As RFC 8291, 3.4 and RFC 8188, 2: with this device's own key and secret. Raises for what is not for it."""
        salt, (record, length) = sealed[:16], struct.unpack("!IB", sealed[16:21])
        sender, content = sealed[21 : 21 + length], sealed[21 + length :]
        assert len(content) <= record
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        key = _hkdf(self.secret, shared, b"WebPush: info\0" + self.point + sender, 32)
        plain = AESGCM(_hkdf(salt, key, b"Content-Encoding: aes128gcm\0", 16)).decrypt(
            _hkdf(salt, key, b"Content-Encoding: nonce\0", 12), content, None
        )
        message, end, padding = plain.rpartition(b"\x02")
        assert end
        assert not padding.strip(b"\0")
        return message


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869, for up to one block."""
    extracted = hmac.digest(salt, secret, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)[:length]


@dataclass
class PushService:
    """`answers`: what to say to the next pushes instead of taking them: (status, headers, words); "drop" takes one and
    hangs up without a word, "hold" takes one and answers once `release` is set."""

    url: str
    phones: dict[str, Phone] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)
    asked: int = 0
    release: threading.Event = field(default_factory=threading.Event)
    holding: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def phone(self) -> Phone:
        path = f"/push/{packed(os.urandom(12))}"
        self.phones[path] = Phone(path, self.url + path)
        return self.phones[path]

    @property
    def taken(self) -> int:
        return sum(len(phone.pushes) for phone in self.phones.values())

    def take(self, path: str, headers: dict[str, str], body: bytes) -> Any:
        """The answer."""
        phone = self.phones.get(path)
        if phone is None:
            return 404, {}, "no such subscription"
        try:
            claims = self.claims(headers["authorization"])
        except (InvalidSignature, AssertionError, LookupError, ValueError) as error:
            return 403, {}, f"{type(error).__name__}: {error}"
        if headers.get("content-encoding") != "aes128gcm" or not headers.get("ttl", "").isdigit():
            return 400, {}, "not as RFC 8030 has it"
        if len(body) > 4096:
            return 413, {}, "too large"
        with self.lock:
            self.asked += 1
            answer = self.answers.pop(0) if self.answers else (201, {}, "")
        if answer in ("drop", "hold") or 200 <= answer[0] < 300:
            phone.pushes.append(Push(headers, body, claims))
        return answer

    def claims(self, authorization: str) -> dict[str, Any]:
        """As RFC 8292: a token of ours, signed by the key beside it, for this service and less than a day."""
        scheme, _, rest = authorization.partition(" ")
        assert scheme == "vapid"
        named = dict(part.strip().split("=", 1) for part in rest.split(","))
        head, payload, signature = named["t"].split(".")
        raw = unpacked(signature)
        key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unpacked(named["k"]))
        pair = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        key.verify(pair, f"{head}.{payload}".encode(), ec.ECDSA(SHA256()))
        claims: dict[str, Any] = json.loads(unpacked(payload))
        assert json.loads(unpacked(head))["alg"] == "ES256"
        assert claims["aud"] == self.url
        assert time.time() < claims["exp"] <= time.time() + 86400
        assert claims["sub"].startswith(("mailto:", "https://"))
        return claims | {"k": named["k"]}


@contextmanager
def push_service() -> Iterator[PushService]:
    """Runs while the block lasts."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    service = PushService(f"http://127.0.0.1:{server.server_address[1]}")
    server.service = service  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.release.set()
        server.shutdown()
        server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        service: PushService = self.server.service  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = service.take(self.path, headers, body)
        if answer == "drop":
            self.close_connection = True
            return
        if answer == "hold":
            service.holding.set()
            service.release.wait(120)
            answer = (201, {}, "")
        status, named, words = answer
        with suppress(OSError):
            self.send_response(status)
            for name, value in {**named, "Content-Length": str(len(words.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(words.encode())

    def log_message(self, *_: object) -> None:
        pass

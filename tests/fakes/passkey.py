"""A passkey in software: an authenticator that holds one key and answers as a platform does."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from users.models import User

RP = "testserver"
ORIGIN = f"https://{RP}"
FLAG = AuthenticatorData.FLAG


class SoftPasskey:
    """`add` puts it among a reader's, `answer` signs a challenge."""

    def __init__(self, name: bytes = b"soft passkey 001") -> None:
        self._key, self._id = ec.generate_private_key(ec.SECP256R1()), name
        self._owner = ""

    def add(self, user: User) -> None:
        public = ES256.from_cryptography_key(self._key.public_key())
        held = AttestedCredentialData.create(bytes(16), self._id, public)
        data = AuthenticatorData.create(_hash(RP.encode()), FLAG.UP | FLAG.UV | FLAG.AT, 0, bytes(held))
        client = CollectedClientData.create("webauthn.create", b"c" * 32, ORIGIN)
        said = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        credential = self._told(said) | {"clientExtensionResults": {"credProps": {"rk": True}}}
        Authenticator.objects.create(
            user=user, type="webauthn", data={"name": "Soft", "credential": credential}
        )
        self._owner = user_pk_to_url_str(user)

    def answer(self, options: dict[str, Any], origin: str = ORIGIN) -> dict[str, Any]:
        """What the platform tells of the challenge in `options`, as JSON."""
        challenge = options["publicKey"]["challenge"]
        client = CollectedClientData.create("webauthn.get", challenge, origin)
        data = AuthenticatorData.create(_hash(RP.encode()), FLAG.UP | FLAG.UV, 1)
        signed = self._key.sign(bytes(data) + _hash(bytes(client)), ec.ECDSA(hashes.SHA256()))
        said = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signed),
            "userHandle": websafe_encode(self._owner.encode()),
        }
        told: dict[str, Any] = json.loads(json.dumps(self._told(said)))
        return told

    def _told(self, said: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self._id)
        return {"id": name, "rawId": name, "type": "public-key", "response": said}


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()

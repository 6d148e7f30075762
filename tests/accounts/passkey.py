"""A passkey made of software, as a browser would answer for it."""

import base64
import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT_AND_VERIFIED, NEW_KEY = 0x05, 0x40


class Passkey:
    """One key on one device, for the site at `origin`."""

    def __init__(self, origin: str = "http://localhost") -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.uses = 0

    def register(self, options: dict) -> str:
        """What the browser sends when the key is made."""
        data = self._data(options["rp"]["id"], USER_PRESENT_AND_VERIFIED | NEW_KEY) + self._public()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"attestationObject": text(attestation), "clientDataJSON": text(self._client("webauthn.create", options))}
        return json.dumps({**self._identity(), "response": response, "extensions": "{}"})

    def sign_in(self, options: dict, user_handle: str) -> str:
        """What the browser sends when the key is used."""
        self.uses += 1
        client, data = self._client("webauthn.get", options), self._data(options["rpId"], USER_PRESENT_AND_VERIFIED)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": text(data),
            "clientDataJSON": text(client),
            "signature": text(signature),
            "userHandle": text(user_handle.encode()),
        }
        return json.dumps({**self._identity(), "response": response})

    def _identity(self) -> dict:
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}

    def _client(self, kind: str, options: dict) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _data(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _public(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(key)


def text(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

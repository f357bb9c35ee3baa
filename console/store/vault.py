"""Fields that lie encrypted: AES-256-GCM with the key's id in the value, and keyed hashes for equality.

`ACORDO_SECRET_KEY` is a comma-separated list: the first encrypts, all decrypt, so that keys can be rotated.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class VaultError(Exception):
    """A value cannot be read with the keys at hand."""


class Vault:
    """Encrypts and hashes with keys derived from the installation's secret."""

    def __init__(self, secret: str) -> None:
        if not secret:
            raise ValueError("ACORDO_SECRET_KEY is empty")
        keys = [part.strip().encode() for part in secret.split(",") if part.strip()]
        self._keys = {_derive(key, b"id")[:4]: AESGCM(_derive(key, b"field")) for key in keys}
        self._first = next(iter(self._keys))
        self._hash = _derive(keys[0], b"hash")
        self._root, self._secrets = keys[0], keys

    def seal(self, plain: str, purpose: str) -> bytes:
        """Ciphertext of a text; `purpose` ("debtor.document", …) is bound to it."""
        nonce = os.urandom(12)
        return self._first + nonce + self._keys[self._first].encrypt(nonce, plain.encode(), purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> str:
        """The text. Raises VaultError when no key fits or the value was meant for something else."""
        key = self._keys.get(sealed[:4])
        if key is None:
            raise VaultError("no key for this value: is an old key missing from ACORDO_SECRET_KEY?")
        try:
            return key.decrypt(sealed[4:16], sealed[16:], purpose.encode()).decode()
        except InvalidTag as error:
            raise VaultError("the value was changed, or belongs to another field") from error

    def digest(self, value: str, purpose: str) -> str:
        """A keyed hash: equal values have equal digests, and nothing else can be learnt."""
        return hmac.new(self._hash, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()

    def keys(self, purpose: str) -> list[bytes]:
        """32 bytes for each of the installation's secrets, the present one first: for what outlives a rotation."""
        return [_derive(key, purpose.encode()) for key in self._secrets]

    def key(self, purpose: str) -> bytes:
        """32 bytes for signing tokens of one purpose ("media", "csrf", …)."""
        return _derive(self._root, purpose.encode())


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return hmac.new(secret, b"acordo\0" + purpose, hashlib.sha256).digest()

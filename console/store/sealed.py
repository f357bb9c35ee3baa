"""A file encrypted as it is written and checked as it is read: AES-256-GCM, chunk by chunk, of any size.

A chunk's nonce counts, and the last chunk says that it is the last: nothing can be changed, moved or cut off unseen.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"ACORDO SEALED 1\n"
CHUNK = 1024 * 1024
_MORE, _LAST = b"more", b"last"
_HEAD = struct.Struct(">I")


class Unreadable(Exception):
    """It is not such a file, no key opens it, or it was changed or cut off."""


class Sealer:
    """Write here, then close: what arrives in `out` is ciphertext."""

    def __init__(self, out: IO[bytes], key: bytes) -> None:
        self._out, self._cipher, self._prefix = out, AESGCM(key), os.urandom(8)
        self._held = bytearray()
        self._count = 0
        out.write(MAGIC + self._prefix)

    def write(self, plain: bytes) -> int:
        self._held += plain
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), _MORE)
            del self._held[:CHUNK]
        return len(plain)

    def close(self) -> None:
        self._put(bytes(self._held), _LAST)

    def _put(self, plain: bytes, which: bytes) -> None:
        sealed = self._cipher.encrypt(self._prefix + _HEAD.pack(self._count), plain, which)
        self._out.write(_HEAD.pack(len(sealed)) + sealed)
        self._count += 1


class Opener:
    """Reads what a Sealer wrote, with whichever of the keys fits. Raises Unreadable."""

    def __init__(self, source: IO[bytes], keys: Sequence[bytes]) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise Unreadable("this is no backup of ours")
        self._source, self._prefix = source, source.read(8)
        self._ciphers = [AESGCM(key) for key in keys]
        self._held = bytearray()
        self._count, self._ended = 0, False

    def read(self, size: int) -> bytes:
        """At least one byte and at most `size`, b"" at the end."""
        while not self._held and not self._ended:
            self._held += self._chunk()
        found = bytes(self._held[:size])
        del self._held[:size]
        return found

    def finish(self) -> None:
        """Read to the very end, so that a file cut off behind what was of interest is found out."""
        while self.read(CHUNK):
            continue

    def _chunk(self) -> bytes:
        head = self._source.read(_HEAD.size)
        length = _HEAD.unpack(head)[0] if len(head) == _HEAD.size else 0
        sealed = self._source.read(length) if 0 < length <= CHUNK + 16 else b""
        if len(sealed) != length or not sealed:
            raise Unreadable("the backup ends too early")
        nonce = self._prefix + _HEAD.pack(self._count)
        for cipher in self._ciphers:
            for which in (_MORE, _LAST):
                plain = _opened(cipher, nonce, sealed, which)
                if plain is not None:
                    self._ciphers, self._ended = [cipher], which == _LAST
                    self._count += 1
                    return plain
        first = self._count == 0
        raise Unreadable("no key opens it: is ACORDO_SECRET_KEY the one of that time?" if first else "it was changed")


def _opened(cipher: AESGCM, nonce: bytes, sealed: bytes, which: bytes) -> bytes | None:
    try:
        return cipher.decrypt(nonce, sealed, which)
    except InvalidTag:
        return None

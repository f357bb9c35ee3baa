"""Failed sign-ins that several processes count together, in Redis: none of them gives anybody a fresh row of guesses.

A counter begins with its first failure and ends by itself when its time is over; what is counted is known by a keyed
hash, so that neither an account nor an address lies in Redis. While Redis is away each process counts for itself
alone, as it does beside this anyway.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Sequence
from typing import TypeVar

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

T = TypeVar("T")
PATIENCE_SECONDS = 0.5
KNOWN_SECONDS = 30 * 24 * 60 * 60
log = structlog.get_logger("throttle")


class Shared:
    """A line to Redis for what is counted together: names are keyed hashes under a kind, and nothing raises."""

    kind: str

    def __init__(self, url: str, secret: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._redis = Redis.from_url(url, socket_connect_timeout=patience_seconds, retry=None)
        self._secret = hashlib.sha256(secret.encode()).digest()

    async def aclose(self) -> None:
        await self._redis.aclose()

    def _name(self, key: tuple[str, ...]) -> str:
        digest = hashlib.blake2b("\0".join(key).encode(), key=self._secret, digest_size=16)
        return f"acordo:{self.kind}:{digest.hexdigest()}"

    async def _asked(self, answer: Awaitable[T], otherwise: T) -> T:
        try:
            async with asyncio.timeout(self._patience):
                return await answer
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("throttle.alone", counting=self.kind, why=type(error).__name__)
            return otherwise


class SharedFailures(Shared):
    """`keys` are tuples of words, as `Throttle` names them."""

    kind = "failed"

    async def standing(self, keys: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
        """Of each key: how many failures, and for how many seconds more they count; nothing while Redis is away."""
        pipe = self._redis.pipeline(transaction=False)
        for key in keys:
            pipe.get(self._name(key))
            pipe.ttl(self._name(key))
        found = await self._asked(pipe.execute(), [])
        return [(int(count or 0), max(int(left), 0)) for count, left in zip(found[::2], found[1::2], strict=True)]

    async def add(self, keys: Sequence[tuple[tuple[str, ...], int]]) -> None:
        """One more failure of each; with the seconds that a counter lasts when it begins here."""
        pipe = self._redis.pipeline(transaction=True)
        for key, seconds in keys:
            pipe.set(self._name(key), 0, ex=seconds, nx=True)
            pipe.incr(self._name(key))
        await self._asked(pipe.execute(), None)

    async def succeeded(self, both: tuple[str, ...], known: tuple[str, ...]) -> None:
        """The right password: what failed before is forgiven, and from there one may try whatever others do."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(self._name(both))
        pipe.set(self._name(known), 1, ex=KNOWN_SECONDS)
        await self._asked(pipe.execute(), None)

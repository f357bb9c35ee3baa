"""Token buckets: how fast somebody may go on. Bounded in number, on time that only moves forward.

Each process has its own. Where there is Redis they hold over all processes (docs/decisions/0030): what is `FIRM` is
asked there first, the rest is told there ten times a second, and what others took comes back with the answer.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from console.clock import Clock
from console.errors import RateLimited

if TYPE_CHECKING:
    from console.web.elsewhere import SharedBuckets


class Rate(NamedTuple):
    """`burst` at once, then `a_second`."""

    a_second: float
    burst: float


RATES = {
    "user": Rate(20, 60),
    "token": Rate(50, 100),
    "reply": Rate(2, 10),
    "search": Rate(5, 5),
    "export": Rate(3 / 3600, 3),
    "upload": Rate(0.5, 30),
    "upload_bytes": Rate(500 * 1024 * 1024 / 3600, 500 * 1024 * 1024),
    "reveal": Rate(30 / 3600, 30),
    "handshake": Rate(0.5, 30),
    "webhook": Rate(1_000, 1_000),
}
FIRM = frozenset({"export", "upload", "upload_bytes", "reveal"})
"""Rare, and not one too many: worth a way to Redis each."""
_BUCKETS = 50_000


class Limits:
    """Buckets by (rate, key). The least used are forgotten first; a forgotten bucket is a full one. `shared`: those of
    all processes; without it, and while Redis is away, each process is alone.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.shared: SharedBuckets | None = None
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    async def take(self, name: str, key: str, tokens: float = 1) -> None:
        """Take tokens of `key`'s bucket. Raises RateLimited with `retry_after` seconds when there are too few."""
        wait = await self._wait(name, key, tokens)
        if wait > 0:
            raise RateLimited(retry_after=math.ceil(wait))

    def forget(self) -> None:
        """Fill every bucket."""
        self._buckets.clear()

    def spare(self, name: str, key: str, wanted: float = 1) -> float:
        """Take so many tokens of this process' bucket, or say how many seconds until there are."""
        tokens, now = self._left(name, key)
        taken = tokens >= wanted
        self._put(name, key, tokens - wanted if taken else tokens, now)
        return 0 if taken else (wanted - tokens) / RATES[name].a_second

    def lower(self, name: str, key: str, left: float) -> None:
        """Others took of it too: no more is left here than there."""
        tokens, now = self._left(name, key)
        self._put(name, key, min(tokens, left), now)

    async def _wait(self, name: str, key: str, tokens: float) -> float:
        if self.shared is None:
            return self.spare(name, key, tokens)
        if name in FIRM:
            wait = await self.shared.take(name, key, tokens)
            if wait:
                return wait
            here = self.spare(name, key, tokens)
            return here if wait is None else 0
        wait = self.spare(name, key, tokens)
        if not wait:
            self.shared.spend(name, key, tokens)
        return wait

    def _left(self, name: str, key: str) -> tuple[float, float]:
        """The tokens of a bucket, and the moment, which the clock has in seconds."""
        rate, now = RATES[name], self._clock.monotonic()
        tokens, at = self._buckets.pop((name, key), (rate.burst, now))
        return min(rate.burst, tokens + (now - at) * rate.a_second), now

    def _put(self, name: str, key: str, tokens: float, now: float) -> None:
        self._buckets[name, key] = (tokens, now)
        while len(self._buckets) > _BUCKETS:
            self._buckets.popitem(last=False)
